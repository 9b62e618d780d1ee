package io.parley.hub;

import io.parley.broker.Broker;
import io.parley.channel.Publication;
import io.parley.encoding.Encoding;
import io.parley.hub.Delivery.Joined;
import io.parley.hub.Delivery.Lost;
import io.parley.hub.Delivery.Run;
import io.parley.loop.Loop;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The feeds of the channels whose hash picks this loop.
///
/// # One tick
///
/// Publications and joins are gathered, for each shard in one list, in the order in which they
/// came; at the tick's end each shard gets its list in one task. Publications of a channel that
/// follow each other become one run: encoded one behind the other, handed to a member as one piece.
/// A join cuts the run, so that whoever joins gets what comes after it and nothing before.
///
/// # Bounds
///
/// What a shard has been handed and hasn't passed on is counted in bytes. Beyond the limit, runs
/// for it are dropped (joins are not), and when it has caught up the members are told that they
/// lost something; until then they get nothing further of that channel.
///
/// # Leaving
///
/// The last member to leave keeps the feed for a second: a page that is reloaded comes back within
/// it and costs the broker nothing.
///
/// Confined to its loop; `on…` methods are called by the hub, on it.
final class FeedLoop {
  static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int ENVELOPE_BYTES = 128;
  /// How often a shard that has fallen behind is looked at.
  private static final long RECHECK_MILLIS = 10;

  private final Loop loop;
  private final Broker broker;
  private final List<Shard> shards;
  private final List<Encoding> encodings;
  private final long shardQueueBytes;
  private final LongSupplier nanoClock;
  private final Metrics metrics;
  private final Map<String, Feed> feeds = new HashMap<>();

  /// How many feeds there are. Others read it.
  private volatile int channels;

  /// What each shard gets at the end of this tick.
  private final List<List<Delivery>> outgoing = new ArrayList<>();

  /// Feeds that have an open run.
  private final List<Feed> open = new ArrayList<>();

  /// Feeds that have to tell a shard of a loss, once it has caught up.
  private final List<Feed> lossy = new ArrayList<>();

  /// Feeds that nobody wants, in the order in which their second ends. A feed that is wanted again
  /// stays in here and is passed over; if it is left again, that is a second entry.
  private final ArrayDeque<Lingering> lingering = new ArrayDeque<>();

  private boolean tickEndAsked;

  /// Whether a look at the shards that had fallen behind is scheduled.
  private boolean recheckAsked;

  private record Lingering(Feed feed, long sinceNanos) {
    boolean isOver() {
      return feed.emptySinceNanos != sinceNanos || feed.isWanted();
    }
  }

  FeedLoop(Loop loop, Broker broker, List<Shard> shards, HubSettings settings) {
    this.loop = loop;
    this.broker = broker;
    this.shards = shards;
    this.encodings = settings.encodings();
    this.shardQueueBytes = settings.shardQueueBytes();
    this.nanoClock = settings.nanoClock();
    this.metrics = settings.metrics();
    metrics.sum(Metric.CHANNELS, () -> channels);
    for (int i = 0; i < shards.size(); i++) {
      outgoing.add(new ArrayList<>());
    }
  }

  Loop loop() {
    return loop;
  }

  void onJoin(Subscription subscription) {
    assert loop.inLoop();
    var feed = feeds.get(subscription.channel());
    if (feed == null) {
      feed = new Feed(subscription.channel(), shards.size());
      feeds.put(feed.channel, feed);
      channels = feeds.size();
      feed.await(subscription);
      broker.subscribe(feed.channel);
    } else if (feed.state == Feed.State.LIVE) {
      admit(feed, subscription);
    } else {
      feed.await(subscription);
    }
  }

  void onLeave(Subscription subscription) {
    assert loop.inLoop();
    var feed = feeds.get(subscription.channel());
    if (feed == null) {
      return;
    }
    if (!feed.forget(subscription)) {
      feed.dismiss(subscription);
    }
    lingerIfEmpty(feed);
  }

  void onSubscribed(String channel) {
    var feed = feeds.get(channel);
    if (feed == null || feed.state == Feed.State.UNSUBSCRIBING) {
      return;
    }
    if (feed.state == Feed.State.INTERRUPTED) {
      // Without history nothing can tell whether something was missed, so it must be assumed.
      announceLoss(feed);
    }
    feed.state = Feed.State.LIVE;
    var waiting = feed.waiting;
    feed.waiting = null;
    if (waiting != null) {
      waiting.forEach(subscription -> admit(feed, subscription));
    }
    lingerIfEmpty(feed);
  }

  void onUnsubscribed(String channel) {
    var feed = feeds.get(channel);
    if (feed == null || feed.state != Feed.State.UNSUBSCRIBING) {
      return;
    }
    if (feed.waiting == null) {
      feeds.remove(channel);
      channels = feeds.size();
    } else {
      feed.state = Feed.State.SUBSCRIBING;
      broker.subscribe(channel);
    }
  }

  void onInterrupted() {
    for (var feed : List.copyOf(feeds.values())) {
      switch (feed.state) {
        case LIVE -> feed.state = Feed.State.INTERRUPTED;
        case SUBSCRIBING, INTERRUPTED, UNSUBSCRIBING -> {
          // The broker subscribes by itself, and answers who asked it to stop.
        }
      }
    }
  }

  void onPublication(String channel, Publication publication) {
    assert loop.inLoop();
    var feed = feeds.get(channel);
    if (feed == null || feed.members == 0 || feed.state != Feed.State.LIVE) {
      return;
    }
    var run = feed.openRun;
    if (run == null || publication.audience() != Publication.Audience.ALL) {
      run = startRun(feed, publication);
    }
    run.append(publication);
    if (run.hiddenFrom != null) {
      feed.openRun = null;
    }
  }

