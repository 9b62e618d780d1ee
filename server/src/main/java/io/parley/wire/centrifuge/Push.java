package io.parley.wire.centrifuge;

import io.parley.channel.ClientInfo;
import io.parley.channel.Position;
import org.jspecify.annotations.Nullable;

/// What the server says of a channel without being asked, beside its publications.
public sealed interface Push {
  record Join(ClientInfo client) implements Push {}

  record Leave(ClientInfo client) implements Push {}

  /// The server has ended a subscription.
  record Unsubscribed(UnsubscribeCode code) implements Push {}

  /// The server ends the connection; it is about no channel.
  record Disconnected(int code, String reason) implements Push {}

  /// The server has made one.
  ///
  /// @param stand behind which publications follow; null where the channel has no history
  /// @param data JSON that the server says with it; null: nothing
  record Subscribed(@Nullable Position stand, boolean recoverable, byte @Nullable [] data)
      implements
        Push {}
}
