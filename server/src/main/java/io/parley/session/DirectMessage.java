package io.parley.session;

import io.parley.broker.PublishCallback;
import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishOutcome.Failed;
import io.parley.broker.PublishOutcome.Stored;
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

  /// What became of the sender's own copy, where the message stands in his own inbox. Written
  /// before [#missing] counts it.
  private volatile Stored own = Stored.NOWHERE;

  DirectMessage(int parts, PublishCallback whole) {
    this.parts = parts;
    this.missing = new AtomicInteger(parts);
    this.whole = whole;
  }

  @Override
  public void onOutcome(PublishOutcome outcome) {
    switch (outcome) {
      case Stored _ -> {
        // Nothing to note.
      }
      case Failed failed -> {
        switch (failed) {
          case ID_CONFLICT -> conflicts.incrementAndGet();
          case REFUSED -> refused.incrementAndGet();
          case UNKNOWN -> unknown.incrementAndGet();
        }
      }
    }
    if (missing.decrementAndGet() == 0) {
      whole.onOutcome(sum());
    }
  }

  /// The outcome of the publication into the sender's own inbox.
  void onOwnOutcome(PublishOutcome outcome) {
    if (outcome instanceof Stored stored) {
      own = stored;
    }
    onOutcome(outcome);
  }

  /// A conflict or a refusal says "not stored", which is true only if no part of it was.
  private PublishOutcome sum() {
    int notStored = conflicts.get() + refused.get();
    if (unknown.get() > 0 || (notStored > 0 && notStored < parts)) {
      return Failed.UNKNOWN;
    }
    if (notStored == 0) {
      return own;
    }
    // Of the two, a conflict is what no retry can mend.
    return conflicts.get() > 0 ? Failed.ID_CONFLICT : Failed.REFUSED;
  }
}
