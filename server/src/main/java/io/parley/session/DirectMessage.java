package io.parley.session;

import io.parley.broker.PublishCallback;
import io.parley.broker.PublishOutcome;
import java.util.concurrent.atomic.AtomicInteger;

/// A direct message on its way: one publication into each receiver's inbox and one into the
/// sender's. It is stored when all are. A retry with the same id completes what was cut short.
///
/// Thread-safe: outcomes may come from different broker threads.
final class DirectMessage implements PublishCallback {
  private final PublishCallback whole;
  private final int parts;
  private final AtomicInteger missing;
  private final AtomicInteger unknown = new AtomicInteger();
  private final AtomicInteger conflicts = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  DirectMessage(int parts, PublishCallback whole) {
    this.parts = parts;
    this.missing = new AtomicInteger(parts);
    this.whole = whole;
  }

  @Override
  public void onOutcome(PublishOutcome outcome) {
    switch (outcome) {
      case STORED -> {
        // Nothing to note.
      }
      case ID_CONFLICT -> conflicts.incrementAndGet();
      case REFUSED -> refused.incrementAndGet();
      case UNKNOWN -> unknown.incrementAndGet();
    }
    if (missing.decrementAndGet() == 0) {
      whole.onOutcome(sum());
    }
  }

  /// A conflict or a refusal says "not stored", which is true only if no part of it was.
  private PublishOutcome sum() {
    int notStored = conflicts.get() + refused.get();
    if (unknown.get() > 0 || (notStored > 0 && notStored < parts)) {
      return PublishOutcome.UNKNOWN;
    }
    if (notStored == 0) {
      return PublishOutcome.STORED;
    }
    // Of the two, a conflict is what no retry can mend.
    return conflicts.get() > 0 ? PublishOutcome.ID_CONFLICT : PublishOutcome.REFUSED;
  }
}
