package io.parley.wire.plain;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A client's wait for its own room. What it says before would be published by another connection
/// to Redis than the one that subscribes, and may get there first; then the client would miss it.
/// So nothing is read from it, but not for long: whose room can't be joined now may publish all the
/// same.
///
/// Confined to the connection's loop.
final class RoomWait {
  /// At least; then it ends with the next sweep, which comes within a second.
  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final String channel;
  private final long sinceNanos;

  /// What runs behind it, once the client is idle; null unless the connection is drained.
  private @Nullable Runnable then;

  /// @param sinceNanos monotonic time
  RoomWait(String channel, long sinceNanos) {
    this.channel = channel;
    this.sinceNanos = sinceNanos;
  }

  String channel() {
    return channel;
  }

  boolean isLong(long nowNanos) {
    return nowNanos - sinceNanos >= NANOS;
  }

  void then(Runnable action) {
    then = action;
  }

  @Nullable
  Runnable then() {
    return then;
  }
}
