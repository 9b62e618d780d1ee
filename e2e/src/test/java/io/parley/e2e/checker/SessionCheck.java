package io.parley.e2e.checker;

import io.parley.e2e.checker.Event.Delivered;
import io.parley.e2e.checker.Finding.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Follows one reader of one channel through all his connections, as an application that keeps its
/// position: from one message to the next the offset goes up by one, unless a hole was announced in
/// between. The epoch may change on the way without a word, as long as all that he has read is the
/// same in the new one.
///
/// Confined to the check's thread.
final class SessionCheck {
  private final String session;
  private final String channel;
  private final Messages messages;
  private final Places places;
  private final Findings findings;

  /// Where he is; null before he was told.
  private @Nullable Position last;
  /// What he has read, by its offset. An announced hole with a new epoch takes back what isn't in
  /// that: the store has forgotten it, and its writer may have tried again.
  private final TreeMap<Long, String> read = new TreeMap<>();
  private final Set<String> readIds = new HashSet<>();
  /// Behind this offset he has missed nothing.
  private long unbrokenFrom;
  private final Set<Position> positions = new HashSet<>();
  private final Map<String, Long> lastSeqs = new HashMap<>();
  /// He was told that nothing is missing, and the next message has to show it.
  private boolean isRecovered;

  SessionCheck(String session, String channel, Messages messages, Places places,
      Findings findings) {
    this.session = session;
    this.channel = channel;
    this.messages = messages;
    this.places = places;
    this.findings = findings;
  }

  void onJoined(Event.Joined joined) {
    // With an inbox, which needs no join, messages may have come before.
    if (last == null) {
      last = joined.at();
    }
  }

  void onResumed(Event.Resumed resumed) {
    isRecovered = resumed.recovered();
    if (!resumed.recovered()) {
      onHole(resumed.at());
    }
  }

  void onLost(Event.Lost lost) {
    onHole(lost.at());
  }

  private void onHole(@Nullable Position at) {
    if (at != null) {
      unbrokenFrom = at.offset();
      if (last != null && !at.isSameEpoch(last)) {
        read.entrySet().removeIf(entry -> entry.getKey() > at.offset()
            || isAnother(entry.getValue(), new Position(at.epoch(), entry.getKey())));
        readIds.retainAll(new HashSet<>(read.values()));
        lastSeqs.clear();
      }
    }
    last = at;
  }

  void onDelivered(Delivered got) {
    var at = got.at();
    if (!isRepeated(got)) {
      var from = last;
      if (from != null) {
        checkStep(from, got);
      }
      checkWritersOrder(got);
    }
    positions.add(at);
    read.put(at.offset(), got.id());
    readIds.add(got.id());
    last = at;
    isRecovered = false;
  }

  private boolean isRepeated(Delivered got) {
    if (positions.contains(got.at()) || readIds.contains(got.id())) {
      findings.add(Kind.DUPLICATE, session + " got " + got.id() + " again, at " + channel + " "
          + got.at() + ", after " + last);
      return true;
    }
    return false;
  }

  private void checkStep(Position from, Delivered got) {
    var at = got.at();
    var where = session + " got " + got.id() + " at " + channel + " " + at + " after " + from;
    if (at.offset() > from.offset() + 1) {
      findings.add(isRecovered ? Kind.FALSE_RECOVERY : Kind.HOLE, where
          + (isRecovered ? ", where he was told that nothing is missing" : "") + " (missing: "
          + missing(from, at) + ")");
    } else if (at.offset() <= from.offset()) {
      findings.add(at.isSameEpoch(from) ? Kind.DISORDER : Kind.HOLE, where);
    } else if (!at.isSameEpoch(from)) {
      checkSamePast(at, where);
    }
  }

  private String missing(Position from, Position at) {
    var first = new Position(at.epoch(), from.offset() + 1);
    var id = places.idAt(channel, first);
    return first + (id == null ? "" : " " + id) + (at.offset() - first.offset() > 1 ? " …" : "");
  }

  /// He goes over to a new epoch: what he has read in older ones has to be what is there, or he has
  /// missed that.
  private void checkSamePast(Position at, String where) {
    read.subMap(unbrokenFrom, false, at.offset(), false).forEach((offset, id) -> {
      var there = new Position(at.epoch(), offset);
      if (isAnother(id, there)) {
        findings.add(Kind.HOLE, where + ", though " + there + " is " + places.idAt(channel, there)
            + ", and there he had read " + id);
      }
    });
  }

  private boolean isAnother(String id, Position at) {
    var there = places.idAt(channel, at);
    return there != null && !there.equals(id);
  }

  private void checkWritersOrder(Delivered got) {
    var message = messages.get(got.id());
    if (message != null) {
      var seq = message.invoked.seq();
      var before = lastSeqs.merge(message.invoked.writer(), seq, Math::max);
      if (before > seq) {
        findings.add(Kind.DISORDER, session + " got " + got.id() + " at " + channel + " "
            + got.at() + " after number " + before + " of " + message.invoked.writer());
      }
    }
  }

  /// All is quiet, and he is connected.
  ///
  /// @param top the last message that the history has; null: none
  void onEnded(@Nullable Position top) {
    var end = last;
    if (end == null || top == null) {
      return;
    }
    var where = session + " ended at " + channel + " " + end;
    if (end.offset() < top.offset()) {
      findings.add(Kind.HOLE, where + ", though the history goes on to " + top + " (missing: "
          + missing(end, top) + ")");
    } else if (end.offset() > top.offset() && !end.isSameEpoch(top)) {
      findings.add(Kind.HOLE, where + ", and was never told that the history ends at " + top);
    }
  }
}
