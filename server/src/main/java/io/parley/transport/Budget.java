package io.parley.transport;

import java.util.concurrent.atomic.AtomicLong;

/// How much memory all connections of a node may take together for one purpose. It only counts;
/// what is to be done when it is used up is for those who take.
///
/// Thread-safe.
final class Budget {
  private final long bytesMax;
  private final AtomicLong taken = new AtomicLong();

  Budget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Takes, even if there isn't as much.
  ///
  /// @return whether there was
  boolean take(long bytes) {
    return taken.addAndGet(bytes) <= bytesMax;
  }

  void giveBack(long bytes) {
    long left = taken.addAndGet(-bytes);
    assert left >= 0 : "given back more than was taken: " + left;
  }

  boolean isExceeded() {
    return taken.get() > bytesMax;
  }

  long taken() {
    return taken.get();
  }
}
