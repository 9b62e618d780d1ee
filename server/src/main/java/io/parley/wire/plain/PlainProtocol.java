package io.parley.wire.plain;

import io.parley.channel.Channels;
import io.parley.channel.InvalidNameException;
import io.parley.channel.Names;
import io.parley.channel.Position;
import io.parley.hub.Shard;
import io.parley.session.CloseCode;
import io.parley.session.Peer;
import io.parley.session.SessionContext;
import io.parley.wire.LoginRules;
import io.parley.wire.Wire;
import org.jspecify.annotations.Nullable;

/// Opens plain connections.
///
/// Immutable.
public final class PlainProtocol {
  private final SessionContext context;
  private final LoginRules login;
  private final PlainEncodings usual;
  private final PlainEncodings compressed;

  /// @param usual for most peers
  /// @param compressed for those that take it
  public PlainProtocol(
      SessionContext context, LoginRules login, PlainEncodings usual, PlainEncodings compressed) {
    this.context = context;
    this.login = login;
    this.usual = usual;
    this.compressed = compressed;
  }

  /// Starts a connection that has just been upgraded. Who it is may be known later.
  ///
  /// @return null if it was refused; the peer is then being closed
  public @Nullable Wire open(PlainRequest request, Shard shard, Peer peer) {
    try {
      var room = Names.checked(request.room());
      if (room.equals(Channels.INBOX)) {
        throw new InvalidNameException("room: 'inbox' (expected: a name that isn't reserved)");
      }
      var encodings = peer.takesCompressed() ? compressed : usual;
      var wire = new PlainWire(room, peer, login, new PlainOpening(context, shard,
          request.asJson() ? encodings.json() : encodings.bare(),
          position("since", request.since()), position("inbox_since", request.inboxSince())));
      wire.login().begin(request.token(), request.user());
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
}
