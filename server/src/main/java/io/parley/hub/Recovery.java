package io.parley.hub;

import io.micrometer.core.instrument.Counter;
import io.parley.broker.History;
import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.history.HistoryReads;
import io.parley.history.Ring;
import io.parley.history.Rings;
import io.parley.hub.Inquiry.Kind;
import io.parley.loop.Loop;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps the feeds of a loop without holes, where their channels have a history.
///
/// # Holes
///
/// A publication whose offset isn't the next one shows a hole. The feed is then held up: what comes
/// live waits, what is missing is read once, passed on, and then what waited. If too much waits it
/// is dropped, which is only another hole. What can't be read any more is announced as lost.
///
/// # Silence
///
/// If the last publication is lost, nothing shows it; so the position is compared with the broker's
/// now and then ([#check]), and whenever the broker's connection is back ([#onConfirmed]).
///
/// # Epochs
///
/// In a new epoch, everything up to its base is what it was. A feed that isn't beyond the base goes
/// on from there as if nothing had happened; one that is has passed on what the broker has
/// forgotten, so its members are told that they lost their place, and it goes on from the base.
///
/// # Resuming
///
/// [Resumption] says who can be served from what is at hand. Whoever can't waits here for a read,
/// one for all of them.
///
/// Confined to its feed loop.
final class Recovery {
  private final Loop loop;
  private final Outgoing outgoing;
  private final HistoryReads reads;
  private final Rings rings;
  private final Watches watches;
  private final Continuity continuity;
  private final Resumption resumption;
  private final Inquiry inquiry;
  private final HubSettings settings;
  private final Metrics metrics;
  private final Counter holes;

  /// Who came in this tick and takes more than to be let in: at its end they are served together.
  private final SequencedMap<Feed, List<Subscription>> arrivals = new LinkedHashMap<>();

  Recovery(
      Loop loop, Outgoing outgoing, HistoryReads reads, Rings rings, Watches watches,
      HubSettings settings) {
    this.loop = loop;
    this.outgoing = outgoing;
    this.reads = reads;
    this.watches = watches;
    this.rings = rings;
    this.continuity = new Continuity(outgoing, rings, watches);
    this.resumption = new Resumption(outgoing, settings);
    this.inquiry = new Inquiry(rings, settings);
    this.settings = settings;
    this.metrics = settings.metrics();
    this.holes = metrics.counter(Metric.HOLES);
  }

  /// A live publication of a channel with history.
  void onLive(Feed feed, Publication publication, Position at) {
    feed.isFresh = true;
    var catchUp = feed.catchUp;
    if (catchUp != null && catchUp.isHolding) {
      hold(catchUp, publication);
    } else if (!feed.knowsPosition()) {
      feed.epoch = at.epoch();
      continuity.pass(feed, publication, at.offset());
    } else if (at.epoch() == feed.epoch && at.offset() == feed.offset + 1) {
      continuity.pass(feed, publication, at.offset());
    } else if (feed.isOfEarlierEpoch(at)) {
      // It was on its way when the epoch changed; what is left of that epoch has been read.
      return;
    } else if (at.epoch() == feed.epoch && at.offset() <= feed.offset) {
      if (at.offset() > feed.readUpTo) {
        // It has come live before: the broker counts again what it has counted already.
        check(feed);
      }
    } else {
      holes.increment();
      var begun = feed.catchUp(true);
      hold(begun, publication);
      read(feed, begun);
    }
  }

  /// Somebody has joined or left. It comes behind the publications that were there before; one that
  /// hasn't come by then is missing.
  void onPresence(Feed feed, PresenceEvent event) {
    boolean showsHole = feed.retention.keeps() && feed.knowsPosition()
        && event.isBehind(feed.epoch, feed.offset);
    if (!feed.isHeldUp() && !showsHole) {
      watches.onEvent(feed, event);
      return;
    }
    if (!feed.isHeldUp()) {
      holes.increment();
    }
    var catchUp = feed.catchUp(true);
    if (!catchUp.hold(event)) {
      watches.readAgain(feed);
    }
    read(feed, catchUp);
  }

  /// What the channel kept was removed. Where the feed stands is as it was.
  void forget(Feed feed) {
    rings.drop(feed.ring);
    feed.ring = null;
  }

  /// The feed's ring, if it has one that is still kept; it counts as used.
  @Nullable
  Ring ringOf(Feed feed) {
    feed.ring = rings.use(feed.ring);
    return feed.ring;
  }

  private void hold(CatchUp catchUp, Publication publication) {
    if (!catchUp.hold(publication, settings.history().healingBytes())) {
      metrics.hit(Limit.HISTORY_HEALING_BYTES);
    }
  }