  private Run startRun(Feed feed, Publication publication) {
    @Nullable
    UUID hiddenFrom = publication.audience() == Publication.Audience.ALL
        ? null
        : publication.publisher().client();
    var run = new Run(feed.channel, encodings, feed.encodings, hiddenFrom,
        publication.data().length + ENVELOPE_BYTES);
    for (int i = 0; i < feed.perShard.length; i++) {
      if (feed.perShard[i] > 0) {
        hand(i, run);
      }
    }
    if (feed.openRun == null) {
      open.add(feed);
    }
    feed.openRun = run;
    return run;
  }

  private void admit(Feed feed, Subscription subscription) {
    feed.admit(subscription);
    feed.openRun = null;
    hand(subscription.shard.index(), new Joined(subscription));
  }

  private void announceLoss(Feed feed) {
    feed.openRun = null;
    for (int i = 0; i < feed.perShard.length; i++) {
      if (feed.perShard[i] > 0) {
        hand(i, new Lost(feed.channel));
      }
    }
  }

  private void hand(int shard, Delivery delivery) {
    outgoing.get(shard).add(delivery);
    askForTickEnd();
  }

  private void askForTickEnd() {
    if (!tickEndAsked) {
      tickEndAsked = true;
      loop.atTickEnd(this::onTickEnd);
    }
  }

  private void onTickEnd() {
    tickEndAsked = false;
    open.forEach(feed -> feed.openRun = null);
    open.clear();
    tellLosses();
    for (int i = 0; i < outgoing.size(); i++) {
      if (!outgoing.get(i).isEmpty()) {
        send(shards.get(i), outgoing.set(i, new ArrayList<>()));
      }
    }
  }

  private void send(Shard shard, List<Delivery> batch) {
    if (!lossy.isEmpty()) {
      // A hole is told where it is: nothing of the channel may pass before the word of it.
      dropRuns(shard, batch, feed -> feed.hasLostOnTheWayTo(shard));
    }
    long bytes = 0;
    long free = shardQueueBytes - shard.queuedBytes();
    for (var delivery : batch) {
      if (delivery instanceof Run run) {
        run.seal();
        bytes += run.bytes();
      }
    }
    if (bytes > free) {
      metrics.hit(Limit.SHARD_QUEUE_BYTES);
      dropRuns(shard, batch, _ -> true);
      bytes = 0;
    }
    if (!batch.isEmpty()) {
      shard.accept(batch, bytes);
    }
  }

  /// Takes runs of some feeds out of a batch, and notes for whom they are lost.
  private void dropRuns(Shard shard, List<Delivery> batch, Predicate<Feed> which) {
    boolean dropped = batch.removeIf(delivery -> {
      if (!(delivery instanceof Run)) {
        return false;
      }
      var feed = feeds.get(delivery.channel());
      if (feed == null) {
        return true;
      }
      if (!which.test(feed)) {
        return false;
      }
      if (feed.lostOnTheWay == 0) {
        lossy.add(feed);
      }
      feed.lostOnTheWay |= 1L << shard.index();
      return true;
    });
    if (dropped) {
      askForRecheck();
    }
  }

  private void askForRecheck() {
    if (!recheckAsked) {
      recheckAsked = true;
      loop.schedule(() -> {
        recheckAsked = false;
        askForTickEnd();
      }, RECHECK_MILLIS);
    }
  }

  /// Puts what was lost before everything else of this tick, for the shards that have caught up.
  private void tellLosses() {
    for (var pending = lossy.iterator(); pending.hasNext();) {
      var feed = pending.next();
      for (int i = 0; i < feed.perShard.length; i++) {
        long bit = 1L << i;
        if ((feed.lostOnTheWay & bit) != 0 && shards.get(i).queuedBytes() < shardQueueBytes / 2) {
          feed.lostOnTheWay &= ~bit;
          outgoing.get(i).addFirst(new Lost(feed.channel));
        }
      }
      if (feed.lostOnTheWay == 0) {
        pending.remove();
      } else {
        askForRecheck();
      }
    }
  }

  private void lingerIfEmpty(Feed feed) {
    // One that the broker hasn't confirmed goes, too: while Redis is away, none is confirmed.
    if (feed.isWanted() || feed.emptySinceNanos != 0
        || feed.state == Feed.State.UNSUBSCRIBING) {
      return;
    }
    long now = nanoClock.getAsLong();
    feed.emptySinceNanos = now == 0 ? 1 : now;
    lingering.add(new Lingering(feed, feed.emptySinceNanos));
    if (lingering.size() == 1) {
      loop.schedule(this::onLingerEnd, TimeUnit.NANOSECONDS.toMillis(LINGER_NANOS));
    }
  }

  private void onLingerEnd() {
    long now = nanoClock.getAsLong();
    while (true) {
      var oldest = lingering.peek();
      if (oldest == null) {
        return;
      }
      long left = oldest.isOver() ? 0 : LINGER_NANOS - (now - oldest.sinceNanos);
      if (left > 0) {
        loop.schedule(this::onLingerEnd, TimeUnit.NANOSECONDS.toMillis(left) + 1);
        return;
      }
      lingering.remove();
      if (!oldest.isOver()) {
        unsubscribe(oldest.feed);
      }
    }
  }

  private void unsubscribe(Feed feed) {
    feed.emptySinceNanos = 0;
    feed.state = Feed.State.UNSUBSCRIBING;
    broker.unsubscribe(feed.channel);
  }
}
