package io.parley.hub;

import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.encoding.Encoding;
import io.parley.history.Ring;
import io.parley.hub.Delivery.Joined;
import io.parley.hub.Delivery.Lost;
import io.parley.hub.Delivery.Missed;
import io.parley.hub.Delivery.Moved;
import io.parley.hub.Delivery.Placed;
import io.parley.hub.Delivery.Present;
import io.parley.hub.Delivery.Run;
import io.parley.loop.Loop;
import io.parley.metric.Limit;
import io.parley.metric.Metrics;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a feed loop hands to the shards.
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
/// for it are dropped (joins are not); until it has caught up its members get nothing further of
/// that channel, and then what they missed, or the word that it is lost.
///
/// Confined to its feed loop.
final class Outgoing {
  private static final int ENVELOPE_BYTES = 128;
  /// How often a shard that has fallen behind is looked at.
  private static final long RECHECK_MILLIS = 10;

  private final Loop loop;
  private final List<Shard> shards;
  private final List<Encoding> encodings;
  private final long shardQueueBytes;
  private final Metrics metrics;
  private final Feeds feeds;

  /// What each shard gets at the end of this tick.
  private final List<List<Delivery>> outgoing = new ArrayList<>();

  /// Feeds that have an open run.
  private final List<Feed> open = new ArrayList<>();

  /// Feeds of which a shard has missed something. What they have is still in [Feed#behind].
  private final List<Feed> lossy = new ArrayList<>();

  private boolean tickEndAsked;
  private boolean isEndingTick;

  /// Whether a look at the shards that had fallen behind is scheduled.
  private boolean recheckAsked;

  /// What the owner of the feeds is asked; [FeedLoop] implements it.
  interface Feeds {
    /// A channel's feed; null: there is none.
    @Nullable
    Feed find(String channel);

    /// A feed has a member more.
    void onAdmitted(Feed feed);

    /// A shard that missed everything of a channel behind an offset can take it now. The answer is
    /// [Outgoing#makeUp], at once or later.
    void onCaughtUp(Feed feed, Shard shard, long after);
  }

  Outgoing(Loop loop, List<Shard> shards, HubSettings settings, Feeds feeds) {
    this.loop = loop;
    this.shards = shards;
    this.encodings = settings.encodings();
    this.shardQueueBytes = settings.shardQueueBytes();
    this.metrics = settings.metrics();
    this.feeds = feeds;
    for (int i = 0; i < shards.size(); i++) {
      outgoing.add(new ArrayList<>());
    }
  }

  /// Passes a publication on to the feed's members.
  void pass(Feed feed, Publication publication) {
    if (feed.members == 0) {
      return;
    }
    var run = feed.openRun;
    if (run == null || publication.hiddenFrom() != null) {
      run = startRun(feed, publication);
    }
    run.append(publication);
    if (run.hiddenFrom != null) {
      feed.openRun = null;
    }
  }

