package io.parley.hub;

import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.broker.HistoryRequest.End;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.history.Ring;
import java.util.ArrayList;
import java.util.List;

/// A channel's history at the [ScriptedBroker], which can lose its tail as a Redis that restarts
/// does. Epochs are 1, 2, 3 ….
///
/// Confined to the test's thread.
final class ScriptedLog {
  final List<Publication> kept = new ArrayList<>();
  private Position top = new Position(1, 0);
  private Position base = History.NO_BASE;

  Position top() {
    return top;
  }

  /// Stores a publication, and says where.
  Publication append(Publication publication) {
    top = top.at(top.offset() + 1);
    var placed = publication.at(top);
    kept.add(placed);
    return placed;
  }

  /// A restart that forgets everything behind an offset.
  void newEpoch(long lastOffset) {
    base = top.at(lastOffset);
    top = new Position(top.epoch() + 1, lastOffset);
    kept.removeIf(one -> Ring.offsetOf(one) > lastOffset);
    kept.replaceAll(one -> one.at(top.at(Ring.offsetOf(one))));
  }

  /// The count goes back, and nobody has noticed.
  void rewind(long lastOffset) {
    top = top.at(lastOffset);
    kept.removeIf(one -> Ring.offsetOf(one) > lastOffset);
  }

  /// Forgets everything that was kept; the count goes on.
  void expire() {
    kept.clear();
  }

  /// Begins anew, without anything of before.
  void clear() {
    kept.clear();
    base = History.NO_BASE;
    top = new Position(top.epoch() + 1, 0);
  }

  History read(HistoryRequest request) {
    var seen = request.seen();
    if (seen != null && seen.epoch() == top.epoch() && seen.offset() > top.offset()) {
      newEpoch(top.offset());
    }
    long oldest = top.offset() - request.retention().size();
    var stretch = new ArrayList<>(kept.stream()
        .filter(one -> Ring.offsetOf(one) > Math.max(oldest, request.after()))
        .filter(one -> Ring.offsetOf(one) < request.before()).toList());
    boolean isNewest = request.end() == End.NEWEST;
    long bytes = stretch.stream().mapToLong(one -> one.data().length).sum();
    while (!stretch.isEmpty() && (stretch.size() > request.limit()
        || (bytes > request.bytes() && stretch.size() > 1))) {
      var cut = isNewest ? stretch.removeFirst() : stretch.removeLast();
      bytes -= cut.data().length;
    }
    return new History(top, base, stretch);
  }
}
