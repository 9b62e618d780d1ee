package io.parley.broker;

import org.jspecify.annotations.Nullable;

/// Is told, once, what a history holds, on a thread of the broker's choosing.
@FunctionalInterface
public interface HistoryCallback {
  /// Here it is.
  ///
  /// @param history null if it couldn't be read: the broker is away, or refuses
  void onHistory(@Nullable History history);
}
