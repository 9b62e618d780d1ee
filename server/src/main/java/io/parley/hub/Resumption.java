package io.parley.hub;

import io.micrometer.core.instrument.Counter;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.encoding.Encoding;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Frames;
import io.parley.history.Ring;
import io.parley.hub.Delivery.Missed;
import io.parley.hub.Delivery.Run;
import io.parley.hub.Entry.Recovered;
import io.parley.metric.Metric;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes members of those who want to go on from a position, with what they missed. However many
/// they are, what they missed is encoded once for each encoding, and each is given the end of it
/// that is new to him.
///
/// Confined to its feed loop.
final class Resumption {
  /// In place of an offset: it can't be gone on from there.
  private static final long NOWHERE = -1;

  /// In place of an offset: that takes a read to know.
  private static final long UNCERTAIN = -2;

  private static final int ENVELOPE_BYTES = 128;

  private final Outgoing outgoing;
  private final List<Encoding> encodings;
  private final int resumeBytes;
  private final Counter recovered;
  private final Counter lost;

  Resumption(Outgoing outgoing, HubSettings settings) {
    this.outgoing = outgoing;
    this.encodings = settings.encodings();
    this.resumeBytes = settings.resumeBytes();
    this.recovered = settings.metrics().counter(Metric.RECOVERIES, "recovered");
    this.lost = settings.metrics().counter(Metric.RECOVERIES, "lost");
  }

  /// Whether a subscriber has to be served with others, perhaps after a read.
  static boolean takesMore(Feed feed, Subscription subscription) {
    return feed.retention.keeps() && switch (subscription.start) {
      case Start.Now.ANYWHERE -> false;
      case Start.Now.AT_A_POSITION -> !feed.knowsPosition();
      case Start.After _ -> feed.canResume || !feed.knowsPosition();
    };
  }

  /// Makes a member of one who takes nothing more.
  void admit(Feed feed, Subscription subscription) {
    outgoing.admit(feed, subscription, switch (subscription.start) {
      case Start.Now.ANYWHERE -> Entry.ANYWHERE;
      case Start.Now.AT_A_POSITION -> new Entry(positionOf(feed), Recovered.NOT_ASKED);
      case Start.After _ -> {
        lost.increment();
        yield new Entry(positionOf(feed), Recovered.NO);
      }
    }, null);
  }

  private static @Nullable Position positionOf(Feed feed) {
    return feed.knowsPosition() ? feed.position() : null;
  }

  /// Makes members of those for whom it can be said what they missed.
  ///
  /// @param ring what is at hand; null: nothing
  /// @param latest where the channel stood, if the broker was asked after they came: what isn't at
  ///   hand then can't be had, unless it is on its way; null: it wasn't asked
  /// @return the others, but for those who have left
  List<Subscription> serve(
      Feed feed, List<Subscription> subscriptions, @Nullable Ring ring,
      @Nullable Position latest) {
    var unserved = new ArrayList<Subscription>(0);
    var resuming = new ArrayList<Subscription>(subscriptions.size());
    long earliest = Long.MAX_VALUE;
    for (var subscription : subscriptions) {
      if (subscription.hasLeft) {
        continue;
      }
      if (feed.isBehind(subscription.shard.index())) {
        // He is let in once his shard has what it missed.
        feed.await(subscription);
        continue;
      }
      if (!takesMore(feed, subscription)) {
        admit(feed, subscription);
        continue;
      }
      long offset = offsetOf(feed, subscription.start, ring, latest);
      if (offset == UNCERTAIN) {
        unserved.add(subscription);
      } else {
        resuming.add(subscription);
        earliest = offset == NOWHERE ? earliest : Math.min(earliest, offset);
      }
    }
    if (!resuming.isEmpty()) {
      var missing = ring == null ? List.<Publication>of() : ring.after(earliest);
      var stretch = new Stretch(feed, earliest, missing);
      for (var subscription : resuming) {
        admit(feed, subscription, offsetOf(feed, subscription.start, ring, latest), stretch);
      }
    }
    return unserved;
  }

