package io.parley.hub;

import io.parley.broker.Broker;
import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.broker.HistoryRequest.End;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.channel.Retention;
import io.parley.history.HistoryReads;
import io.parley.history.Ring;
import io.parley.history.Rings;
import io.parley.loop.Loop;
import io.parley.metric.Metric;
import io.parley.presence.Presence;
import io.parley.rules.Rules;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The feeds of the channels whose hash picks this loop: when they begin, when they are subscribed
/// at the broker, and when they end. [Recovery] keeps them without holes; [Outgoing] hands what
/// they pass on to the shards.
///
/// # Leaving
///
/// The last member to leave keeps the feed for a second: a page that is reloaded comes back within
/// it and costs the broker nothing.
///
/// Confined to its loop; `on…` methods are called by the hub, on it.
final class FeedLoop implements Outgoing.Feeds {
  static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Loop loop;
  private final Broker broker;
  private final int shards;
  private final Rules rules;
  private final int resumeBytes;
  private final LongSupplier nanoClock;
  private final Outgoing outgoing;
  private final HistoryReads reads;
  private final Watches watches;
  private final Recovery recovery;
  private final PositionChecks checks;
  private final Map<String, Feed> feeds = new HashMap<>();

  /// How many feeds there are. Others read it.
  private volatile int channels;

  /// Feeds that nobody wants, in the order in which their second ends. A feed that is wanted again
  /// stays in here and is passed over; if it is left again, that is a second entry.
  private final ArrayDeque<Lingering> lingering = new ArrayDeque<>();

  private record Lingering(Feed feed, long sinceNanos) {
    boolean isOver() {
      return feed.emptySinceNanos != sinceNanos || feed.isWanted();
    }
  }

  /// @param ringBytes this loop's part of the node's budget
  FeedLoop(
      Loop loop, Broker broker, Presence presence, List<Shard> shards, long ringBytes,
      HubSettings settings) {
    this.loop = loop;
    this.broker = broker;
    this.shards = shards.size();
    this.rules = settings.rules();
    this.resumeBytes = settings.resumeBytes();
    this.nanoClock = settings.nanoClock();
    this.outgoing = new Outgoing(loop, shards, settings, this);
    this.reads = new HistoryReads(loop, broker, settings.metrics());
    var rings = new Rings(ringBytes, resumeBytes, nanoClock, settings.metrics());
    this.watches = new Watches(loop, presence, outgoing);
    this.recovery = new Recovery(loop, outgoing, reads, rings, watches, settings);
    this.checks = new PositionChecks(
        loop, settings.history().checkInterval().toMillis(), this::check);
    settings.metrics().sum(Metric.CHANNELS, () -> channels);
  }

  Loop loop() {
    return loop;
  }

  @Override
  public @Nullable Feed find(String channel) {
    return feeds.get(channel);
  }

  void onJoin(Subscription subscription) {
    assert loop.inLoop();
    var feed = feeds.get(subscription.channel());
    if (feed == null) {
      feed = begin(subscription.channel());
      broker.subscribe(feed.channel);
    }
    feed.arrive();
    if (feed.state == Feed.State.LIVE) {
      recovery.join(feed, subscription);
    } else {
      feed.await(subscription);
    }
  }

  /// A member wants to be told where the feed stands.
  void onPlace(Subscription member) {
    var feed = feeds.get(member.channel());
    if (feed != null && member.isAdmitted) {
      recovery.place(feed, member);
    }
  }

  private void check(Feed feed) {
    recovery.check(feed);
    watches.compare(feed);
  }

  private Feed begin(String channel) {
    var namespace = rules.find(channel);
    var feed = namespace == null
        ? new Feed(channel, shards, Retention.NONE, false, true, false)
        : new Feed(channel, shards, namespace.history(), namespace.resume(),
            namespace.isPersonal(), namespace.joinLeave());
    feeds.put(channel, feed);
    channels = feeds.size();
    if (feed.retention.keeps()) {
      checks.add(feed);
    }
    return feed;
  }

  void onLeave(Subscription subscription) {
    assert loop.inLoop();
    var feed = feeds.get(subscription.channel());
    if (feed == null) {
      return;
    }
    if (subscription.isAdmitted) {
      feed.dismiss(subscription);
      subscription.hasLeft = true;
    } else {
      feed.turnBack(subscription);
    }
    watches.onDismissed(feed);
    lingerIfEmpty(feed);
  }

  void onSubscribed(String channel) {
    var feed = feeds.get(channel);
    if (feed == null || feed.state == Feed.State.UNSUBSCRIBING) {
      return;
    }
    feed.state = Feed.State.LIVE;
    watches.readAgain(feed);
    recovery.onConfirmed(feed);
    lingerIfEmpty(feed);
  }

