package io.parley.auth;

import java.util.concurrent.ConcurrentHashMap;

/// How many there are of each key, where each may have only so many: connections of a user, or of
/// an address. What nobody has takes no memory.
///
/// Thread-safe.
///
/// @param <K> equal where what it names is the same
public final class Quota<K> {
  private final int max;

  /// Never 0.
  private final ConcurrentHashMap<K, Integer> counts = new ConcurrentHashMap<>();

  /// @param max how many there may be of each; 0: any number, and nothing is counted
  public Quota(int max) {
    this.max = max;
  }

  /// Counts one more. Whoever calls this calls [#leave] once.
  ///
  /// @return by how many there are too many now; 0: there aren't
  public int enter(K key) {
    return max == 0 ? 0 : Math.max(0, counts.merge(key, 1, Integer::sum) - max);
  }

  /// One of them is gone.
  public void leave(K key) {
    if (max != 0) {
      counts.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
    }
  }

  /// How many there may be of each; 0: any number.
  public int max() {
    return max;
  }

  /// How many different ones there are.
  public int size() {
    return counts.size();
  }
}
