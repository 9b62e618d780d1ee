package io.parley.history;

import io.parley.channel.Publication;
import io.parley.channel.Retention;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The last publications of a channel, up to where its feed stands, without holes.
///
/// Confined to its feed loop.
public final class Ring {
  /// What a publication takes beside its data, roughly.
  private static final int OVERHEAD_BYTES = 200;

  private final ArrayDeque<Publication> kept = new ArrayDeque<>();

  /// The offset of the first that is kept; while none is, of the next that comes.
  private long first;
  private long dataBytes;

  /// Whether all that the broker keeps of the channel, or kept lately, is in here.
  private boolean isWhole;

  private final Retention retention;

  /// When the newest came, by the monotonic clock: what the channel keeps expires with it.
  private long newestNanos;

  /// Whether nobody keeps it up any more.
  private boolean isDropped;

  /// Lets go of everything.
  void drop() {
    isDropped = true;
    kept.clear();
    dataBytes = 0;
  }

  boolean isDropped() {
    return isDropped;
  }

  /// Whether the broker has forgotten by now what is in here.
  boolean hasExpired(long nowNanos) {
    return nowNanos - newestNanos > retention.ttl().toNanos();
  }

  /// One in which nothing is yet.
  ///
  /// @param next the offset of the publication that comes next
  /// @param nowNanos by the monotonic clock
  Ring(long next, Retention retention, long nowNanos) {
    first = next;
    this.retention = retention;
    newestNanos = nowNanos;
  }

  /// Puts the publication that comes next behind the others.
  void append(Publication publication, long nowNanos) {
    newestNanos = nowNanos;
    kept.add(publication);
    dataBytes += publication.data().length;
  }

  /// Puts what the broker had before the others, as far as it isn't here and reaches up to them.
  ///
  /// @param older without holes, oldest first
  /// @param whole whether the broker has nothing older
  public void prepend(List<Publication> older, boolean whole) {
    for (int i = older.size() - 1; i >= 0; i--) {
      var publication = older.get(i);
      if (offsetOf(publication) == first - 1) {
        kept.addFirst(publication);
        dataBytes += publication.data().length;
        first--;
      }
    }
    // Of what came live meanwhile so much may have been forgotten that there is a hole between.
    isWhole = whole && (older.isEmpty() || first <= offsetOf(older.getFirst()));
  }

  /// Forgets the oldest, until the rest is within bounds.
  void trim(long mostBytes) {
    int most = retention.size();
    while (!kept.isEmpty() && (kept.size() > most || dataBytes > mostBytes)) {
      isWhole &= kept.size() > most;
      dataBytes -= kept.remove().data().length;
      first++;
    }
  }

  /// What it takes of the memory, roughly.
  long bytes() {
    return dataBytes + (long) kept.size() * OVERHEAD_BYTES;
  }

  /// Whether everything behind an offset is here.
  public boolean covers(long offset) {
    return offset + 1 >= first;
  }

  /// Whether it has as many publications before an offset as are wanted, or all that there are.
  public boolean hasPage(long before, int count) {
    long end = Math.min(before, first + kept.size());
    return isWhole || (end >= first && end - count >= first) || first <= 1;
  }

  /// The newest publications before an offset, oldest first.
  ///
  /// @param mostBytes of their data; one is always among them
  public List<Publication> page(long before, int count, long mostBytes) {
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
  public List<Publication> after(long offset) {
    var newer = new ArrayList<Publication>();
    for (var publication : kept) {
      if (offsetOf(publication) > offset) {
        newer.add(publication);
      }
    }
    return newer;
  }

  /// The offset of a publication that has one.
  public static long offsetOf(Publication publication) {
    var position = publication.position();
    if (position == null) {
      throw new IllegalStateException("publication: no position (expected: one, from a history)");
    }
    return position.offset();
  }
}
