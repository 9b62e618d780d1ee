package io.parley.metric;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// How high something rose in the last one to two minutes: long enough for whoever looks once a
/// minute, short enough to forget.
///
/// Raised by one thread, read by any. A reader starts the next minute; a rise that comes in that
/// very moment may be missed, which is no loss to a figure of this kind.
public final class HighWater {
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoClock;
  private volatile long highest;
  private long before;
  private long sinceNanos;

  HighWater(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.sinceNanos = nanoClock.getAsLong();
  }

  /// It is this high now.
  public void raise(long value) {
    if (value > highest) {
      highest = value;
    }
  }

  /// The highest of this minute and the one before.
  synchronized long highest() {
    long now = nanoClock.getAsLong();
    long past = now - sinceNanos;
    if (past >= MINUTE_NANOS) {
      before = past < 2 * MINUTE_NANOS ? highest : 0;
      highest = 0;
      sinceNanos = now;
    }
    return Math.max(before, highest);
  }
}
