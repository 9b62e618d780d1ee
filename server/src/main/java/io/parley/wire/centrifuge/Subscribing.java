package io.parley.wire.centrifuge;

import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishOutcome.Failed;
import io.parley.broker.PublishOutcome.Stored;
import io.parley.channel.Channels;
import io.parley.channel.InvalidNameException;
import io.parley.encoding.Frames;
import io.parley.hub.Entry;
import io.parley.payload.InvalidPayloadException;
import io.parley.session.CloseCode;
import io.parley.session.ErrorCode;
import io.parley.session.Session;
import io.parley.session.SubscribeRequest;
import io.parley.wire.centrifuge.PendingSubscriptions.Pending;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one client that is connected does in channels: it subscribes, leaves and publishes.
///
/// Confined to the connection's loop.
final class Subscribing {
  private static final String FOSSIL = "fossil";

  private final CentrifugeWire wire;
  private final Session session;
  private final CentrifugeProtocol protocol;
  private final Rpcs rpcs;
  private final PendingSubscriptions pending = new PendingSubscriptions();

  Subscribing(CentrifugeWire wire, Session session, CentrifugeProtocol protocol) {
    this.wire = wire;
    this.session = session;
    this.protocol = protocol;
    this.rpcs = new Rpcs(wire, session, this);
  }

  void subscribe(long id, Command.Subscribe command) {
    var channel = command.channel();
    if (channel.isEmpty()) {
      wire.peer().close(CloseCode.BAD_REQUEST, "subscribe: no channel");
      return;
    }
    if (!command.delta().isEmpty() && !command.delta().equals(FOSSIL)) {
      wire.peer().close(CloseCode.BAD_REQUEST, "subscribe: an unknown delta");
      return;
    }
    var refusal = refusal(command);
    if (refusal != null) {
      wire.fail(id, refusal.code(), refusal.detail());
      return;
    }
    pending.add(channel, new Pending(id, command.mustRecover()));
    var code = session.subscribe(new SubscribeRequest(
        channel, Places.start(command.place()), wantsPresence(command), null));
    if (code != null) {
      pending.take(channel);
      wire.fail(id, code, "");
    }
  }

  private Answer.@Nullable Failure refusal(Command.Subscribe command) {
    try {
      Channels.check(command.channel());
    } catch (InvalidNameException bad) {
      return new Answer.Failure(ErrorCode.BAD_REQUEST, String.valueOf(bad.getMessage()));
    }
    if (session.has(command.channel())) {
      return new Answer.Failure(ErrorCode.ALREADY_SUBSCRIBED, "");
    }
    if (command.type() != 0) {
      return new Answer.Failure(
          ErrorCode.PERMISSION_DENIED, "type " + command.type() + " (expected: 0, a stream)");
    }
    if (command.hasTagFilter()) {
      return new Answer.Failure(ErrorCode.BAD_REQUEST, "tf (expected: none)");
    }
    return null;
  }

  private boolean wantsPresence(Command.Subscribe command) {
    return command.joinLeave();
  }

  /// The publications of a channel come from here on.
  void onSubscribed(String channel, Entry entry, @Nullable Frames missed) {
    var asked = pending.take(channel);
    if (asked == null) {
      return;
    }
    if (asked.mustRecover() && entry.recovered() == Entry.Recovered.NO) {
      session.unsubscribe(channel);
      wire.fail(asked.id(), ErrorCode.UNRECOVERABLE, "");
      return;
    }
    wire.answer(asked.id(),
        Places.subscribed(protocol.context().rules(), channel, entry, missed));
  }

  /// Publications were missed, and the client can't be given them.
  void onLost(String channel) {
    end(channel, UnsubscribeCode.INSUFFICIENT_STATE);
  }

  /// Ends a subscription, and tells the client why.
  void end(String channel, UnsubscribeCode code) {
    if (Channels.isInbox(channel)) {
      // The server made it, and the client can't ask for it again by itself.
      wire.peer().close(CloseCode.INSUFFICIENT_STATE, "");
      return;
    }
    session.unsubscribe(channel);
    wire.push(channel, new Push.Unsubscribed(code));
  }

  void unsubscribe(long id, Command.Unsubscribe command) {
    if (command.channel().isEmpty()) {
      wire.peer().close(CloseCode.BAD_REQUEST, "unsubscribe: no channel");
      return;
    }
    session.unsubscribe(command.channel());
    var asked = pending.take(command.channel());
    if (asked != null) {
      wire.fail(asked.id(), ErrorCode.PERMISSION_DENIED, "left before it was subscribed");
    }
    wire.answer(id, new Answer.Done(Method.UNSUBSCRIBE));
  }

  void publish(long id, Command.Publish command) {
    publish(id, command.channel(), command.data(), null,
        _ -> wire.answer(id, new Answer.Done(Method.PUBLISH)));
  }

  /// Publishes, and answers if that fails.
  ///
  /// @param onceId makes a retry harmless; null: there is none
  /// @param onStored answers otherwise
  void publish(long id, String channel, byte @Nullable [] data, @Nullable String onceId,
      Consumer<Stored> onStored) {
    if (channel.isEmpty() || data == null) {
      wire.peer().close(CloseCode.BAD_REQUEST, "publish: no channel, or no data");
      return;
    }
    try {
      Channels.check(channel);
      var payload = wire.dialect().payload(data);
      var code = session.publish(channel, payload.content(), payload.data(), onceId,
          outcome -> onOutcome(id, outcome, onStored));
      if (code != null) {
        wire.fail(id, code, "");
      }
    } catch (InvalidNameException bad) {
      wire.fail(id, ErrorCode.BAD_REQUEST, String.valueOf(bad.getMessage()));
    } catch (InvalidPayloadException bad) {
      wire.fail(id, ErrorCode.BAD_REQUEST, "data: " + bad.getMessage());
    }
  }

  void onOutcome(long id, PublishOutcome outcome, Consumer<Stored> onStored) {
    switch (outcome) {
      case Stored stored -> onStored.accept(stored);
      case Failed.ID_CONFLICT -> wire.fail(
          id, ErrorCode.BAD_REQUEST, "the id was used for another message");
      case Failed.REFUSED -> wire.fail(
          id, ErrorCode.NOT_AVAILABLE, "the broker refuses messages now; it is not stored");
      case Failed.UNKNOWN -> wire.fail(
          id, ErrorCode.INTERNAL, "it may or may not be stored");
    }
  }

  void rpc(long id, Command.Rpc command) {
    rpcs.run(id, command);
  }
}
