package io.parley.channel;

import java.time.Duration;

/// How much of a channel the broker keeps.
///
/// @param size publications at most; 0: nothing is kept, and publications have no offset
/// @param ttl how long after the last publication they are kept; of no meaning without a size
public record Retention(int size, Duration ttl) {
  /// Nothing is kept.
  public static final Retention NONE = new Retention(0, Duration.ZERO);

  /// Whether anything is kept.
  public boolean keeps() {
    return size > 0;
  }
}
