package io.parley.hub;

import io.micrometer.core.instrument.Counter;
import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.hub.Delivery.Joined;
import io.parley.hub.Delivery.Lost;
import io.parley.hub.Delivery.Moved;
import io.parley.hub.Delivery.Placed;
import io.parley.hub.Delivery.Present;
import io.parley.hub.Delivery.Run;
import io.parley.hub.Entry.Recovered;
import io.parley.loop.Flushable;
import io.parley.loop.Loop;
import io.parley.metric.HighWater;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The part of a node's connections that one event loop owns: who of them is a member of what.
///
/// Confined to its loop, but for [#accept] and [#queuedBytes], which feed loops use.
public final class Shard {
  /// How many members get a run before other channels have their turn.
  static final int SLICE = 1_000;

  private final Loop loop;
  private final int index;
  private final Hub hub;
  private final Map<String, Members> channels = new HashMap<>();

  /// Channels for which something waits for the end of this tick.
  private final List<Members> due = new ArrayList<>();
  private boolean tickEndAsked;

  /// What has something to write at the end of this tick.
  private List<Flushable> dirty = new ArrayList<>();

  /// Runs when all that was dirty is flushed.
  private Runnable afterFlushes = () -> {};

  /// The list that is not [#dirty] just now, kept for reuse.
  private List<Flushable> spare = new ArrayList<>();

  /// Frames that feed loops have handed over and that are not with the members yet. Feed loops read
  /// it to see whether this shard keeps up.
  private final AtomicLong queuedBytes = new AtomicLong();
  private final HighWater queueHighest;
  private final Counter messagesOut;
  private final Counter lost;

  Shard(Hub hub, Loop loop, int index, Metrics metrics) {
    messagesOut = metrics.counter(Metric.MESSAGES_OUT);
    lost = metrics.counter(Metric.LOST);
    metrics.sum(Metric.SHARD_QUEUE_BYTES, this::queuedBytes);
    queueHighest = metrics.highWater(Metric.SHARD_QUEUE_HIGHEST);
    this.hub = hub;
    this.loop = loop;
    this.index = index;
  }

  public Loop loop() {
    return loop;
  }

  int index() {
    return index;
  }

  /// Asks for a channel on behalf of a subscriber, who is told when its publications come.
  ///
  /// @param start from where on he wants them
  /// @param wantsPresence whether he wants to be told who joins and leaves, where channels tell
  public Subscription subscribe(
      String channel, Subscriber subscriber, Start start, boolean wantsPresence) {
    assert loop.inLoop();
    var subscription = new Subscription(this, channel, subscriber, start, wantsPresence);
    hub.join(subscription);
    return subscription;
  }

  /// Asks where a subscription that is joined stands; its subscriber is told as if he had just
  /// joined.
  public void place(Subscription subscription) {
    assert loop.inLoop();
    hub.place(subscription);
  }

  /// Looks up the newest publications of a channel before an offset.
  ///
  /// @param answer is told on this loop; null: they couldn't be read
  public void history(HistoryRequest request, Consumer<@Nullable History> answer) {
    assert loop.inLoop();
    hub.history(request, page -> loop.execute(() -> answer.accept(page)));
  }

  /// Ends a subscription, whatever state it is in; nothing more comes for it.
  public void unsubscribe(Subscription subscription) {
    assert loop.inLoop();
    if (subscription.state == Subscription.State.LEFT) {
      return;
    }
    if (subscription.state == Subscription.State.JOINED) {
      var members = membersOf(subscription.channel());
      members.remove(subscription);
      removeIfEmpty(members);
    }
    subscription.state = Subscription.State.LEFT;
    hub.leave(subscription);
  }

  /// Asks for `flush()` at the end of this tick. The caller asks once per tick.
  public void flushAtTickEnd(Flushable flushable) {
    assert loop.inLoop();
    dirty.add(flushable);
    askForTickEnd();
  }

  /// Has something run whenever all that asked for a flush in a tick has got it. The transport
  /// calls it, once, before the shard is used.
  public void afterFlushes(Runnable action) {
    afterFlushes = action;
  }

  private void onTickEnd() {
    tickEndAsked = false;
    // Handing out makes connections dirty, so it comes first.
    for (int i = 0; i < due.size(); i++) {
      drainQueue(due.get(i));
    }
    due.clear();
    var flushed = dirty;
    dirty = spare;
    spare = flushed;
    try {
      for (int i = 0; i < flushed.size(); i++) {
        flushed.get(i).flush();
      }
    } finally {
      flushed.clear();
      afterFlushes.run();
    }
  }

