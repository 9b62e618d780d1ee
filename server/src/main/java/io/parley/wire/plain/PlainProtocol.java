package io.parley.wire.plain;

import io.parley.auth.Access;
import io.parley.channel.Channels;
import io.parley.channel.InvalidNameException;
import io.parley.channel.Names;
import io.parley.channel.Position;
import io.parley.hub.Shard;
import io.parley.session.CloseCode;
import io.parley.session.Identity;
import io.parley.session.Peer;
import io.parley.session.SessionContext;
import io.parley.wire.Wire;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Opens plain connections.
///
/// Immutable.
public final class PlainProtocol {
  private final SessionContext context;
  private final Access access;
  private final PlainEncodings usual;
  private final PlainEncodings compressed;

  /// @param usual for most peers
  /// @param compressed for those that take it
  public PlainProtocol(
      SessionContext context, Access access, PlainEncodings usual, PlainEncodings compressed) {
    this.context = context;
    this.access = access;
    this.usual = usual;
    this.compressed = compressed;
  }

  /// Starts a session on a connection that has just been upgraded.
  ///
  /// @return null if it was refused; the peer is then being closed
  public @Nullable Wire open(PlainRequest request, Shard shard, Peer peer) {
    if (request.hasToken()) {
      peer.close(CloseCode.INVALID_TOKEN, "this node has no key to check tokens with");
      return null;
    }
    try {
      var user = access.withoutToken(request.user());
      if (user.isEmpty()) {
        peer.close(CloseCode.INVALID_TOKEN, "a token is required");
        return null;
      }
      var room = Names.checked(request.room());
      if (room.equals(Channels.INBOX)) {
        throw new InvalidNameException("room: 'inbox' (expected: a name that isn't reserved)");
      }
      var since = position("since", request.since());
      var inboxSince = position("inbox_since", request.inboxSince());
      var identity = new Identity(
          user.get(), newClient(), user.get().startsWith(Access.GUEST_PREFIX));
      if (!context.admits(identity.user())) {
        peer.close(CloseCode.CONNECTION_LIMIT, "");
        return null;
      }
      var wire = new PlainWire(room, peer, context.settings().roomsPerConnection() + 1);
      var encodings = peer.takesCompressed() ? compressed : usual;
      wire.open(context, shard, identity,
          request.asJson() ? encodings.json() : encodings.bare(), since, inboxSince);
      return wire;
    } catch (InvalidNameException bad) {
      peer.close(CloseCode.BAD_REQUEST, String.valueOf(bad.getMessage()));
      return null;
    }
  }

  private static @Nullable Position position(String parameter, @Nullable String text)
      throws InvalidNameException {
    if (text == null) {
      return null;
    }
    var position = Position.parse(text);
    if (position == null) {
      throw new InvalidNameException(
          parameter + ": not EPOCH:OFFSET (expected: both, as messages have them)");
    }
    return position;
  }

  /// A random UUID (RFC 9562, version 4). It only has to be unique: knowing it gives no right.
  private static UUID newClient() {
    var random = ThreadLocalRandom.current();
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() >>> 2) | 0x8000000000000000L;
    return new UUID(high, low);
  }
}
