package io.parley.session;

import io.parley.channel.ClientInfo;
import java.util.UUID;

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

  public String user() {
    return info.user();
  }

  public UUID client() {
    return info.client();
  }
}