  private void askForTickEnd() {
    if (!tickEndAsked) {
      tickEndAsked = true;
      loop.atTickEnd(this::onTickEnd);
    }
  }

  long queuedBytes() {
    return queuedBytes.get();
  }

  /// Takes over what a feed loop gathered in one tick. Called by feed loops.
  void accept(List<Delivery> batch, long bytes) {
    queueHighest.raise(queuedBytes.addAndGet(bytes));
    loop.execute(() -> onBatch(batch, bytes));
  }

  private void onBatch(List<Delivery> batch, long bytes) {
    assert loop.inLoop();
    queuedBytes.addAndGet(-bytes);
    for (var delivery : batch) {
      var members = channels.get(delivery.channel());
      if (members == null) {
        if (delivery instanceof Joined joined) {
          onJoined(joined);
        }
      } else if (delivery instanceof Run || members.isBusy() || members.hasQueued()) {
        enqueue(members, delivery);
      } else {
        handOut(members, delivery);
      }
    }
  }

  /// Keeps a delivery until the tick's end: what else comes for the channel by then goes with it.
  private void enqueue(Members members, Delivery delivery) {
    queuedBytes.addAndGet(sizeOf(delivery));
    members.enqueue(delivery);
    if (!members.isBusy()) {
      makeDue(members);
    }
  }

  private void makeDue(Members members) {
    if (!members.isDue) {
      members.isDue = true;
      due.add(members);
      askForTickEnd();
    }
  }

  private void drainQueue(Members members) {
    members.isDue = false;
    if (members.isBusy()) {
      slice(members);
    }
    while (!members.isBusy()) {
      var next = members.dequeue();
      if (next == null) {
        removeIfEmpty(members);
        return;
      }
      queuedBytes.addAndGet(-sizeOf(next));
      handOut(members, next);
    }
  }

  private void handOut(Members members, Delivery delivery) {
    switch (delivery) {
      case Joined joined -> onJoined(joined);
      case Placed placed -> onPlaced(placed);
      case Lost hole -> {
        lost.increment();
        members.forEach(member -> member.subscriber.onLost(member, hole.position()));
      }
      case Moved moved -> members.forEach(
          member -> member.subscriber.onMoved(member, moved.position()));
      case Present present -> members.forEach(member -> {
        if (member.wantsPresence) {
          member.subscriber.onPresence(member, present.event());
        }
      });
      case Run run -> {
        members.begin(run);
        slice(members);
      }
    }
  }

  private void onPlaced(Placed placed) {
    if (placed.subscription().state == Subscription.State.JOINED) {
      placed.subscription().subscriber.onSubscribed(
          placed.subscription(), placed.entry(), null);
    }
  }

  private void onJoined(Joined joined) {
    var subscription = joined.subscription();
    if (subscription.state == Subscription.State.LEFT) {
      return;
    }
    subscription.state = Subscription.State.JOINED;
    channels.computeIfAbsent(subscription.channel(), Members::new).add(subscription);
    var missed = joined.missed();
    if (missed != null && missed.frames().length() > subscription.outlet.room()) {
      // It resumes other channels, too: all of it together would be too much for it.
      subscription.subscriber.onSubscribed(
          subscription, new Entry(missed.end(), Recovered.NO), null);
      return;
    }
    subscription.subscriber.onSubscribed(
        subscription, joined.entry(), missed == null ? null : missed.frames());
    if (missed != null) {
      messagesOut.increment(missed.publications());
    }
  }

  /// Hands a run on until it is done or the slice is full; in the latter case goes on in a later
  /// tick, so that what other channels are due isn't kept waiting.
  private void slice(Members members) {
    if (!members.slice(SLICE, messagesOut)) {
      loop.execute(() -> makeDue(members));
    }
  }

  private Members membersOf(String channel) {
    var members = channels.get(channel);
    if (members == null) {
      throw new IllegalStateException("channel " + channel + ": no members (expected: some)");
    }
    return members;
  }

  private void removeIfEmpty(Members members) {
    if (members.size() == 0 && !members.isBusy() && !members.hasQueued()) {
      channels.remove(members.channel(), members);
    }
  }

  private static int sizeOf(Delivery delivery) {
    return delivery instanceof Run run ? run.bytes() : 0;
  }
}
