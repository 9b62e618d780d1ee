package io.parley.hub;

import io.parley.hub.Delivery.Run;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A node's one live view of one channel. It knows how many members each shard has and in which
/// encodings they read, not who they are. There may be a hundred thousand of them on a node, so it
/// holds little.
///
/// Confined to its feed loop.
final class Feed {
  /// Where the feed stands with the broker. Each arrow is one request to the broker or one event
  /// from it, so that never more than one request is under way:
  ///
  ///     SUBSCRIBING -> LIVE <-> INTERRUPTED
  ///     any of them -> UNSUBSCRIBING -> gone, or SUBSCRIBING if somebody came
  enum State {
    /// Asked for, not confirmed: who joins waits.
    SUBSCRIBING,
    /// Publications come.
    LIVE,
    /// The broker lost its connection and subscribes again; members stay, publications are missed.
    INTERRUPTED,
    /// Nobody was left and the broker was asked to stop.
    UNSUBSCRIBING
  }

  final String channel;
  State state = State.SUBSCRIBING;

  /// Members on each shard.
  final int[] perShard;

  /// The sum of [#perShard].
  int members;

  /// A bit for each encoding that a member has used since the feed began.
  int encodings;

  /// Who waits for the broker's confirmation; null when nobody does.
  @Nullable
  List<Subscription> waiting;

  /// The run that this tick's publications are appended to; null when the next one starts a
  /// new run.
  @Nullable
  Run openRun;

  /// A bit for each shard that must be told that publications were lost on the way to it.
  long lostOnTheWay;

  /// When the last who wanted the feed left, by the monotonic clock; 0 while somebody wants it.
  long emptySinceNanos;

  Feed(String channel, int shards) {
    this.channel = channel;
    this.perShard = new int[shards];
  }

  boolean isWanted() {
    return members > 0 || waiting != null;
  }

  /// Whether members on the shard don't know yet that something for them was dropped.
  boolean hasLostOnTheWayTo(Shard shard) {
    return (lostOnTheWay & 1L << shard.index()) != 0;
  }

  void await(Subscription subscription) {
    emptySinceNanos = 0;
    if (waiting == null) {
      waiting = new ArrayList<>(1);
    }
    waiting.add(subscription);
  }

  /// Takes a subscription off the waiting list.
  ///
  /// @return whether it was on it
  boolean forget(Subscription subscription) {
    if (waiting == null || !waiting.remove(subscription)) {
      return false;
    }
    if (waiting.isEmpty()) {
      waiting = null;
    }
    return true;
  }

  void admit(Subscription subscription) {
    members++;
    perShard[subscription.shard.index()]++;
    encodings |= 1 << subscription.encoding;
    emptySinceNanos = 0;
  }

  void dismiss(Subscription subscription) {
    members--;
    perShard[subscription.shard.index()]--;
    assert members >= 0 && perShard[subscription.shard.index()] >= 0 : channel;
  }
}
