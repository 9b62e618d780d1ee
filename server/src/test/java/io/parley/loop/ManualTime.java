package io.parley.loop;

import java.util.function.LongSupplier;

/// Monotonic time that passes only when the test says so.
///
/// Confined to the test's thread.
public final class ManualTime implements LongSupplier {
  private long nanos = 1_000_000_000L;

  @Override
  public long getAsLong() {
    return nanos;
  }

  /// Lets time pass; loops notice in their next tick.
  public void passMillis(long millis) {
    nanos += millis * 1_000_000L;
  }
}
