package io.parley.frame;

import io.parley.outbox.Budget;
import java.util.LinkedHashSet;

/// Who in a shard keeps something of what clients have sent: messages that aren't whole, or what
/// came while nothing was read. What they keep is taken from the node's budget. When that is
/// exceeded, those who have kept something for the longest time have to go, with 1013, and not
/// whoever happens to send a message in two pieces just then.
///
/// Confined to the shard's loop.
public final class Holders {
  private final Budget budget;

  /// The longest ago first.
  private final LinkedHashSet<Holder> holders = new LinkedHashSet<>();

  /// Whoever keeps something.
  public interface Holder {
    /// Gives up what is kept, because the node has no memory for it.
    void giveUp();
  }

  public Holders(Budget budget) {
    this.budget = budget;
  }

  /// What somebody keeps has changed.
  ///
  /// @param more by how many bytes; negative: it is less
  /// @param now how many it is now
  /// @param isAnew whether what it keeps is of something that has only just begun
  public void onChange(Holder holder, int more, int now, boolean isAnew) {
    if (now == 0 || isAnew) {
      holders.remove(holder);
    }
    if (now != 0) {
      holders.add(holder);
    }
    if (more < 0) {
      budget.giveBack(-more);
    } else if (more > 0 && !budget.take(more)) {
      shed();
    }
  }

  private void shed() {
    while (budget.isExceeded() && !holders.isEmpty()) {
      // Even if a bug keeps it from giving up what it has, the next one's turn comes.
      holders.removeFirst().giveUp();
    }
  }
}