  private Run startRun(Feed feed, Publication publication) {
    var run = runFor(feed, publication);
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

  private Run runFor(Feed feed, Publication first) {
    // In a channel with history something may come that isn't kept.
    long before = first.position() == null
        ? Math.max(0, feed.offset)
        : first.position().offset() - 1;
    return new Run(feed.channel, encodings, feed.encodings, first.hiddenFrom(), before,
        first.data().length + ENVELOPE_BYTES);
  }

  /// Makes a subscription a member, who gets what comes from here on.
  ///
  /// @param missed what he gets first; null: nothing
  void admit(Feed feed, Subscription subscription, Entry entry, @Nullable Missed missed) {
    feed.admit(subscription);
    feed.openRun = null;
    hand(subscription.shard.index(), new Joined(subscription, entry, missed));
    feeds.onAdmitted(feed);
  }

  /// Tells a member where the feed stands. He is one already.
  void tell(Subscription member, Entry entry) {
    // What is behind it belongs to another run.
    var feed = feeds.find(member.channel());
    if (feed != null) {
      feed.openRun = null;
    }
    hand(member.shard.index(), new Placed(member, entry));
  }

  /// Tells all members that what they had is followed by a hole.
  ///
  /// @param position the hole's end; null where there is no history
  void announceLoss(Feed feed, @Nullable Position position) {
    feed.openRun = null;
    for (int i = 0; i < feed.perShard.length; i++) {
      if (feed.isBehind(i)) {
        // It is told once, and of the larger hole.
        outgoing.get(i).removeIf(
            one -> one instanceof Run && one.channel().equals(feed.channel));
        catchUp(feed, i);
      }
      if (feed.perShard[i] > 0) {
        hand(i, new Lost(feed.channel, position));
      }
    }
  }

  /// Tells all members that the channel goes on in another epoch, and that they have missed
  /// nothing.
  void announceEpoch(Feed feed) {
    feed.openRun = null;
    for (int i = 0; i < feed.perShard.length; i++) {
      if (feed.perShard[i] > 0) {
        hand(i, new Moved(feed.channel, feed.isBehind(i) ? null : feed.position()));
      }
    }
  }

  /// Tells members who has joined and left. Shards that have fallen behind get it, too: it is
  /// little.
  void present(Feed feed, PresenceEvent event) {
    feed.openRun = null;
    for (int i = 0; i < feed.perShard.length; i++) {
      if (feed.perShard[i] > 0) {
        hand(i, new Present(feed.channel, event));
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
    isEndingTick = true;
    open.forEach(feed -> feed.openRun = null);
    open.clear();
    makeUpForLosses();
    for (int i = 0; i < outgoing.size(); i++) {
      if (!outgoing.get(i).isEmpty()) {
        send(shards.get(i), outgoing.set(i, new ArrayList<>()));
      }
    }
    isEndingTick = false;
  }

  private void send(Shard shard, List<Delivery> batch) {
    if (!lossy.isEmpty()) {
      // A hole is made up for where it is: nothing of the channel may pass before that.
      dropRuns(shard, batch, true);
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
      dropRuns(shard, batch, false);
      bytes = 0;
    }
    if (!batch.isEmpty()) {
      shard.accept(batch, bytes);
    }
  }

  /// Takes runs out of a batch, and notes for whom they are lost.
  ///
  /// @param onlyLossy only runs of feeds of which the shard has missed something already
  private void dropRuns(Shard shard, List<Delivery> batch, boolean onlyLossy) {
    boolean dropped = batch.removeIf(delivery -> {
      if (delivery instanceof Joined joined) {
        return postpones(shard, joined);
      }
      if (!(delivery instanceof Run run)) {
        return false;
      }
      var feed = feeds.find(delivery.channel());
      if (feed == null) {
        return true;
      }
      if (onlyLossy && (run.makesUp || !feed.isBehind(shard.index()))) {
        return false;
      }
      if (feed.behind == null) {
        lossy.add(feed);
      }
      feed.fallBehind(shard.index(), run.before());
      return true;
    });
    if (dropped) {
      batch.replaceAll(one -> one instanceof Moved moved && isBehind(moved, shard)
          ? new Moved(moved.channel(), null)
          : one);
      askForRecheck();
    }
  }

  /// Who joined behind what was dropped waits until that is made up for: it isn't for him.
  private boolean postpones(Shard shard, Joined joined) {
    var feed = feeds.find(joined.channel());
    if (feed == null || !feed.retention.keeps() || !feed.isBehind(shard.index())
        || joined.subscription().hasLeft) {
      return false;
    }
    feed.postpone(joined.subscription());
    return true;
  }

  private boolean isBehind(Moved moved, Shard shard) {
    var feed = feeds.find(moved.channel());
    return feed == null || feed.isBehind(shard.index());
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

  /// Has what was lost looked up, for the shards that have caught up.
  private void makeUpForLosses() {
    lossy.removeIf(feed -> feed.behind == null);
    for (var feed : List.copyOf(lossy)) {
      var behind = feed.behind;
      for (int i = 0; behind != null && i < behind.length; i++) {
        if (feed.isBehind(i) && shards.get(i).queuedBytes() < shardQueueBytes / 2) {
          feeds.onCaughtUp(feed, shards.get(i), behind[i]);
        }
      }
      if (feed.behind != null) {
        askForRecheck();
      }
    }
  }

  /// Gives a shard what it missed of a channel, before everything else of this tick: as much as
  /// fits now, the rest when it has passed that on.
  ///
  /// @param missed the first of what it missed, without holes; empty: nothing can be had
  void makeUp(Feed feed, Shard shard, List<Publication> missed) {
    var behind = feed.behind;
    var batch = outgoing.get(shard.index());
    if (behind == null || !feed.isBehind(shard.index()) || batch.stream().anyMatch(
        one -> one instanceof Run run && run.makesUp && run.channel().equals(feed.channel))) {
      return;
    }
    // What this tick has gathered for the shard is part of what it missed; who joined meanwhile
    // would get it twice, or not at all.
    batch.removeIf(delivery -> delivery.channel().equals(feed.channel)
        && (delivery instanceof Run
            || (delivery instanceof Joined joined && postpones(shard, joined))));
    feed.openRun = null;
    long from = behind[shard.index()];
    var unseen = missed.stream().dropWhile(one -> Ring.offsetOf(one) <= from).toList();
    makeUp(feed, shard, unseen, from);
  }

  private void makeUp(Feed feed, Shard shard, List<Publication> missed, long behindFrom) {
    var batch = outgoing.get(shard.index());
    int at = 0;
    long from = behindFrom;
    int given = fitting(feed, missed);
    if (given == 0) {
      batch.add(at, new Lost(feed.channel, feed.knowsPosition() ? feed.position() : null));
      catchUp(feed, shard.index());
    } else {
      long first = Ring.offsetOf(missed.getFirst());
      if (first > from + 1) {
        batch.add(at++, new Lost(feed.channel, feed.position().at(first - 1)));
      }
      for (var publication : missed.subList(0, given)) {
        var run = runFor(feed, publication);
        run.append(publication);
        run.makesUp = true;
        batch.add(at++, run);
        from = Ring.offsetOf(publication);
      }
      if (feed.behind != null) {
        feed.behind[shard.index()] = from;
      }
      if (from >= feed.offset) {
        catchUp(feed, shard.index());
      }
    }
    if (!isEndingTick) {
      askForTickEnd();
    }
  }

  /// How many publications fit into half of a shard's queue, or the first one into the whole.
  private int fitting(Feed feed, List<Publication> publications) {
    long bytes = 0;
    for (int i = 0; i < publications.size(); i++) {
      bytes += (long) (publications.get(i).data().length + ENVELOPE_BYTES)
          * Integer.bitCount(feed.encodings);
      if (bytes > (i == 0 ? shardQueueBytes : shardQueueBytes / 2)) {
        return i;
      }
    }
    return publications.size();
  }

  private void catchUp(Feed feed, int shard) {
    if (feed.isBehind(shard)) {
      feed.catchUpOn(shard);
      if (feed.behind == null) {
        lossy.remove(feed);
      }
    }
  }
}