  /// The broker has confirmed the feed's subscription, for the first time or again. Who waits to
  /// join does so as soon as it is known where the channel stands, if that has to be known.
  void onConfirmed(Feed feed) {
    if (feed.mayHaveMissed && !feed.retention.keeps()) {
      // Nothing can tell whether something was missed, so it must be assumed.
      outgoing.announceLoss(feed, null);
      feed.mayHaveMissed = false;
    }
    if (feed.retention.keeps()
        && (feed.knowsPosition() || feed.mayHaveMissed || !feed.isLight
            || feed.isWaitedForAtAPosition())) {
      var catchUp = feed.catchUp(true);
      feed.takeWaiting().forEach(catchUp::await);
      read(feed, catchUp);
    } else {
      releaseWaiting(feed);
    }
  }

  /// The broker's connection is gone: what was being read will be read when it is back.
  void onInterrupted(Feed feed) {
    if (!feed.retention.keeps() || !feed.knowsPosition()) {
      feed.mayHaveMissed = feed.members > 0;
    }
    var catchUp = feed.catchUp;
    if (catchUp != null) {
      feed.catchUp = null;
      catchUp.resuming.forEach(feed::await);
      catchUp.late.forEach(feed::await);
      catchUp.refuseAskers();
      catchUp.unplaced.forEach(member -> outgoing.tell(member, Entry.ANYWHERE));
    }
  }

  /// Nobody wants the feed any more.
  void onEnd(Feed feed) {
    rings.drop(feed.ring);
    feed.ring = null;
    feed.behind = null;
    feed.forgetPosition();
    var catchUp = feed.catchUp;
    if (catchUp != null) {
      feed.catchUp = null;
      catchUp.refuseAskers();
    }
  }

  /// Somebody joins a feed whose publications come.
  void join(Feed feed, Subscription subscription) {
    if (feed.isHeldUp() || (feed.retention.keeps()
        && feed.isBehind(subscription.shard.index()))) {
      feed.await(subscription);
    } else if (!Resumption.takesMore(feed, subscription)) {
      resumption.admit(feed, subscription);
    } else {
      if (arrivals.isEmpty()) {
        loop.atTickEnd(this::serveArrivals);
      }
      arrivals.computeIfAbsent(feed, _ -> new ArrayList<>(1)).add(subscription);
    }
  }

  private void serveArrivals() {
    try {
      for (var next = arrivals.pollFirstEntry(); next != null; next = arrivals.pollFirstEntry()) {
        resume(next.getKey(), next.getValue());
      }
    } finally {
      if (!arrivals.isEmpty()) {
        // A bug in one feed must not keep the others waiting.
        loop.atTickEnd(this::serveArrivals);
      }
    }
  }

  private void resume(Feed feed, List<Subscription> subscriptions) {
    if (feed.state != Feed.State.LIVE || feed.isHeldUp()) {
      subscriptions.forEach(feed::await);
      return;
    }
    var unserved = resumption.serve(feed, subscriptions, ringOf(feed), null);
    if (!unserved.isEmpty()) {
      // What is read for a light feed is kept nowhere, so it has to stand still meanwhile.
      var catchUp = feed.catchUp(feed.isLight);
      unserved.forEach(catchUp::await);
      read(feed, catchUp);
    }
  }

  /// Compares the feed's position with the broker's, unless it is busy doing so.
  void check(Feed feed) {
    if (feed.catchUp == null) {
      read(feed, feed.catchUp(false));
    }
  }

  /// Tells a member where the feed stands, as soon as that is known.
  void place(Feed feed, Subscription member) {
    boolean isBehind = feed.isBehind(member.shard.index());
    if (!feed.retention.keeps() || isBehind || (feed.knowsPosition() && !feed.isHeldUp())) {
      outgoing.tell(member, feed.retention.keeps() && !isBehind
          ? new Entry(feed.position(), Entry.Recovered.NOT_ASKED)
          : Entry.ANYWHERE);
    } else if (feed.state == Feed.State.LIVE) {
      var catchUp = feed.catchUp(false);
      catchUp.unplaced.add(member);
      read(feed, catchUp);
    } else {
      outgoing.tell(member, Entry.ANYWHERE);
    }
  }

  /// Hands an asker the newest of the channel, up to where the feed stands, once it has been read;
  /// null if it couldn't be.
  void askForRing(Feed feed, Consumer<@Nullable Ring> asker) {
    if (feed.catchUp != null && feed.catchUp.isPausing) {
      asker.accept(null);
      return;
    }
    // What is read for a light feed is kept nowhere, so it has to stand still meanwhile.
    var catchUp = feed.catchUp(feed.isLight);
    catchUp.ask(asker);
    read(feed, catchUp);
  }

