package io.parley.e2e.line;

import io.parley.e2e.checker.JsonObject;
import io.parley.e2e.checker.Position;
import io.parley.e2e.client.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The plain protocol. Confined to one thread, but any may close it.
final class PlainLine implements Line {
  private final RawClient client;
  /// What a reader reads; null: it is a writer's.
  private final @Nullable Target target;
  /// What is said first; empty: nothing.
  private final String opening;

  private PlainLine(RawClient client, @Nullable Target target, String opening) {
    this.client = client;
    this.target = target;
    this.opening = opening;
  }

  static PlainLine toRead(int port, String reader, Target target, @Nullable Position since,
      Random random) throws IOException {
    // In his inbox he is from the first moment on, so there a later resume could come too late.
    return since != null && (target.kind() == Target.Kind.INBOX || random.nextBoolean())
        ? new PlainLine(RawClient.connect(port, target.queryFrom(reader, since)), target, "")
        : new PlainLine(
            RawClient.connect(port, target.query(reader)), target, target.join(since));
  }

  static PlainLine toWrite(int port, String writer) throws IOException {
    return new PlainLine(RawClient.connect(port,
        "/?as=json&user=" + writer + "&room=desk-of-" + writer), null, "");
  }

  @Override
  public void begin() throws IOException {
    if (!opening.isEmpty()) {
      client.text(opening);
    }
  }

  @Override
  public List<Said> next() throws IOException {
    var frame = client.readMessage();
    if (frame.closeCode() != 0) {
      return List.of(new Said.Ended(frame.closeCode()));
    }
    var said = said(JsonObject.parse(frame.text()));
    return said == null ? List.of() : List.of(said);
  }

  private @Nullable Said said(JsonObject frame) {
    if (frame.has("error")) {
      var code = frame.object("error").number("code");
      // A reader wasn't let in, as without Redis.
      return target != null
          ? new Said.Ended(Math.toIntExact(code))
          : new Said.Failed(frame.has("id") ? frame.text("id") : "", code);
    }
    if (target == null) {
      return frame.has("ack") ? new Said.Acked(frame.text("ack"), needPosition(frame)) : null;
    }
    if (target.isMessage(frame)) {
      return new Said.Message(needPosition(frame), frame.text("id"));
    }
    if (target.spoken().equals(frame.get("joined"))) {
      return new Said.Joined(frame.position(), (Boolean) frame.get("recovered"));
    }
    return target.spoken().equals(frame.get("lost")) ? new Said.Lost(frame.position()) : null;
  }

  private static Position needPosition(JsonObject frame) {
    var at = frame.position();
    if (at == null) {
      throw new IllegalStateException("got " + frame + " (expected: with epoch and offset)");
    }
    return at;
  }

  @Override
  public void send(Target to, String id) throws IOException {
    client.text(to.message(id));
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
