package io.parley.wire.centrifuge.json;

import io.parley.channel.ClientInfo;
import io.parley.channel.Payload;
import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.PublicationEncoder;
import io.parley.payload.InvalidPayloadException;
import io.parley.payload.PayloadReader;
import io.parley.wire.centrifuge.Answer;
import io.parley.wire.centrifuge.Dialect;
import io.parley.wire.centrifuge.Push;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The protocol as JSON: an object on a line for each command, answer and push. What is empty, 0 or
/// false is left out. What others have published stands in it as it is: it was checked when it came
/// in, so that it can't break out.
///
/// Immutable.
public final class JsonDialect implements Dialect {
  private static final String VERSION = "0.0.0 PARLEY";

  /// About what an answer has beside the publications that were missed.
  private static final int BESIDE_MISSED_BYTES = 128;

  private final PayloadReader payloads;

  /// @param payloads reads what is to be published
  public JsonDialect(PayloadReader payloads) {
    this.payloads = payloads;
  }

  @Override
  public Commands commands(byte[] frame) {
    return new JsonCommands(frame, payloads.frames());
  }

  @Override
  public Payload payload(byte[] data) throws InvalidPayloadException {
    return payloads.read(data);
  }

  @Override
  public PublicationEncoder encoder() {
    return JsonEncoder.JSON;
  }

  @Override
  public boolean isText() {
    return true;
  }

  @Override
  public void ping(FrameBuffer out) {
    out.ascii("{}");
  }

  @Override
  public void answer(long id, Answer answer, FrameBuffer out) {
    out.ascii("{\"id\":").ascii(Long.toString(id));
    switch (answer) {
      case Answer.Failure failure -> {
        out.ascii(",\"error\":{\"code\":").ascii(Integer.toString(failure.code().code()))
            .ascii(",\"message\":").jsonString(failure.message());
        putTruth("temporary", failure.code().isTemporary(), out);
      }
      case Answer.Connected connected -> connected(connected, out);
      case Answer.Subscribed subscribed -> {
        out.ascii(",\"subscribe\":{");
        subscribed(subscribed, out);
      }
      case Answer.Done done -> out.ascii(",\"").ascii(done.what().member()).ascii("\":{");
      case Answer.Presence presence -> presence(presence, out);
      case Answer.PresenceStats stats -> out.ascii(",\"presence_stats\":{\"num_clients\":")
          .ascii(Integer.toString(stats.clients())).ascii(",\"num_users\":")
          .ascii(Integer.toString(stats.users()));
      case Answer.History history -> history(history, out);
      case Answer.Rpc rpc -> out.ascii(",\"rpc\":{\"data\":").put(rpc.data());
      case Answer.Refreshed refreshed -> {
        out.ascii(",\"refresh\":{\"client\":\"").ascii(refreshed.client().toString())
            .ascii("\",\"version\":\"" + VERSION + "\"");
        putTtl(refreshed.ttl(), out);
      }
      case Answer.SubRefreshed refreshed -> {
        out.ascii(",\"sub_refresh\":{");
        putTtl(refreshed.ttl(), out);
      }
    }
    out.ascii("}}");
  }

  private static void connected(Answer.Connected connected, FrameBuffer out) {
    out.ascii(",\"connect\":{\"client\":\"").ascii(connected.client().toString())
        .ascii("\",\"version\":\"" + VERSION + "\"");
    putTtl(connected.ttl(), out);
    if (!connected.subs().isEmpty()) {
      name("subs", out).put('{');
      connected.subs().forEach((channel, sub) -> {
        comma(out).jsonString(channel).ascii(":{");
        subscribed(sub, out);
        out.put('}');
      });
      out.put('}');
    }
    if (connected.pingSeconds() > 0) {
      name("ping", out).ascii(Long.toString(connected.pingSeconds()));
      putTruth("pong", true, out);
    }
    var stream = connected.stream();
    if (stream != null) {
      name("session", out).jsonString(stream.session());
      name("node", out).jsonString(stream.node());
    }
  }

  private static void subscribed(Answer.Subscribed subscribed, FrameBuffer out) {
    putTtl(subscribed.ttl(), out);
    putTruth("recoverable", subscribed.recoverable(), out);
    var stand = subscribed.stand();
    putTruth("positioned", stand != null, out);
    putStand(stand, out);
    var missed = subscribed.missed();
    if (missed != null && missed.length() > 0) {
      name("publications", out.reserve(missed.length() + BESIDE_MISSED_BYTES)).put('[');
      // Each has a comma before it; the first needs none.
      out.put(missed.bytes(), missed.start() + 1, missed.length() - 1).put(']');
    }
    putTruth("recovered", subscribed.recovered(), out);
    putTruth("was_recovering", subscribed.wasRecovering(), out);
    putRaw("data", subscribed.data(), out);
  }

