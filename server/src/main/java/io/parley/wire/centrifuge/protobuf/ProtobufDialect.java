package io.parley.wire.centrifuge.protobuf;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Payload;
import io.parley.channel.Position;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Frames;
import io.parley.encoding.PublicationEncoder;
import io.parley.payload.InvalidPayloadException;
import io.parley.payload.PayloadReader;
import io.parley.utf8.Utf8;
import io.parley.wire.centrifuge.Answer;
import io.parley.wire.centrifuge.Dialect;
import io.parley.wire.centrifuge.Method;
import io.parley.wire.centrifuge.Push;
import io.parley.wire.centrifuge.protobuf.Messages.ConnectResult;
import io.parley.wire.centrifuge.protobuf.Messages.HistoryResult;
import io.parley.wire.centrifuge.protobuf.Messages.PresenceResult;
import io.parley.wire.centrifuge.protobuf.Messages.PresenceStatsResult;
import io.parley.wire.centrifuge.protobuf.Messages.PublishResult;
import io.parley.wire.centrifuge.protobuf.Messages.RPCResult;
import io.parley.wire.centrifuge.protobuf.Messages.RefreshResult;
import io.parley.wire.centrifuge.protobuf.Messages.Reply;
import io.parley.wire.centrifuge.protobuf.Messages.SubRefreshResult;
import io.parley.wire.centrifuge.protobuf.Messages.SubscribeResult;
import io.parley.wire.centrifuge.protobuf.Messages.UnsubscribeResult;
import org.jspecify.annotations.Nullable;

/// The protocol as Protobuf: messages with their lengths before them. What others have published is
/// JSON, or bytes as they are; which of both a client says by what it publishes.
///
/// Immutable.
public final class ProtobufDialect implements Dialect {
  private static final String VERSION = "0.0.0 PARLEY";
  private static final int BUFFER_BYTES = 256;
  private static final Frames NOTHING = new Frames(new byte[0], 0);

  private final PayloadReader payloads;

  /// @param payloads reads what is to be published
  public ProtobufDialect(PayloadReader payloads) {
    this.payloads = payloads;
  }

  /// An answer: a message, and fields of it that were written before.
  private record Body(int field, MessageLite head, Frames tail) {
    Body(int field, MessageLite whole) {
      this(field, whole, NOTHING);
    }

    int size() {
      return head.getSerializedSize() + tail.length();
    }

    void put(FrameBuffer out) {
      out.put(head.toByteArray()).put(tail.bytes(), tail.start(), tail.length());
    }
  }

  @Override
  public Commands commands(byte[] frame) {
    return new ProtobufCommands(frame);
  }

  /// JSON if it can be read as such; or else bytes, which is no mistake.
  @Override
  public Payload payload(byte[] data) {
    if (Utf8.isValid(data)) {
      try {
        return payloads.read(data);
      } catch (InvalidPayloadException noJson) {
        // Then it wasn't meant as such.
      }
    }
    return new Payload(Content.BYTES, data);
  }

  @Override
  public PublicationEncoder encoder() {
    return ProtobufEncoder.PROTOBUF;
  }

  @Override
  public boolean isText() {
    return false;
  }

  /// A message without anything in it.
  @Override
  public void ping(FrameBuffer out) {
    out.put(0);
  }

  @Override
  public void answer(long id, Answer answer, FrameBuffer out) {
    put(id, body(answer), out);
  }

  private static void put(long id, Body body, FrameBuffer out) {
    int size = body.size();
    Fields.putVarint(Fields.sizeOfNumber(id) + Fields.sizeOf(size), out);
    Fields.putNumber(Reply.ID_FIELD_NUMBER, id, out);
    body.put(Fields.begin(body.field(), size, out));
  }

  private static Body body(Answer answer) {
    return switch (answer) {
      case Answer.Failure failure -> new Body(Reply.ERROR_FIELD_NUMBER,
          Messages.Error.newBuilder().setCode(failure.code().code())
              .setMessage(failure.message()).setTemporary(failure.code().isTemporary()).build());
      case Answer.Connected connected -> connected(connected);
      case Answer.Subscribed subscribed -> subscribed(
          Reply.SUBSCRIBE_FIELD_NUMBER, subscribed);
      case Answer.Done done -> done(done.what());
      case Answer.Presence presence -> presence(presence);
      case Answer.PresenceStats stats -> new Body(Reply.PRESENCE_STATS_FIELD_NUMBER,
          PresenceStatsResult.newBuilder().setNumClients(stats.clients())
              .setNumUsers(stats.users()).build());
      case Answer.History history -> history(history);
      case Answer.Rpc rpc -> new Body(Reply.RPC_FIELD_NUMBER,
          RPCResult.newBuilder().setData(UnsafeByteOperations.unsafeWrap(rpc.data())).build());
      case Answer.Refreshed refreshed -> new Body(Reply.REFRESH_FIELD_NUMBER,
          RefreshResult.newBuilder().setClient(refreshed.client().toString()).setVersion(VERSION)
              .setExpires(refreshed.ttl() != null).setTtl(seconds(refreshed.ttl())).build());
      case Answer.SubRefreshed refreshed -> new Body(Reply.SUB_REFRESH_FIELD_NUMBER,
          SubRefreshResult.newBuilder().setExpires(refreshed.ttl() != null)
              .setTtl(seconds(refreshed.ttl())).build());
    };
  }

