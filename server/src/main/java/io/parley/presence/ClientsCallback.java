package io.parley.presence;

import org.jspecify.annotations.Nullable;

/// Is told, once, which clients are in a channel, on a thread of the presence's choosing.
@FunctionalInterface
public interface ClientsCallback {
  /// Here they are.
  ///
  /// @param clients null if that couldn't be read: Redis is away, or refuses
  void onClients(@Nullable Clients clients);
}