  private void admit(Feed feed, Subscription subscription, long offset, Stretch stretch) {
    var missed = offset == NOWHERE ? null : stretch.after(offset, subscription);
    if (offset == NOWHERE || (missed != null && missed.frames().length() > resumeBytes)) {
      lost.increment();
      outgoing.admit(feed, subscription, new Entry(feed.position(), Recovered.NO), null);
    } else {
      recovered.increment();
      outgoing.admit(feed, subscription,
          new Entry(new Position(feed.epoch, offset), Recovered.YES), missed);
    }
  }

  /// The offset, in the feed's epoch, behind which a subscriber goes on.
  private static long offsetOf(Feed feed, Start start, @Nullable Ring ring,
      @Nullable Position latest) {
    if (!feed.knowsPosition() || !(start instanceof Start.After after)) {
      return UNCERTAIN;
    }
    long offset = translated(feed, after, latest != null);
    if (offset < 0) {
      return offset;
    }
    boolean isAtHand = offset == feed.offset
        || (offset < feed.offset && ring != null && ring.covers(offset));
    if (isAtHand) {
      return offset;
    }
    boolean isOnItsWay = latest != null && latest.epoch() == feed.epoch && offset > feed.offset
        && offset <= latest.offset();
    return latest == null || isOnItsWay ? UNCERTAIN : NOWHERE;
  }

  /// An offset of an earlier epoch is good up to the base.
  private static long translated(Feed feed, Start.After after, boolean isLatest) {
    var base = feed.base;
    var position = after.position();
    if (after.isInAnyEpoch() || position.epoch() == feed.epoch) {
      return position.offset();
    }
    if (position.epoch() == Position.NO_EPOCH) {
      return NOWHERE;
    }
    if (position.equals(Position.BEGINNING)) {
      return 0;
    }
    if (base == null) {
      return UNCERTAIN;
    }
    if (position.epoch() == base.epoch()) {
      return position.offset() <= base.offset() ? position.offset() : NOWHERE;
    }
    // It may be one that has begun and that this feed hasn't heard of.
    return isLatest ? NOWHERE : UNCERTAIN;
  }

  /// The lowest offset from which somebody wants to go on.
  static long earliest(List<Subscription> subscriptions) {
    long earliest = Long.MAX_VALUE;
    for (var subscription : subscriptions) {
      if (!subscription.hasLeft && subscription.start instanceof Start.After after) {
        earliest = Math.min(earliest, after.position().offset());
      }
    }
    return earliest;
  }

  /// Publications that follow each other, encoded at most once for each encoding, from which
  /// anybody can be given the end.
  private final class Stretch {
    private final String channel;
    private final long before;
    private final Position end;
    private final List<Publication> publications;

    /// By encoding, as parts of answers and then in frames.
    private final @Nullable Frames[] frames = new Frames[2 * encodings.size()];

    /// The same, where each publication begins.
    private final int[][] starts = new int[2 * encodings.size()][];

    /// @param before the offset before the first's
    Stretch(Feed feed, long before, List<Publication> publications) {
      this.channel = feed.channel;
      this.end = feed.position();
      this.before = before;
      this.publications = publications;
    }

    /// What comes behind an offset; null: nothing.
    @Nullable
    Missed after(long offset, Subscription subscription) {
      int skipped = (int) (offset - before);
      if (skipped >= publications.size()) {
        return null;
      }
      boolean isInFrames = subscription.start instanceof Start.After start && start.isInFrames();
      int form = subscription.encoding + (isInFrames ? encodings.size() : 0);
      var all = frames[form];
      if (all == null) {
        all = encoded(form);
        frames[form] = all;
      }
      return new Missed(
          all.from(starts[form][skipped]), publications.size() - skipped, end);
    }

    private Frames encoded(int form) {
      var encoding = encodings.get(form % encodings.size());
      var out = new FrameBuffer(publications.size() * ENVELOPE_BYTES);
      var begins = new int[publications.size()];
      for (int i = 0; i < begins.length; i++) {
        begins[i] = out.length();
        Run.encodeMissed(encoding, form >= encodings.size(), channel, publications.get(i), out);
      }
      starts[form] = begins;
      return out.frames();
    }
  }
}
