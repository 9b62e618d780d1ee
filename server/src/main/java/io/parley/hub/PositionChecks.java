package io.parley.hub;

import io.parley.loop.Loop;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/// Has feeds that have been silent for a while compare their position with the broker's, so that
/// the last publication before a silence isn't lost without anybody's knowing. They come one after
/// the other, spread over the interval. Light feeds come in every tenth round: there are so many.
///
/// Confined to its feed loop.
final class PositionChecks {
  private static final int LIGHT_ROUNDS = 10;
  private static final long STEP_MILLIS = 100;

  private final Loop loop;
  private final long intervalMillis;
  private final Consumer<Feed> check;

  /// Feeds in the order of their turns, some that are gone among them.
  private final ArrayDeque<Turn> turns = new ArrayDeque<>();
  private boolean isRunning;

  /// How many turns are due that weren't taken: a fraction, where there are few feeds.
  private double due;

  /// @param rounds that are left out before the feed is looked at
  private record Turn(Feed feed, int rounds) {}

  PositionChecks(Loop loop, long intervalMillis, Consumer<Feed> check) {
    this.loop = loop;
    this.intervalMillis = intervalMillis;
    this.check = check;
  }

  /// A feed of a channel with history has begun. It is looked at until it is gone.
  void add(Feed feed) {
    // A crowd that comes back isn't looked at in its first minute: Redis has enough to do.
    turns.add(new Turn(feed, 1));
    if (!isRunning) {
      isRunning = true;
      loop.schedule(this::step, STEP_MILLIS);
    }
  }

  private void step() {
    due += (double) turns.size() * STEP_MILLIS / intervalMillis;
    for (; due >= 1 && !turns.isEmpty(); due--) {
      take(turns.remove());
    }
    isRunning = !turns.isEmpty();
    if (isRunning) {
      loop.schedule(this::step, STEP_MILLIS);
    }
  }

  private void take(Turn turn) {
    var feed = turn.feed;
    if (feed.isGone) {
      return;
    }
    boolean isDue = turn.rounds == 0 && feed.state == Feed.State.LIVE && feed.members > 0;
    if (isDue && !feed.isFresh) {
      check.accept(feed);
    }
    if (turn.rounds == 0) {
      feed.isFresh = false;
    }
    int rounds = turn.rounds > 0 ? turn.rounds - 1 : feed.isLight ? LIGHT_ROUNDS - 1 : 0;
    turns.add(new Turn(feed, rounds));
  }
}
