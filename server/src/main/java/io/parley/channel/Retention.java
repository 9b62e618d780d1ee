package io.parley.channel;

import java.time.Duration;

/// How much of a channel's past is kept. Immutable.
///
/// @param size the most publications, newest first to stay; 0: no history, and no offsets either
/// @param ttl how long after its last publication a channel's history is forgotten, in whole
/// milliseconds; more than 0 where there is a history
public record Retention(int size, Duration ttl) {
  /// No history: publications are passed on and forgotten.
  public static final Retention NONE = new Retention(0, Duration.ZERO);

  public Retention {
    if (size < 0) {
      throw new IllegalArgumentException("size: " + size + " (expected: 0 or more)");
    }
    if (ttl.isNegative() || (size > 0 && ttl.toMillis() == 0)) {
      throw new IllegalArgumentException("ttl: " + ttl + " (expected: at least 1 ms)");
    }
  }

  /// Whether there is a history, so that publications have positions.
  public boolean keeps() {
    return size > 0;
  }
}
