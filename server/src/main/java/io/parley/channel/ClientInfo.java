package io.parley.channel;

import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Who a connection is, as others see it: the publisher of a message, a member of a channel. The
/// arrays are shared, so nobody writes to them. Immutable.
///
/// @param client the one connection of the user
/// @param connInfo JSON that the user's token says of the connection; null: nothing
/// @param chanInfo JSON that a token says of the connection in this channel; null: nothing
public record ClientInfo(
    String user, UUID client, byte @Nullable [] connInfo, byte @Nullable [] chanInfo) {
  /// One of whom no token says more.
  public ClientInfo(String user, UUID client) {
    this(user, client, null, null);
  }

  /// Whether a token says anything of it.
  public boolean saysMore() {
    return connInfo != null || chanInfo != null;
  }

  /// How many bytes of JSON tokens say of it.
  public int infoBytes() {
    return (connInfo == null ? 0 : connInfo.length) + (chanInfo == null ? 0 : chanInfo.length);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof ClientInfo that && user.equals(that.user)
        && client.equals(that.client) && Arrays.equals(connInfo, that.connInfo)
        && Arrays.equals(chanInfo, that.chanInfo));
  }

  @Override
  public int hashCode() {
    return client.hashCode();
  }
}
