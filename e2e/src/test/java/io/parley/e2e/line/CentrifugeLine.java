package io.parley.e2e.line;

import io.parley.e2e.checker.JsonObject;
import io.parley.e2e.checker.Position;
import io.parley.e2e.client.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The centrifuge protocol in JSON, as an SDK speaks it: its first frame connects and subscribes,
/// publications count in the epoch of their subscription, and one that the server ends for want of
/// state is asked for again, from the last publication on. Confined to one thread, but any may
/// close it.
final class CentrifugeLine implements Line {
  private static final int RESUBSCRIBE_FROM = 2_500;

  private final RawClient client;
  private final String user;
  /// What a reader reads; null: it is a writer's.
  private final @Nullable Target target;
  /// Where the reader is; null before he was told.
  private @Nullable Position at;
  private long lastId;
  /// The messages that aren't answered, by the ids of their commands.
  private final Map<Long, String> sent = new HashMap<>();

  private CentrifugeLine(
      RawClient client, String user, @Nullable Target target, @Nullable Position at) {
    this.client = client;
    this.user = user;
    this.target = target;
    this.at = at;
  }

  static CentrifugeLine toRead(
      int port, String reader, Target target, @Nullable Position since) throws IOException {
    return new CentrifugeLine(connect(port), target.readersName(reader), target, since);
  }

  static CentrifugeLine toWrite(int port, String writer) throws IOException {
    var line = new CentrifugeLine(connect(port), writer, null, null);
    line.begin();
    return line;
  }

  private static RawClient connect(int port) throws IOException {
    return RawClient.connect(port, "/connection/websocket");
  }

  /// To his inbox the server subscribes him, so his position there is a part of `connect`.
  private boolean isServerSide() {
    return target != null && target.kind() == Target.Kind.INBOX;
  }

  @Override
  public void begin() throws IOException {
    var subs = target != null && isServerSide() && at != null
        ? ",\"subs\":{\"" + target.channel() + "\":{" + place() + "}}"
        : "";
    var connect = "{\"id\":" + ++lastId + ",\"connect\":{\"data\":{\"user\":\"" + user + "\"}"
        + subs + "}}";
    client.text(target == null || isServerSide() ? connect : connect + "\n" + subscribe(target));
  }

  private String subscribe(Target room) {
    return "{\"id\":" + ++lastId + ",\"subscribe\":{\"channel\":\"" + room.channel()
        + "\",\"recoverable\":true,\"positioned\":true" + (at == null ? "" : "," + place()) + "}}";
  }

  private String place() {
    return at == null
        ? ""
        : "\"recover\":true,\"epoch\":\"" + at.epoch() + "\",\"offset\":" + at.offset();
  }

  @Override
  public List<Said> next() throws IOException {
    var frame = client.readMessage();
    if (frame.closeCode() != 0) {
      return List.of(new Said.Ended(frame.closeCode()));
    }
    var all = new ArrayList<Said>();
    for (var line : frame.text().split("\n", -1)) {
      on(JsonObject.parse(line), all);
    }
    return all;
  }

  private void on(JsonObject line, List<Said> all) throws IOException {
    if (line.members().isEmpty()) {
      client.text("{}");
    } else if (line.has("push")) {
      onPush(line.object("push"), all);
    } else {
      onAnswer(line, all);
    }
  }

  private void onPush(JsonObject push, List<Said> all) throws IOException {
    if (target == null || !target.channel().equals(push.get("channel"))) {
      return;
    }
    if (push.has("pub")) {
      onPublication(push.object("pub"), all);
    } else if (push.has("subscribe")) {
      // He was in the channel before: it goes on in another epoch, and he has missed nothing.
      at = position(push.object("subscribe"));
      all.add(new Said.Joined(at, true));
    } else if (push.has("unsubscribe")) {
      var code = push.object("unsubscribe").number("code");
      if (code >= RESUBSCRIBE_FROM) {
        client.text(subscribe(target));
      } else {
        all.add(new Said.Ended(Math.toIntExact(code)));
      }
    }
  }

  private void onPublication(JsonObject publication, List<Said> all) {
    if (at == null) {
      throw new IllegalStateException("got " + publication + " (expected: a position before it)");
    }
    at = new Position(at.epoch(), publication.number("offset"));
    all.add(new Said.Message(at, publication.object("data").text("id")));
  }

  private void onAnswer(JsonObject answer, List<Said> all) {
    var id = sent.remove(answer.number("id"));
    if (answer.has("error")) {
      var code = answer.object("error").number("code");
      all.add(id == null ? new Said.Ended(Math.toIntExact(code)) : new Said.Failed(id, code));
    } else if (id != null) {
      all.add(new Said.Acked(id, position(answer.object("rpc").object("data"))));
    } else if (answer.has("subscribe")) {
      onSubscribed(answer.object("subscribe"), all);
    } else if (target != null && isServerSide()) {
      onSubscribed(answer.object("connect").object("subs").object(target.channel()), all);
    }
  }

  private void onSubscribed(JsonObject subscribed, List<Said> all) {
    var isResuming = Boolean.TRUE.equals(subscribed.get("was_recovering"));
    at = position(subscribed);
    all.add(new Said.Joined(
        at, isResuming ? Boolean.TRUE.equals(subscribed.get("recovered")) : null));
    if (subscribed.has("publications")) {
      subscribed.objects("publications").forEach(one -> onPublication(one, all));
    }
  }

  /// Offset 0 is left out.
  private static Position position(JsonObject stand) {
    return new Position(
        stand.text("epoch"), stand.has("offset") ? stand.number("offset") : 0);
  }

  @Override
  public void send(Target to, String id) throws IOException {
    var number = ++lastId;
    sent.put(number, id);
    var arguments = to.kind() == Target.Kind.ROOM
        ? "\"publish\",\"data\":{\"channel\":\"" + to.channel() + "\",\"data\":{\"id\":\"" + id
            + "\"}"
        : "\"direct\",\"data\":{\"to\":\"" + to.name() + "\",\"data\":{}";
    client.text("{\"id\":" + number + ",\"rpc\":{\"method\":" + arguments + ",\"id\":\"" + id
        + "\"}}}");
  }

  @Override
  public void timeout(Duration limit) throws IOException {
    client.timeout(limit);
  }

  @Override
  public void reset() throws IOException {
    client.reset();
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