  private void read(Feed feed, CatchUp catchUp) {
    if (catchUp.isReading || catchUp.isPausing) {
      return;
    }
    catchUp.isReading = true;
    var kind = Kind.of(feed, catchUp);
    reads.ask(() -> feed.catchUp == catchUp ? inquiry.request(kind, feed, catchUp) : null,
        // To members of a feed that doesn't know where it stands something may be on its way.
        () -> feed.catchUp == catchUp && !feed.knowsPosition() && feed.members > 0,
        history -> onRead(feed, catchUp, kind, history));
  }

  private void onRead(Feed feed, CatchUp catchUp, Kind kind, @Nullable History history) {
    if (feed.catchUp != catchUp) {
      return;
    }
    catchUp.isReading = false;
    if (history == null) {
      // Who asks for old messages is told. Who resumes waits: what could he be told?
      catchUp.refuseAskers();
      pause(feed, catchUp);
      return;
    }
    catchUp.failures = 0;
    if (catchUp.wasUnplaced && feed.knowsPosition() && feed.epoch != history.top().epoch()) {
      // Meanwhile a publication has told the position, in an epoch that is perhaps younger.
      read(feed, catchUp);
      return;
    }
    feed.isFresh = true;
    boolean begins = !feed.knowsPosition();
    if (!continuity.advance(feed, kind, history)) {
      catchUp.isHolding = true;
      catchUp.mustHeal = true;
      read(feed, catchUp);
      return;
    }
    catchUp.mustHeal = false;
    if (kind == Kind.NEWEST) {
      serve(feed, catchUp, history);
    } else if (begins) {
      // What is held came after they did.
      catchUp.putBack(resumption.serve(feed, catchUp.takeResuming(), null, null));
    }
    conclude(feed, catchUp);
  }

  /// After a read that failed.
  private void pause(Feed feed, CatchUp catchUp) {
    catchUp.isPausing = true;
    loop.schedule(() -> {
      catchUp.isPausing = false;
      if (feed.catchUp == catchUp) {
        read(feed, catchUp);
      }
    }, catchUp.nextPauseMillis());
  }

  /// Serves those for whom the newest was read.
  private void serve(Feed feed, CatchUp catchUp, History history) {
    boolean whole = inquiry.isWhole(feed, history)
        && (!history.publications().isEmpty() || feed.offset == history.top().offset());
    var kept = ringOf(feed);
    if (kept == null && feed.offset > history.top().offset()) {
      // What came live during the read was kept nowhere: its ring had to go. They wait for another.
      return;
    }
    var ring = rings.temporary(feed.offset + 1, feed.retention);
    if (kept != null) {
      ring.prepend(kept.after(0), false);
    }
    ring.prepend(history.publications(), whole);
    catchUp.putBack(
        resumption.serve(feed, catchUp.takeResuming(), ring, history.top()));
    catchUp.takeAskers().forEach(asker -> asker.accept(ring));
    // Last, since what is kept may have to go at once.
    if (kept != null) {
      rings.prepend(kept, history.publications(), whole);
    } else if (!feed.isLight) {
      feed.ring = rings.keep(ring);
    }
  }

  /// Goes on with what waited for a read: live publications first, then those who join.
  private void conclude(Feed feed, CatchUp catchUp) {
    catchUp.isHolding = catchUp.hasDropped;
    catchUp.hasDropped = false;
    var held = new ArrayList<>(catchUp.held);
    catchUp.held.clear();
    catchUp.heldBytes = 0;
    for (var publication : held) {
      var at = Objects.requireNonNull(publication.position());
      if (at.epoch() == feed.epoch || feed.isOfEarlierEpoch(at)) {
        // Another hole among them holds the feed up again, and those behind it.
        onLive(feed, publication, at);
      } else {
        // Of an epoch that began during the read, or of one that is long over: the next read tells.
        catchUp.isHolding = true;
      }
    }
    catchUp.takeEvents(feed.epoch, catchUp.isHolding ? feed.offset : Long.MAX_VALUE)
        .forEach(event -> watches.onEvent(feed, event));
    if (!catchUp.isHolding) {
      catchUp.putBack(
          resumption.serve(feed, catchUp.takeAllResuming(), ringOf(feed), null));
      catchUp.isHolding = feed.isLight && !catchUp.resuming.isEmpty();
      var unplaced = List.copyOf(catchUp.unplaced);
      catchUp.unplaced.clear();
      unplaced.forEach(member -> place(feed, member));
    }
    catchUp.askers.addAll(catchUp.lateAskers);
    catchUp.lateAskers = new ArrayList<>(0);
    if (catchUp.isHolding || !catchUp.hasNobodyWaiting()) {
      read(feed, catchUp);
    } else if (!catchUp.isReading) {
      feed.catchUp = null;
    }
    if (!feed.isHeldUp()) {
      releaseWaiting(feed);
    }
  }

  /// Lets those in who waited for the feed.
  void releaseWaiting(Feed feed) {
    feed.takeWaiting().forEach(subscription -> join(feed, subscription));
  }
}
