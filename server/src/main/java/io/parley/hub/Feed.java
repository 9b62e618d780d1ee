package io.parley.hub;

import io.parley.channel.Position;
import io.parley.channel.Retention;
import io.parley.history.Ring;
import io.parley.hub.Delivery.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A node's one live view of one channel. It knows how many members each shard has and in which
/// encodings they read, not who they are, and where in the channel's history it stands. There may
/// be a hundred thousand of them on a node, so it holds little.
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
    /// Publications come. (With history, they may be held up for a moment by a [CatchUp].)
    LIVE,
    /// The broker lost its connection and subscribes again; members stay, publications are missed.
    INTERRUPTED,
    /// Nobody was left and the broker was asked to stop.
    UNSUBSCRIBING
  }

  /// An offset that isn't known.
  static final long UNKNOWN = -1;
  private static final long NOT_BEHIND = -1;

  final String channel;
  final Retention retention;
  final boolean canResume;

  /// Whether the channel is one user's own. Of these a node has many: such a feed reads nothing
  /// before somebody asks, and keeps no ring.
  final boolean isLight;
  State state = State.SUBSCRIBING;

  /// Whether members are told who joins and leaves.
  final boolean tellsPresence;

  /// Members on each shard.
  final int[] perShard;

  /// The sum of [#perShard].
  int members;

  /// Members who want to be told, and are.
  int watchers;

  /// Subscriptions that aren't members yet and haven't left: on [#waiting], or with [#catchUp].
  int arriving;

  /// A bit for each encoding that a member has used since the feed began.
  int encodings;

  /// Who waits for the broker's confirmation, some who have left among them; null when nobody does.
  @Nullable
  List<Subscription> waiting;

  /// The run that this tick's publications are appended to; null when the next one starts a
  /// new run.
  @Nullable
  Run openRun;

  /// For each shard to which publications were lost on the way, the offset up to which it has them
  /// (0 where there is no history); [#NOT_BEHIND] for the others. Null while there is none.
  long @Nullable [] behind;

  /// Whether what shards are behind with is being read.
  boolean isMakingUp;

  /// When the last who wanted the feed left, by the monotonic clock; 0 while somebody wants it.
  long emptySinceNanos;

  /// The position of the last publication that was passed on. [#UNKNOWN] until it has been read or
  /// a publication has told it, and for ever where there is no history.
  long offset = UNKNOWN;
  long epoch = Position.NO_EPOCH;

  /// The highest offset that was read, rather than heard: up to there, what comes live was known.
  long readUpTo;

  /// The epoch before, and where the present one began: [History#base]. Null until it has been
  /// read.
  @Nullable
  Position base;

  /// Whether something was, or may have been, missed while the offset was unknown.
  boolean mayHaveMissed;

  /// Whether the position has been told by a publication or by the broker since the last check.
  boolean isFresh;

  /// Whether it has ended: another feed of the channel may have begun since.
  boolean isGone;

  /// Null unless somebody has resumed or read history lately.
  @Nullable
  Ring ring;

  /// Null unless something is being read.
  @Nullable
  CatchUp catchUp;

  Feed(String channel, int shards, Retention retention, boolean canResume, boolean isLight,
      boolean tellsPresence) {
    this.channel = channel;
    this.perShard = new int[shards];
    this.retention = retention;
    this.canResume = canResume;
    this.isLight = isLight;
    this.tellsPresence = tellsPresence;
  }

  boolean isWanted() {
    return members > 0 || arriving > 0;
  }

  /// Whether publications wait until a hole is filled, and with them everybody who joins.
  boolean isHeldUp() {
    return catchUp != null && catchUp.isHolding;
  }

  /// What is being read for it; begun, if nothing was.
  ///
  /// @param holding whether publications wait for it
  CatchUp catchUp(boolean holding) {
    var reading = catchUp;
    if (reading == null) {
      reading = new CatchUp();
      catchUp = reading;
    }
    reading.isHolding |= holding;
    return reading;
  }

  /// Whether members on a shard miss something that they will get later.
  boolean isBehind(int shard) {
    return behind != null && behind[shard] != NOT_BEHIND;
  }

  /// Publications to a shard were lost on the way.
  ///
  /// @param before the offset up to which it has them
  void fallBehind(int shard, long before) {
    if (behind == null) {
      behind = new long[perShard.length];
      Arrays.fill(behind, NOT_BEHIND);
    }
    behind[shard] = isBehind(shard) ? Math.min(before, behind[shard]) : before;
  }

  /// A shard has what it missed, or was told that it is lost.
  void catchUpOn(int shard) {
    if (behind != null) {
      behind[shard] = NOT_BEHIND;
      if (Arrays.stream(behind).allMatch(offset -> offset == NOT_BEHIND)) {
        behind = null;
      }
    }
  }

  boolean knowsPosition() {
    return offset != UNKNOWN;
  }

  Position position() {
    return new Position(epoch, offset);
  }

  /// Whether a position is of the epoch before the present one.
  boolean isOfEarlierEpoch(Position at) {
    return base != null && at.epoch() == base.epoch() && at.epoch() != epoch;
  }

  /// Forgets where it stands: it hasn't followed the channel.
  void forgetPosition() {
    offset = UNKNOWN;
    epoch = Position.NO_EPOCH;
    base = null;
    readUpTo = 0;
    mayHaveMissed = false;
  }

  /// Somebody has come, and isn't a member yet.
  void arrive() {
    arriving++;
    emptySinceNanos = 0;
  }

  void await(Subscription subscription) {
    if (waiting == null) {
      waiting = new ArrayList<>(1);
    }
    waiting.add(subscription);
  }

  /// Whether somebody on the waiting list wants to know where he begins.
  boolean isWaitedForAtAPosition() {
    return waiting != null && waiting.stream().anyMatch(
        one -> !one.hasLeft && one.start != Start.Now.ANYWHERE);
  }

  /// Takes everybody off the waiting list.
  ///
  /// @return those who haven't left meanwhile
  List<Subscription> takeWaiting() {
    var taken = waiting;
    waiting = null;
    return taken == null ? List.of() : taken.stream().filter(one -> !one.hasLeft).toList();
  }

  /// Somebody who has arrived has left before he became a member.
  void turnBack(Subscription subscription) {
    subscription.hasLeft = true;
    arriving--;
    assert arriving >= 0 : channel;
    // He stays on the list, unless those who have left are most of it: then they go at once.
    if (catchUp != null) {
      catchUp.prune(arriving);
    }
    if (waiting != null && waiting.size() > 2 * arriving + 8) {
      waiting.removeIf(one -> one.hasLeft);
    }
  }

  void admit(Subscription subscription) {
    assert !subscription.hasLeft : channel;
    arriving--;
    members++;
    perShard[subscription.shard.index()]++;
    watchers += watches(subscription);
    encodings |= 1 << subscription.encoding;
    subscription.isAdmitted = true;
    assert arriving >= 0 : channel;
  }

  private int watches(Subscription subscription) {
    return tellsPresence && subscription.wantsPresence ? 1 : 0;
  }

  /// Who was admitted in this tick isn't yet, and waits.
  void postpone(Subscription subscription) {
    dismiss(subscription);
    subscription.isAdmitted = false;
    arriving++;
    await(subscription);
  }

  void dismiss(Subscription subscription) {
    members--;
    perShard[subscription.shard.index()]--;
    watchers -= watches(subscription);
    assert members >= 0 && perShard[subscription.shard.index()] >= 0 : channel;
  }
}
