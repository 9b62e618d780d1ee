package io.parley.auth.token;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything that a token may say, whatever it is for; what isn't known is skipped. Each of the
/// right type, and null where it isn't said.
record Claims(
    @Nullable String subject, @Nullable String channel, @Nullable Long expires,
    @Nullable Long notBefore, @Nullable Long expireAt, @Nullable String issuer,
    @Nullable List<String> audience, @Nullable TokenData info, byte @Nullable [] meta,
    @Nullable List<String> channels, @Nullable Map<String, ChannelClaims> subs,
    Overrides overrides) {

  /// When what the token was for ends; 0: never.
  long end() {
    return expireAt != null ? expireAt : expires != null ? expires : 0;
  }

  /// Whether the token itself, or what it was for, has ended by a time.
  boolean isOver(long seconds) {
    return (expires != null && expires <= seconds) || (end() > 0 && end() <= seconds);
  }

  Claims withoutEnd() {
    return new Claims(subject, channel, null, notBefore, null, issuer, audience, info, meta,
        channels, subs, overrides);
  }

  String user() {
    return subject == null ? "" : subject;
  }

  ConnectionClaims forConnecting() throws InvalidTokenException {
    if (channel != null) {
      throw new InvalidTokenException("claim 'channel' (expected: a token for connecting)");
    }
    return new ConnectionClaims(user(), end(), info, meta,
        channels == null ? List.of() : channels, subs == null ? Map.of() : subs);
  }

  SubscriptionClaims forSubscribing() throws InvalidTokenException {
    if (channel == null) {
      throw new InvalidTokenException("no claim 'channel' (expected: a token for a channel)");
    }
    return new SubscriptionClaims(user(), channel, end(), info, overrides);
  }
}
