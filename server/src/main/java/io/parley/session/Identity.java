package io.parley.session;

import io.parley.channel.ClientInfo;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// Who a connection is.
///
/// @param info as others see it: its user, of whom several connections may be one each, itself, and
///   what its token says of it
/// @param isGuest whether the user is nobody in particular: a name for this connection alone
public record Identity(ClientInfo info, boolean isGuest) {
  /// One of whom no token says more.
  public Identity(String user, UUID client, boolean isGuest) {
    this(new ClientInfo(user, client), isGuest);
  }

  /// A random UUID (RFC 9562, version 4). It only has to be unique: knowing it gives no right.
  public static UUID newClient() {
    var random = ThreadLocalRandom.current();
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() >>> 2) | 0x8000000000000000L;
    return new UUID(high, low);
  }

  public String user() {
    return info.user();
  }

  public UUID client() {
    return info.client();
  }
}
