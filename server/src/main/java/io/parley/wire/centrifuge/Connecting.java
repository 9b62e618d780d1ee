package io.parley.wire.centrifuge;

import com.fasterxml.jackson.core.JsonToken;
import io.parley.auth.Access;
import io.parley.auth.token.ChannelClaims;
import io.parley.auth.token.ConnectionClaims;
import io.parley.auth.token.Overrides;
import io.parley.auth.token.TokenCheck;
import io.parley.auth.token.TokenData;
import io.parley.channel.Channels;
import io.parley.channel.ClientInfo;
import io.parley.channel.InvalidNameException;
import io.parley.encoding.Frames;
import io.parley.hub.Entry;
import io.parley.hub.Start;
import io.parley.metric.Limit;
import io.parley.payload.JsonPayload;
import io.parley.session.CloseCode;
import io.parley.session.ErrorCode;
import io.parley.session.Identity;
import io.parley.session.SubscribeRequest;
import io.parley.session.SubscribeRequest.Grant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A client on its way in: who it is, and the channels that the server subscribes it to. It is told
/// all that in one answer, behind which the publications of those channels come.
///
/// Confined to the connection's loop.
final class Connecting {
  private final CentrifugeWire wire;
  private final CentrifugeProtocol protocol;
  private final long id;
  private final Command.Connect command;

  /// The channels that aren't subscribed yet.
  private final Set<String> awaited = new HashSet<>();

  /// What it gets in channels, by its token or from the server.
  private final Map<String, Grant> given = new HashMap<>();
  private final Map<String, Answer.Subscribed> subs = new LinkedHashMap<>();

  Connecting(CentrifugeWire wire, CentrifugeProtocol protocol, long id,
      Command.Connect command) {
    this.wire = wire;
    this.protocol = protocol;
    this.id = id;
    this.command = command;
  }

  void start() {
    if (!command.token().isEmpty()) {
      protocol.login().tokens().checkConnection(
          command.token(), found -> wire.loop().run(() -> onChecked(found)));
      return;
    }
    try {
      var user = protocol.login().access().withoutToken(claimedUser(command.data()));
      if (user.isEmpty()) {
        wire.peer().close(CloseCode.BAD_REQUEST, "a token is required");
        return;
      }
      enter(new Identity(user.get(), Identity.newClient(),
          user.get().startsWith(Access.GUEST_PREFIX)), Map.of());
    } catch (InvalidNameException bad) {
      wire.peer().close(CloseCode.BAD_REQUEST, String.valueOf(bad.getMessage()));
    }
  }

