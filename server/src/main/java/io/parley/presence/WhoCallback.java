package io.parley.presence;

import org.jspecify.annotations.Nullable;

/// Is told, once, who is in a channel, on a thread of the presence's choosing.
@FunctionalInterface
public interface WhoCallback {
  /// Here they are.
  ///
  /// @param who null if that couldn't be read: Redis is away, or refuses, or too many ask
  void onWho(@Nullable Who who);
}