  private static Body connected(Answer.Connected connected) {
    var head = ConnectResult.newBuilder().setClient(connected.client().toString())
        .setVersion(VERSION).setExpires(connected.ttl() != null).setTtl(seconds(connected.ttl()))
        .setPing(seconds(connected.pingSeconds())).setPong(connected.pingSeconds() > 0);
    var stream = connected.stream();
    if (stream != null) {
      head.setSession(stream.session()).setNode(stream.node());
    }
    var tail = new FrameBuffer(BUFFER_BYTES);
    connected.subs().forEach((channel, sub) -> {
      // Entries of a map are messages of a key and a value.
      var value = subscribed(2, sub);
      int size = value.size();
      Fields.begin(ConnectResult.SUBS_FIELD_NUMBER,
          Fields.sizeOf(channel) + Fields.sizeOf(size), tail);
      Fields.put(1, channel, tail);
      value.put(Fields.begin(value.field(), size, tail));
    });
    return new Body(Reply.CONNECT_FIELD_NUMBER, head.build(), tail.frames());
  }

  private static Body subscribed(int field, Answer.Subscribed subscribed) {
    var stand = subscribed.stand();
    var missed = subscribed.missed();
    return new Body(field, SubscribeResult.newBuilder()
        .setExpires(subscribed.ttl() != null).setTtl(seconds(subscribed.ttl()))
        .setRecoverable(subscribed.recoverable()).setPositioned(stand != null)
        .setEpoch(epoch(stand)).setOffset(offset(stand)).setRecovered(subscribed.recovered())
        .setWasRecovering(subscribed.wasRecovering()).setData(bytes(subscribed.data())).build(),
        missed == null ? NOTHING : missed);
  }

  private static Body done(Method what) {
    return switch (what) {
      case UNSUBSCRIBE -> new Body(
          Reply.UNSUBSCRIBE_FIELD_NUMBER, UnsubscribeResult.getDefaultInstance());
      case PUBLISH -> new Body(Reply.PUBLISH_FIELD_NUMBER, PublishResult.getDefaultInstance());
      case CONNECT, SUBSCRIBE, PRESENCE, PRESENCE_STATS, HISTORY, PING, SEND, RPC, REFRESH,
          SUB_REFRESH ->
        throw new IllegalStateException(
            what + ": answered with nothing (expected: unsubscribe or publish)");
    };
  }

  private static Body presence(Answer.Presence presence) {
    var tail = new FrameBuffer(BUFFER_BYTES);
    for (var client : presence.clients()) {
      var id = client.client().toString();
      Fields.begin(PresenceResult.PRESENCE_FIELD_NUMBER,
          Fields.sizeOf(id) + ProtobufEncoder.sizeOf(client), tail);
      Fields.put(1, id, tail);
      ProtobufEncoder.put(2, client, tail);
    }
    return new Body(Reply.PRESENCE_FIELD_NUMBER, PresenceResult.getDefaultInstance(),
        tail.frames());
  }

  private static Body history(Answer.History history) {
    var tail = new FrameBuffer(BUFFER_BYTES);
    for (var publication : history.publications()) {
      ProtobufEncoder.put(HistoryResult.PUBLICATIONS_FIELD_NUMBER, publication, tail);
    }
    return new Body(Reply.HISTORY_FIELD_NUMBER, HistoryResult.newBuilder()
        .setEpoch(epoch(history.top())).setOffset(offset(history.top())).build(),
        tail.frames());
  }

  @Override
  public void push(String channel, Push push, FrameBuffer out) {
    var message = Messages.Push.newBuilder().setChannel(channel);
    var client = new FrameBuffer(0);
    switch (push) {
      case Push.Join join -> info(Messages.Push.JOIN_FIELD_NUMBER, join.client(), client);
      case Push.Leave leave -> info(Messages.Push.LEAVE_FIELD_NUMBER, leave.client(), client);
      case Push.Unsubscribed unsubscribed -> message.setUnsubscribe(
          Messages.Unsubscribe.newBuilder().setCode(unsubscribed.code().code())
              .setReason(unsubscribed.code().reason()));
      case Push.Disconnected(var code, var reason) -> message.setDisconnect(
          Messages.Disconnect.newBuilder().setCode(code).setReason(reason));
      case Push.Subscribed subscribed -> message.setSubscribe(Messages.Subscribe.newBuilder()
          .setRecoverable(subscribed.recoverable()).setPositioned(subscribed.stand() != null)
          .setEpoch(epoch(subscribed.stand())).setOffset(offset(subscribed.stand()))
          .setData(bytes(subscribed.data())));
    }
    put(0, new Body(Reply.PUSH_FIELD_NUMBER, message.build(), client.frames()), out);
  }

  /// Puts a message that has nothing but a client's info.
  private static void info(int field, ClientInfo client, FrameBuffer out) {
    Fields.begin(field, ProtobufEncoder.sizeOf(client), out);
    ProtobufEncoder.put(Messages.Join.INFO_FIELD_NUMBER, client, out);
  }

  private static ByteString bytes(byte @Nullable [] json) {
    return json == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(json);
  }

  private static int seconds(@Nullable Long seconds) {
    return seconds == null ? 0 : (int) Math.min(seconds, Integer.MAX_VALUE);
  }

  private static String epoch(@Nullable Position stand) {
    return stand == null ? "" : stand.epochText();
  }

  private static long offset(@Nullable Position stand) {
    return stand == null ? 0 : stand.offset();
  }
}