  /// The name that a client without a token claims: `{"user":"alice"}`.
  private static @Nullable String claimedUser(byte @Nullable [] data) {
    if (data == null) {
      return null;
    }
    try (var parser = JsonPayload.JSON.createParser(data)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isUser = parser.currentName().equals("user");
        var token = parser.nextToken();
        if (isUser && token == JsonToken.VALUE_STRING) {
          return parser.getText();
        }
        parser.skipChildren();
      }
    } catch (IOException noJson) {
      // Then nobody is claimed.
      return null;
    }
    return null;
  }

  private void onChecked(TokenCheck<ConnectionClaims> found) {
    if (!wire.isConnecting()) {
      return;
    }
    switch (found) {
      case TokenCheck.Valid<ConnectionClaims> valid -> accept(valid.claims());
      case TokenCheck.Expired<ConnectionClaims> _ -> wire.onRefused(
          id, ErrorCode.TOKEN_EXPIRED, "");
      case TokenCheck.Invalid<ConnectionClaims> bad -> wire.peer().close(
          CloseCode.INVALID_TOKEN, bad.detail());
      case TokenCheck.Unavailable<ConnectionClaims> _ -> wire.onRefused(
          id, ErrorCode.INTERNAL, Refreshing.NOT_NOW);
    }
  }

  private void accept(ConnectionClaims claims) {
    boolean isGuest = claims.user().isEmpty();
    var user = isGuest ? protocol.login().access().newGuest() : claims.user();
    var grants = new LinkedHashMap<String, Grant>();
    claims.channels().forEach(channel -> grants.put(channel, new Grant(null)));
    claims.subs().forEach((channel, of) -> grants.put(channel, grant(of)));
    wire.expiry().connectionEnds(claims.expireAt());
    enter(new Identity(new ClientInfo(user, Identity.newClient(), json(claims.info()), null),
        isGuest), grants);
  }

  private static Grant grant(ChannelClaims claims) {
    return grant(claims.info(), claims.data(), claims.overrides());
  }

  /// What a token grants in a channel. Of what it would change in the channel's rules that counts
  /// which is a matter of the one subscription.
  static Grant grant(
      @Nullable TokenData info, @Nullable TokenData data, Overrides overrides) {
    return new Grant(json(info), json(data), 0, Boolean.FALSE.equals(overrides.presence()),
        Boolean.TRUE.equals(overrides.forcePushJoinLeave()));
  }

  /// What tokens say of a client, as JSON: bytes are shown as they are in publications.
  static byte @Nullable [] json(@Nullable TokenData data) {
    if (data == null || data.isJson()) {
      return data == null ? null : data.bytes();
    }
    return ("{\"base64\":\"" + Base64.getEncoder().encodeToString(data.bytes()) + "\"}")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private void enter(Identity identity, Map<String, Grant> grants) {
    var inbox = Channels.inbox(identity.user());
    int most = protocol.context().settings().roomsPerConnection();
    if (grants.size() - (grants.containsKey(inbox) ? 1 : 0) > most) {
      // Not to be in some of them would be found out by nobody.
      protocol.login().metrics().hit(Limit.ROOMS_PER_CONNECTION);
      wire.peer().close(CloseCode.CHANNEL_LIMIT, "a token with " + grants.size()
          + " channels (expected: at most " + most + ")");
      return;
    }
    if (!protocol.context().admits(identity.user())) {
      wire.peer().close(CloseCode.CONNECTION_LIMIT, "");
      return;
    }
    wire.open(identity);
    // All before the first is asked for: an answer may come while the next one is.
    awaited.add(inbox);
    awaited.addAll(grants.keySet());
    given.putAll(grants);
    subscribe(inbox, null);
    grants.forEach(this::subscribe);
    finishIfComplete();
  }

  private void subscribe(String channel, @Nullable Grant grant) {
    // His inbox is always one, however strange or long his name.
    var refusal = channel.equals(Channels.inbox(wire.opened().user())) || check(channel)
        ? wire.opened().subscribe(new SubscribeRequest(
            channel, Places.start(command.subs().get(channel)), false, grant))
        : ErrorCode.BAD_REQUEST;
    if (refusal != null) {
      // There are no inboxes, or the token names what there isn't here: the log has it.
      awaited.remove(channel);
      wire.opened().onRefusal(refusal);
    }
  }

  /// The server subscribes the client to one channel more.
  void subscribe(SubscribeRequest request, Grant grant) {
    var channel = request.channel();
    if (!wire.opened().has(channel) && awaited.add(channel)) {
      given.put(channel, grant);
      wire.expiry().channelEnds(channel, grant.expireAt());
      var refusal = wire.opened().subscribe(new SubscribeRequest(
          channel, withinAnswer(request.start()), request.wantsPresence(), grant));
      if (refusal != null) {
        forget(channel);
        wire.opened().onRefusal(refusal);
      }
    }
  }

  /// What the client missed there comes in the answer, whatever was asked for.
  private static Start withinAnswer(Start start) {
    return start instanceof Start.After after
        ? new Start.After(after.position(), false, after.isInAnyEpoch())
        : start;
  }

  /// The server takes a channel back. The client hears nothing of it, as it wasn't told that it is
  /// subscribed. If something has come already, perhaps from there, it connects anew.
  void unsubscribe(String channel) {
    if (wire.opened().has(channel)) {
      if (wire.opened().holdsAnything()) {
        wire.peer().close(CloseCode.INSUFFICIENT_STATE, "");
        return;
      }
      wire.opened().unsubscribe(channel);
      forget(channel);
      finishIfComplete();
    }
  }

  private void forget(String channel) {
    awaited.remove(channel);
    given.remove(channel);
    subs.remove(channel);
    wire.expiry().forget(channel);
  }

  private static boolean check(String channel) {
    try {
      Channels.check(channel);
      return true;
    } catch (InvalidNameException bad) {
      return false;
    }
  }

  void onSubscribed(String channel, Entry entry, @Nullable Frames missed) {
    if (awaited.remove(channel)) {
      var grant = given.get(channel);
      subs.put(channel, Places.subscribed(
          protocol.context().rules(), channel, entry, missed, null,
          grant == null ? null : grant.data()));
      finishIfComplete();
    }
  }

  private void finishIfComplete() {
    if (awaited.isEmpty() && wire.isConnecting()) {
      wire.onConnected(id, subs);
    }
  }

  /// It has taken too long: Redis is away. The client comes back by itself.
  void giveUp() {
    wire.onRefused(id, ErrorCode.INTERNAL, "the channels can't be subscribed now, try again");
  }
}
