package io.parley.frame;

import io.parley.outbox.Budget;
import java.util.LinkedHashSet;

/// The frame readers of a shard that keep something: messages that aren't whole, or what came while
/// nothing was read. What they keep is taken from the node's budget. When that is exceeded, those
/// who have kept something for the longest time have to go, with 1013, and not whoever happens to
/// send a message in two pieces just then.
///
/// Confined to the shard's loop.
public final class Holders {
  private final Budget budget;

  /// The longest ago first.
  private final LinkedHashSet<FrameReader> readers = new LinkedHashSet<>();

  public Holders(Budget budget) {
    this.budget = budget;
  }

  /// What a reader keeps has changed.
  ///
  /// @param more by how many bytes; negative: it is less
  /// @param now how many it is now
  /// @param isAnew whether what it keeps is of something that has only just begun
  void onChange(FrameReader reader, int more, int now, boolean isAnew) {
    if (now == 0 || isAnew) {
      readers.remove(reader);
    }
    if (now != 0) {
      readers.add(reader);
    }
    if (more < 0) {
      budget.giveBack(-more);
    } else if (more > 0 && !budget.take(more)) {
      shed();
    }
  }

  private void shed() {
    while (budget.isExceeded() && !readers.isEmpty()) {
      // Even if a bug keeps it from giving up what it has, the next one's turn comes.
      readers.removeFirst().shed();
    }
  }
}