  void onUnsubscribed(String channel) {
    var feed = feeds.get(channel);
    if (feed == null || feed.state != Feed.State.UNSUBSCRIBING) {
      return;
    }
    if (feed.isWanted()) {
      feed.state = Feed.State.SUBSCRIBING;
      feed.forgetPosition();
      broker.subscribe(channel);
    } else {
      feed.isGone = true;
      feeds.remove(channel);
      channels = feeds.size();
    }
  }

  void onInterrupted() {
    for (var feed : List.copyOf(feeds.values())) {
      switch (feed.state) {
        case LIVE -> {
          feed.state = Feed.State.INTERRUPTED;
          recovery.onInterrupted(feed);
        }
        case SUBSCRIBING, INTERRUPTED, UNSUBSCRIBING -> {
          // The broker subscribes by itself, and answers who asked it to stop.
        }
      }
    }
  }

  void onPublication(String channel, Publication publication) {
    assert loop.inLoop();
    var feed = feeds.get(channel);
    if (feed == null || feed.state != Feed.State.LIVE) {
      return;
    }
    var position = publication.position();
    if (position == null || !feed.retention.keeps()) {
      outgoing.pass(feed, publication);
    } else {
      recovery.onLive(feed, publication, position);
    }
  }

  /// A channel's history was removed.
  void onForget(String channel) {
    assert loop.inLoop();
    var feed = feeds.get(channel);
    if (feed != null) {
      recovery.forget(feed);
    }
  }

  /// Who is in a channel has changed.
  void onPresence(String channel, PresenceEvent event) {
    assert loop.inLoop();
    var feed = feeds.get(channel);
    if (feed != null && feed.state == Feed.State.LIVE && feed.watchers > 0) {
      recovery.onPresence(feed, event);
    }
  }

  @Override
  public void onAdmitted(Feed feed) {
    watches.onAdmitted(feed);
  }

  /// Somebody wants the newest publications of a channel before an offset. They come from what the
  /// feed keeps at hand, if that is enough; for the very newest it is read once for all who ask.
  ///
  /// @param answer is told on this loop, or on a thread of the broker's choosing
  void onHistory(HistoryRequest request, Consumer<@Nullable History> answer) {
    assert loop.inLoop();
    var feed = feeds.get(request.channel());
    if (feed == null || !hasNewest(feed)
        || !answerFrom(recovery.ringOf(feed), feed, request, answer)) {
      if (feed != null && hasNewest(feed) && request.before() > feed.offset) {
        recovery.askForRing(feed, ring -> {
          if (!answerFrom(ring, feed, request, answer)) {
            readPage(request, answer);
          }
        });
      } else {
        readPage(request, answer);
      }
    }
  }

  /// Whether what a feed keeps at hand is, or can be made, the newest of its channel.
  private static boolean hasNewest(Feed feed) {
    return feed.state == Feed.State.LIVE && !feed.isHeldUp() && feed.knowsPosition()
        && !feed.isLight;
  }

  private static boolean answerFrom(@Nullable Ring ring, Feed feed, HistoryRequest request,
      Consumer<@Nullable History> answer) {
    if (ring == null || !ring.hasPage(request.before(), request.limit())) {
      return false;
    }
    var base = Objects.requireNonNullElse(feed.base, History.NO_BASE);
    answer.accept(new History(feed.position(), base,
        ring.page(request.before(), request.limit(), request.bytes())));
    return true;
  }

  private void readPage(HistoryRequest request, Consumer<@Nullable History> answer) {
    reads.ask(() -> request, answer);
  }

  @Override
  public void onCaughtUp(Feed feed, Shard shard, long after) {
    if (!feed.retention.keeps()) {
      outgoing.makeUp(feed, shard, List.of());
    } else if (feed.state == Feed.State.LIVE && !feed.isHeldUp() && !feed.isMakingUp) {
      var ring = recovery.ringOf(feed);
      if (ring != null && ring.covers(after)) {
        makeUp(feed, shard, ring.after(after));
      } else {
        feed.isMakingUp = true;
        var request = new HistoryRequest(feed.channel, feed.retention, after, Long.MAX_VALUE,
            feed.retention.size(), resumeBytes, End.OLDEST, feed.position());
        reads.ask(() -> request, history -> {
          feed.isMakingUp = false;
          // Meanwhile what was made up for may have been dropped again, or a larger loss announced.
          boolean isAsAsked = feed.behind != null && feed.behind[shard.index()] == after;
          if (history != null && isAsAsked && feed.state == Feed.State.LIVE) {
            makeUp(feed, shard, history.top().epoch() == feed.epoch
                ? history.publications().stream()
                    .takeWhile(one -> Ring.offsetOf(one) <= feed.offset).toList()
                : List.of());
          }
        });
      }
    }
  }

  private void makeUp(Feed feed, Shard shard, List<Publication> missed) {
    outgoing.makeUp(feed, shard, missed);
    if (!feed.isBehind(shard.index())) {
      recovery.releaseWaiting(feed);
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
    recovery.onEnd(feed);
    broker.unsubscribe(feed.channel);
  }
}
