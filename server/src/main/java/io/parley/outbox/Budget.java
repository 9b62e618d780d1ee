package io.parley.outbox;

import java.util.concurrent.atomic.AtomicLong;

/// How much memory all connections of a node may take together for one purpose. It only counts;
/// what is to be done when it is used up is for those who take.
///
/// Thread-safe.
public final class Budget {
  private final long bytesMax;
  private final AtomicLong taken = new AtomicLong();

  public Budget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Takes, even if there isn't as much.
  ///
  /// @return whether there was
  public boolean take(long bytes) {
    return taken.addAndGet(bytes) <= bytesMax;
  }

  public void giveBack(long bytes) {
    long left = taken.addAndGet(-bytes);
    assert left >= 0 : "given back more than was taken: " + left;
  }

  public boolean isExceeded() {
    return taken.get() > bytesMax;
  }

  public long taken() {
    return taken.get();
  }
}