  private static void presence(Answer.Presence presence, FrameBuffer out) {
    out.ascii(",\"presence\":{\"presence\":{");
    for (var client : presence.clients()) {
      comma(out).put('"').ascii(client.client().toString()).ascii("\":");
      putClient(client, out);
    }
    out.put('}');
  }

  private static void history(Answer.History history, FrameBuffer out) {
    out.ascii(",\"history\":{");
    if (!history.publications().isEmpty()) {
      name("publications", out).put('[');
      for (var publication : history.publications()) {
        putPublication(publication, comma(out));
      }
      out.put(']');
    }
    putStand(history.top(), out);
  }

  @Override
  public void push(String channel, Push push, FrameBuffer out) {
    out.ascii("{\"push\":{");
    if (!channel.isEmpty()) {
      name("channel", out).jsonString(channel);
    }
    switch (push) {
      case Push.Join join -> {
        name("join", out).ascii("{\"info\":");
        putClient(join.client(), out);
      }
      case Push.Leave leave -> {
        name("leave", out).ascii("{\"info\":");
        putClient(leave.client(), out);
      }
      case Push.Unsubscribed unsubscribed -> {
        name("unsubscribe", out).put('{');
        putReason(unsubscribed.code().code(), unsubscribed.code().reason(), out);
      }
      case Push.Disconnected(var code, var reason) -> {
        name("disconnect", out).put('{');
        putReason(code, reason, out);
      }
      case Push.Subscribed subscribed -> {
        name("subscribe", out).put('{');
        putTruth("recoverable", subscribed.recoverable(), out);
        putTruth("positioned", subscribed.stand() != null, out);
        putStand(subscribed.stand(), out);
        putRaw("data", subscribed.data(), out);
      }
    }
    out.ascii("}}}");
  }

  private static void putReason(int code, String reason, FrameBuffer out) {
    out.ascii("\"code\":").ascii(Integer.toString(code)).ascii(",\"reason\":")
        .jsonString(reason);
  }

  /// Appends a publication as a push.
  static void putPush(String channel, Publication publication, FrameBuffer out) {
    out.ascii("{\"push\":{\"channel\":").jsonString(channel).ascii(",\"pub\":");
    putPublication(publication, out);
    out.ascii("}}");
  }

  /// Appends a publication as one that was missed, with a comma before it.
  static void putMissed(Publication publication, FrameBuffer out) {
    putPublication(publication, out.put(','));
  }

  private static void putPublication(Publication publication, FrameBuffer out) {
    out.ascii("{\"data\":");
    switch (publication.content()) {
      case TEXT -> out.jsonString(publication.data());
      case OBJECT, VALUE -> out.put(publication.data());
      case BYTES -> out.ascii("{\"base64\":\"")
          .put(Base64.getEncoder().encode(publication.data())).ascii("\"}");
    }
    var publisher = publication.publisher();
    if (publisher != null) {
      out.ascii(",\"info\":");
      putClient(publisher, out);
    }
    var position = publication.position();
    if (position != null) {
      out.ascii(",\"offset\":").ascii(Long.toString(position.offset()));
    }
    if (!publication.tags().isEmpty()) {
      out.ascii(",\"tags\":{");
      publication.tags().forEach(
          (name, value) -> comma(out).jsonString(name).put(':').jsonString(value));
      out.put('}');
    }
    out.put('}');
  }

  private static void putClient(ClientInfo client, FrameBuffer out) {
    out.put('{');
    if (!client.user().isEmpty()) {
      name("user", out).jsonString(client.user());
    }
    putId("client", client.client(), out);
    putRaw("conn_info", client.connInfo(), out);
    putRaw("chan_info", client.chanInfo(), out);
    out.put('}');
  }

  private static void putId(String name, UUID id, FrameBuffer out) {
    if (!id.equals(PresenceEvent.UNKNOWN_CLIENT)) {
      name(name, out).put('"').ascii(id.toString()).put('"');
    }
  }

  private static void putRaw(String name, byte @Nullable [] json, FrameBuffer out) {
    if (json != null) {
      name(name, out).put(json);
    }
  }

  private static void putTtl(@Nullable Long ttl, FrameBuffer out) {
    if (ttl != null) {
      putTruth("expires", true, out);
      name("ttl", out).ascii(Long.toString(ttl));
    }
  }

  private static void putStand(@Nullable Position stand, FrameBuffer out) {
    if (stand != null) {
      name("epoch", out).put('"').ascii(stand.epochText()).put('"');
      if (stand.offset() > 0) {
        name("offset", out).ascii(Long.toString(stand.offset()));
      }
    }
  }

  private static void putTruth(String name, boolean truth, FrameBuffer out) {
    if (truth) {
      name(name, out).ascii("true");
    }
  }

  private static FrameBuffer name(String name, FrameBuffer out) {
    return comma(out).put('"').ascii(name).ascii("\":");
  }

  /// A comma, unless something has just been opened.
  private static FrameBuffer comma(FrameBuffer out) {
    int last = out.array()[out.length() - 1];
    return last == '{' || last == '[' ? out : out.put(',');
  }
}
