package io.parley.hub;

import io.parley.broker.History;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.history.Ring;
import io.parley.history.Rings;
import io.parley.hub.Inquiry.Kind;

/// Takes a feed from one publication to the next, and from what was read to where the broker is:
/// what is missing is passed on, what can't be had is announced.
///
/// Confined to its feed loop.
final class Continuity {
  private final Outgoing outgoing;
  private final Rings rings;
  private final Watches watches;

  Continuity(Outgoing outgoing, Rings rings, Watches watches) {
    this.watches = watches;
    this.outgoing = outgoing;
    this.rings = rings;
  }

  /// Passes on the publication that comes next.
  void pass(Feed feed, Publication publication, long offset) {
    if (feed.catchUp != null) {
      // What happened before it is told before it.
      feed.catchUp.takeEvents(feed.epoch, offset - 1)
          .forEach(event -> watches.onEvent(feed, event));
    }
    feed.offset = offset;
    rings.append(feed.ring, publication);
    outgoing.pass(feed, publication);
  }

  /// Brings the feed to where the broker is.
  ///
  /// @return whether it is there; if not, more has to be read
  boolean advance(Feed feed, Kind kind, History history) {
    var top = history.top();
    feed.base = history.base();
    if (!feed.knowsPosition()) {
      feed.epoch = top.epoch();
      feed.offset = beginningOf(feed, top);
      feed.readUpTo = feed.offset;
      if (feed.mayHaveMissed) {
        feed.mayHaveMissed = false;
        outgoing.announceLoss(feed, feed.position());
      }
      return true;
    }
    if (top.epoch() != feed.epoch && !enterEpoch(feed, top, history.base())) {
      return feed.offset == top.offset();
    }
    if (kind == Kind.POSITION) {
      return top.offset() <= feed.offset;
    }
    return passMissing(feed, kind, history);
  }

  /// Where a feed begins that didn't know where it stood: at the top, or before the first of what
  /// has come since the broker confirmed it and hasn't been passed on. Who waits to join gets that,
  /// too: it may be what he has just said himself.
  private static long beginningOf(Feed feed, Position top) {
    var at = feed.catchUp == null ? null : feed.catchUp.firstHeld;
    return at != null && at.epoch() == top.epoch()
        ? Math.min(top.offset(), at.offset() - 1)
        : top.offset();
  }

  /// Follows the channel into another epoch: if what was passed on is lost, to where that began, so
  /// that what was said in it is still passed on.
  ///
  /// @return whether the feed is still where it was
  private boolean enterEpoch(Feed feed, Position top, Position base) {
    rings.drop(feed.ring);
    feed.ring = null;
    boolean followsMine = base.epoch() == feed.epoch;
    feed.epoch = top.epoch();
    if (followsMine && feed.offset <= base.offset()) {
      outgoing.announceEpoch(feed);
      return true;
    }
    feed.offset = base.offset();
    feed.readUpTo = feed.offset;
    outgoing.announceLoss(feed, feed.position());
    return false;
  }

  private boolean passMissing(Feed feed, Kind kind, History history) {
    long top = history.top().offset();
    boolean some = false;
    for (var publication : history.publications()) {
      long offset = Ring.offsetOf(publication);
      if (offset <= feed.offset) {
        continue;
      }
      if (offset > feed.offset + 1) {
        if (kind == Kind.NEWEST) {
          return false;
        }
        lose(feed, offset - 1);
      }
      pass(feed, publication, offset);
      feed.readUpTo = offset;
      some = true;
    }
    if (feed.offset < top) {
      if (some) {
        // The limits ended it.
        return false;
      }
      lose(feed, top);
    }
    return true;
  }

  private void lose(Feed feed, long upTo) {
    rings.drop(feed.ring);
    feed.ring = null;
    feed.offset = upTo;
    feed.readUpTo = upTo;
    outgoing.announceLoss(feed, feed.position());
  }
}
