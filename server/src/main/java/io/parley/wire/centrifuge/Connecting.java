package io.parley.wire.centrifuge;

import com.fasterxml.jackson.core.JsonToken;
import io.parley.auth.Access;
import io.parley.channel.Channels;
import io.parley.channel.InvalidNameException;
import io.parley.encoding.Frames;
import io.parley.hub.Entry;
import io.parley.payload.JsonPayload;
import io.parley.session.CloseCode;
import io.parley.session.ErrorCode;
import io.parley.session.Identity;
import io.parley.session.SubscribeRequest;
import java.io.IOException;
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
      wire.peer().close(CloseCode.INVALID_TOKEN, "this node has no key to check tokens with");
      return;
    }
    try {
      var user = protocol.access().withoutToken(claimedUser(command.data()));
      if (user.isEmpty()) {
        wire.peer().close(CloseCode.BAD_REQUEST, "a token is required");
        return;
      }
      enter(new Identity(user.get(), protocol.newClient(),
          user.get().startsWith(Access.GUEST_PREFIX)));
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

  private void enter(Identity identity) {
    var context = protocol.context();
    if (!context.admits(identity.user())) {
      wire.peer().close(CloseCode.CONNECTION_LIMIT, "");
      return;
    }
    var session = wire.open(identity);
    var inbox = Channels.inbox(identity.user());
    awaited.add(inbox);
    var place = command.subs().get(inbox);
    var refusal = session.subscribe(new SubscribeRequest(
        inbox, Places.start(place), false, null));
    if (refusal != null) {
      // There are no inboxes, or not for such users.
      awaited.remove(inbox);
    }
    finishIfComplete();
  }

  void onSubscribed(String channel, Entry entry, @Nullable Frames missed) {
    if (awaited.remove(channel)) {
      subs.put(channel, Places.subscribed(protocol.context().rules(), channel, entry, missed));
      finishIfComplete();
    }
  }

  private void finishIfComplete() {
    if (awaited.isEmpty()) {
      wire.onConnected(id, new Answer.Connected(wire.session().client(), null, subs,
          protocol.timing().ping().toSeconds()));
    }
  }

  /// It has taken too long: Redis is away. The client comes back by itself.
  void giveUp() {
    wire.onRefused(id, ErrorCode.INTERNAL, "the channels can't be subscribed now, try again");
  }
}
