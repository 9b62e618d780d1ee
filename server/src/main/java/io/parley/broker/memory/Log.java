package io.parley.broker.memory;

import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.broker.HistoryRequest.End;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.channel.Retention;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/// The history of one channel. Its count lives as long as the process, so the epoch never changes.
///
/// Confined to the broker's loop.
final class Log {
  /// What a publication takes beside its data, roughly.
  private static final int OVERHEAD_BYTES = 200;

  private final ArrayDeque<Publication> kept = new ArrayDeque<>();
  private Position top;
  private long bytes;

  /// When what is kept ends, by the broker's clock.
  private long untilMillis;

  Log(long epoch) {
    top = new Position(epoch, 0);
  }

  /// Puts a publication behind the others and gives it its place.
  Publication append(Publication publication, Retention retention, long nowMillis) {
    expire(nowMillis);
    top = top.at(top.offset() + 1);
    var placed = publication.at(top);
    kept.add(placed);
    bytes += costOf(placed);
    while (kept.size() > retention.size()) {
      forgetOldest();
    }
    untilMillis = nowMillis + retention.ttl().toMillis();
    return placed;
  }

  /// Where the channel stands: the newest position.
  Position top() {
    return top;
  }

  /// What it takes of the memory, roughly.
  long bytes() {
    return bytes;
  }

  /// Whether nothing is kept, at this moment.
  boolean isEmpty() {
    return kept.isEmpty();
  }

  void forgetOldest() {
    bytes -= costOf(kept.remove());
  }

  private static int costOf(Publication publication) {
    return publication.data().length + OVERHEAD_BYTES;
  }

  History read(HistoryRequest request, long nowMillis) {
    expire(nowMillis);
    var stretch = new ArrayList<Publication>();
    long bytes = 0;
    boolean isNewest = request.end() == End.NEWEST;
    Iterator<Publication> from = isNewest ? kept.descendingIterator() : kept.iterator();
    while (from.hasNext() && stretch.size() < request.limit()) {
      var next = from.next();
      long offset = next.position() == null ? 0 : next.position().offset();
      if (offset <= request.after() || offset >= request.before()) {
        continue;
      }
      bytes += next.data().length + HistoryRequest.OVERHEAD_BYTES;
      if (bytes > request.bytes() && !stretch.isEmpty()) {
        break;
      }
      stretch.add(next);
    }
    if (isNewest) {
      Collections.reverse(stretch);
    }
    return new History(top, History.NO_BASE, List.copyOf(stretch));
  }

  private void expire(long nowMillis) {
    if (nowMillis >= untilMillis) {
      kept.clear();
      bytes = 0;
    }
  }
}
