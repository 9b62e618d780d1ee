package io.parley.hub;

import io.parley.channel.Publication;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The last publications of a channel, up to where its feed stands, without holes.
///
/// Confined to its feed loop.
final class Ring {
  /// What a publication takes beside its data, roughly.
  private static final int OVERHEAD_BYTES = 200;

  private final ArrayDeque<Publication> kept = new ArrayDeque<>();

  /// The offset of the first that is kept; while none is, of the next that comes.
  private long first;
  private long bytes;

  /// Whether all that the broker keeps of the channel, or kept lately, is in here.
  private boolean isWhole;

  /// When the newest came, by the monotonic clock: what the channel keeps expires with it.
  long newestNanos;

  /// One in which nothing is yet.
  ///
  /// @param next the offset of the publication that comes next
  /// @param nowNanos by the monotonic clock
  Ring(long next, long nowNanos) {
    first = next;
    newestNanos = nowNanos;
  }

  /// Puts the publication that comes next behind the others.
  void append(Publication publication, long nowNanos) {
    newestNanos = nowNanos;
    kept.add(publication);
    bytes += costOf(publication);
  }

  /// Puts what the broker had before the others, as far as it isn't here and reaches up to them.
  ///
  /// @param older without holes, oldest first
  /// @param whole whether the broker has nothing older
  void prepend(List<Publication> older, boolean whole) {
    for (int i = older.size() - 1; i >= 0; i--) {
      var publication = older.get(i);
      if (offsetOf(publication) == first - 1) {
        kept.addFirst(publication);
        bytes += costOf(publication);
        first--;
      }
    }
    isWhole = whole;
  }

  /// Forgets the oldest, until the rest is within bounds.
  void trim(int most, long mostBytes) {
    while (!kept.isEmpty() && (kept.size() > most || bytes > mostBytes)) {
      isWhole &= kept.size() > most;
      bytes -= costOf(kept.remove());
      first++;
    }
  }

  long bytes() {
    return bytes;
  }

  /// Whether everything behind an offset is here.
  boolean covers(long offset) {
    return offset + 1 >= first;
  }

  /// Whether it has as many publications before an offset as are wanted, or all that there are.
  boolean hasPage(long before, int count) {
    long end = Math.min(before, first + kept.size());
    return isWhole || (end >= first && end - count >= first) || first <= 1;
  }

  /// The newest publications before an offset, oldest first.
  ///
  /// @param mostBytes of their data; one is always among them
  List<Publication> page(long before, int count, long mostBytes) {
    var page = new ArrayList<Publication>();
    long pageBytes = 0;
    for (var newest = kept.descendingIterator(); newest.hasNext() && page.size() < count;) {
      var publication = newest.next();
      if (offsetOf(publication) >= before) {
        continue;
      }
      pageBytes += publication.data().length;
      if (pageBytes > mostBytes && !page.isEmpty()) {
        break;
      }
      page.add(publication);
    }
    return page.reversed();
  }

  /// Everything behind an offset, oldest first.
  List<Publication> after(long offset) {
    var newer = new ArrayList<Publication>();
    for (var publication : kept) {
      if (offsetOf(publication) > offset) {
        newer.add(publication);
      }
    }
    return newer;
  }

  static long offsetOf(Publication publication) {
    var position = publication.position();
    if (position == null) {
      throw new IllegalStateException("publication: no position (expected: one, from a history)");
    }
    return position.offset();
  }

  private static int costOf(Publication publication) {
    return publication.data().length + OVERHEAD_BYTES;
  }
}
