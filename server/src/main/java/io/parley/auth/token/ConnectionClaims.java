package io.parley.auth.token;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a token for connecting says.
///
/// @param user at most 255 bytes of any text; empty: somebody who has no name
/// @param expireAt when the connection needs a fresh token, in seconds since 1970; 0: never
/// @param info what others are shown of this connection; null: nothing
/// @param meta a JSON object for the server's own use; null: none. Nobody writes to it
/// @param channels those that the connection is subscribed to by the server
/// @param subs the same, with what is special about each
public record ConnectionClaims(
    String user, long expireAt, @Nullable TokenData info, byte @Nullable [] meta,
    List<String> channels, Map<String, ChannelClaims> subs) {

  public ConnectionClaims {
    channels = List.copyOf(channels);
    subs = Map.copyOf(subs);
  }
}
