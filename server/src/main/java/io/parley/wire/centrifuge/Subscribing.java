package io.parley.wire.centrifuge;

import io.parley.auth.token.SubscriptionClaims;
import io.parley.auth.token.TokenCheck;
import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishOutcome.Failed;
import io.parley.broker.PublishOutcome.Stored;
import io.parley.channel.Channels;
import io.parley.channel.InvalidNameException;
import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.encoding.Frames;
import io.parley.hub.Entry;
import io.parley.payload.InvalidPayloadException;
import io.parley.session.CloseCode;
import io.parley.session.ErrorCode;
import io.parley.session.Session;
import io.parley.session.SubscribeRequest;
import io.parley.session.SubscribeRequest.Grant;
import io.parley.wire.centrifuge.PendingSubscriptions.Pending;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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
  private final Refreshing refreshing;
  private final PendingSubscriptions pending = new PendingSubscriptions();

  /// The channels that the server subscribed it to. Mostly one for the connection's life, its own,
  /// so the set is of those that take little, and is made anew when it changes.
  private Set<String> serverSide;

  /// What the server subscribes it to now, and what it gets there; most never get any.
  private Map<String, Grant> given = Map.of();

  Subscribing(CentrifugeWire wire, Session session, CentrifugeProtocol protocol,
      Collection<String> serverSide) {
    this.serverSide = Set.copyOf(serverSide);
    this.wire = wire;
    this.session = session;
    this.protocol = protocol;
    this.rpcs = new Rpcs(wire, session, protocol.context(), this);
    this.refreshing = new Refreshing(wire, session, protocol.login().tokens());
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
    var asked = new Pending(
        id, command.mustRecover(), protocol.context().nanoClock().getAsLong());
    pending.add(channel, asked);
    if (command.token().isEmpty()) {
      subscribe(command, null);
    } else {
      protocol.login().tokens().checkSubscription(
          command.token(), found -> wire.loop().run(() -> {
            // He may have gone, or changed his mind, while it was checked.
            if (!wire.isClosed() && asked.equals(pending.get(channel))) {
              onChecked(command, found);
            }
          }));
    }
  }

  private void onChecked(
      Command.Subscribe command, TokenCheck<SubscriptionClaims> found) {
    switch (found) {
      case TokenCheck.Valid<SubscriptionClaims>(var claims) -> {
        if (refreshing.isHis(claims, command.channel())) {
          wire.expiry().channelEnds(command.channel(), claims.expireAt());
          subscribe(command, Connecting.grant(claims.info(), null, claims.overrides()));
        }
      }
      case TokenCheck.Expired<SubscriptionClaims> _ -> refuse(
          command.channel(), ErrorCode.TOKEN_EXPIRED, "");
      case TokenCheck.Invalid<SubscriptionClaims>(var detail) -> refuse(
          command.channel(), ErrorCode.PERMISSION_DENIED, detail);
      case TokenCheck.Unavailable<SubscriptionClaims> _ -> refuse(
          command.channel(), ErrorCode.INTERNAL, Refreshing.NOT_NOW);
    }
  }

  private void subscribe(Command.Subscribe command, @Nullable Grant grant) {
    var channel = command.channel();
    if (grant == null && protocol.context().rules().isClosed(channel)) {
      refuse(channel, ErrorCode.PERMISSION_DENIED, "a token is required");
      return;
    }
    var code = session.subscribe(new SubscribeRequest(
        channel, Places.start(command.place()), command.joinLeave() || areOpen(), grant));
    if (code != null) {
      refuse(channel, code, "");
    }
  }

  /// Whether this is for test suites of SDKs: these are told who joins and leaves unasked.
  private boolean areOpen() {
    return protocol.context().rules().areOpen();
  }

  private void refuse(String channel, ErrorCode code, String detail) {
    wire.expiry().forget(channel);
    var asked = pending.take(channel);
    if (asked != null) {
      wire.fail(asked.id(), code, detail);
    }
  }

  private Answer.@Nullable Failure refusal(Command.Subscribe command) {
    try {
      Channels.check(command.channel());
    } catch (InvalidNameException bad) {
      return new Answer.Failure(ErrorCode.BAD_REQUEST, String.valueOf(bad.getMessage()));
    }
    if (session.has(command.channel()) || pending.has(command.channel())) {
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

  /// The publications of a channel come from here on.
  void onSubscribed(String channel, Entry entry, @Nullable Frames missed) {
    var grant = given.get(channel);
    if (grant != null) {
      onGiven(channel, grant, entry, missed);
      return;
    }
    var asked = pending.take(channel);
    if (asked == null) {
      return;
    }
    if (asked.mustRecover() && entry.recovered() == Entry.Recovered.NO) {
      leave(channel);
      wire.fail(asked.id(), ErrorCode.UNRECOVERABLE, "");
      return;
    }
    wire.answer(asked.id(),
        Places.subscribed(protocol.context().rules(), channel, entry, missed,
            wire.expiry().channelTtl(channel), null));
  }

  /// The server subscribes the client.
  void subscribe(SubscribeRequest request, Grant grant) {
    var channel = request.channel();
    if (session.has(channel)) {
      return;
    }
    var asked = pending.take(channel);
    if (asked != null) {
      // Its token is being checked, which isn't needed any more.
      wire.fail(asked.id(), ErrorCode.ALREADY_SUBSCRIBED, "");
    }
    var code = session.subscribe(request);
    if (code == null) {
      given = new HashMap<>(given);
      given.put(channel, grant);
    } else {
      session.onRefusal(code);
    }
  }

  private void onGiven(String channel, Grant grant, Entry entry, @Nullable Frames missed) {
    given.remove(channel);
    var more = new HashSet<>(serverSide);
    more.add(channel);
    serverSide = Set.copyOf(more);
    wire.expiry().channelEnds(channel, grant.expireAt());
    wire.push(channel, new Push.Subscribed(entry.position(),
        Places.isRecoverable(protocol.context().rules(), channel), grant.data()));
    if (missed != null) {
      wire.peer().send(missed);
    }
  }

  /// Publications were missed, and the client can't be given them.
  void onLost(String channel) {
    end(channel, UnsubscribeCode.INSUFFICIENT_STATE);
  }

  /// The channel goes on in another epoch. Publications don't tell theirs here, so the client would
  /// come back with one that is over, and be refused what it missed. The server tells it where its
  /// own subscriptions stand; the client's it asks for again, from where it is.
  void onMoved(String channel, @Nullable Position position) {
    if (!Places.isRecoverable(protocol.context().rules(), channel)) {
      return;
    }
    if (position != null && serverSide.contains(channel)) {
      wire.push(channel, new Push.Subscribed(position, true, null));
    } else {
      end(channel, UnsubscribeCode.INSUFFICIENT_STATE);
    }
  }

  /// Ends a subscription, and tells the client why.
  void end(String channel, UnsubscribeCode code) {
    if (code != UnsubscribeCode.SERVER && serverSide.contains(channel)) {
      // The client can't ask for it again by itself, but gets it anew when it connects.
      wire.peer().close(code == UnsubscribeCode.EXPIRED
          ? CloseCode.SUBSCRIPTION_EXPIRED
          : CloseCode.INSUFFICIENT_STATE, "");
      return;
    }
    leave(channel);
    var asked = pending.take(channel);
    if (asked == null) {
      wire.push(channel, new Push.Unsubscribed(code));
    } else if (code == UnsubscribeCode.EXPIRED) {
      wire.fail(asked.id(), ErrorCode.TOKEN_EXPIRED, "");
    } else if (code == UnsubscribeCode.INSUFFICIENT_STATE) {
      wire.fail(asked.id(), ErrorCode.INTERNAL, "the channel has moved on, try again");
    } else {
      wire.fail(asked.id(), ErrorCode.PERMISSION_DENIED, "ended by the server");
    }
  }

  void onPresence(String channel, PresenceEvent event) {
    for (var change : event.changes()) {
      var client = change.info();
      wire.push(
          channel, change.kind().isJoin() ? new Push.Join(client) : new Push.Leave(client));
    }
  }

  /// Ends what no fresh token was shown for. Redis is away: who waits for it is told, and comes
  /// back by himself.
  void onSweep(long nowNanos, long unixSeconds) {
    wire.expiry().takeOver(unixSeconds).forEach(
        channel -> end(channel, UnsubscribeCode.EXPIRED));
    for (var channel : pending.before(nowNanos - protocol.timing().answer().toNanos())) {
      session.unsubscribe(channel);
      refuse(channel, ErrorCode.INTERNAL, "the channel can't be subscribed now, try again");
    }
  }

  private void leave(String channel) {
    session.unsubscribe(channel);
    if (serverSide.contains(channel)) {
      var rest = new HashSet<>(serverSide);
      rest.remove(channel);
      serverSide = Set.copyOf(rest);
    }
    if (given.containsKey(channel)) {
      given.remove(channel);
    }
    wire.expiry().forget(channel);
  }

  void unsubscribe(long id, Command.Unsubscribe command) {
    if (command.channel().isEmpty()) {
      wire.peer().close(CloseCode.BAD_REQUEST, "unsubscribe: no channel");
      return;
    }
    leave(command.channel());
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

  Refreshing refreshing() {
    return refreshing;
  }

  void rpc(long id, Command.Rpc command) {
    rpcs.run(id, command);
  }
}
