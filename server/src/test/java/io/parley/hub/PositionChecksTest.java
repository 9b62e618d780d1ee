package io.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.channel.Retention;
import io.parley.loop.ManualLoop;
import io.parley.loop.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Which silent feeds are looked at, and when. A round is the interval in which each has its turn.
class PositionChecksTest {
  private static final int STEPS = 100;
  private static final int STEP_MILLIS = 100;
  private static final Retention KEPT = new Retention(10, Duration.ofDays(1));

  private final ManualTime time = new ManualTime();
  private final ManualLoop loop = new ManualLoop(time);

  /// The channels whose feeds were looked at, in that order.
  private final List<String> checked = new ArrayList<>();
  private final PositionChecks checks = new PositionChecks(
      loop, (long) STEPS * STEP_MILLIS, feed -> checked.add(feed.channel));

  private Feed feed(String channel, boolean isLight) {
    var feed = new Feed(channel, 1, KEPT, true, isLight, false);
    feed.state = Feed.State.LIVE;
    feed.members = 1;
    checks.add(feed);
    return feed;
  }

  private Feed feed(String channel) {
    return feed(channel, false);
  }

  private List<Feed> feeds(int count) {
    return channels(count).stream().map(this::feed).toList();
  }

  private static List<String> channels(int count) {
    return IntStream.range(0, count).mapToObj(i -> "room:" + i).toList();
  }

  /// Whose turn it was in the next step.
  private List<String> step() {
    checked.clear();
    time.passMillis(STEP_MILLIS);
    loop.tick();
    return List.copyOf(checked);
  }

  /// Whose turn it was in the next round.
  private List<String> round() {
    return IntStream.range(0, STEPS).boxed().flatMap(step -> step().stream()).toList();
  }

  @Test
  void inItsFirstRoundAFeedIsNotLookedAt() {
    feeds(50);
    assertEquals(List.of(), round());
    assertEquals(channels(50), round());
    feed("room:late");
    assertEquals(50, round().size());
    assertEquals(51, round().size());
  }

  @Test
  void manyAreSpreadEvenlyOverTheInterval() {
    feeds(300);
    round();
    for (int i = 0; i < STEPS; i++) {
      assertEquals(channels(300).subList(3 * i, 3 * i + 3), step(), "step " + i);
    }
    assertEquals(channels(3), step(), "the next round");
  }

  @Test
  void fewHaveStepsBetweenThem() {
    feeds(25);
    round();
    for (int i = 1; i <= STEPS; i++) {
      var turn = i % 4 == 0 ? List.of("room:" + (i / 4 - 1)) : List.of();
      assertEquals(turn, step(), "step " + i);
    }
  }

  @Test
  void aLightFeedIsLookedAtInEveryTenthRound() {
    feed("room:a");
    feed("inbox:#bob", true);
    round();
    for (int i = 0; i < 31; i++) {
      var turns = i % 10 == 0 ? List.of("room:a", "inbox:#bob") : List.of("room:a");
      assertEquals(turns, round(), "round " + i);
    }
  }

  @Test
  void aFeedThatHasJustBeenToldItsPositionIsPassedOver() {
    var feed = feed("room:a");
    feed("room:b");
    round();
    feed.isFresh = true;
    assertEquals(List.of("room:b"), round());
    assertEquals(List.of("room:a", "room:b"), round());
    feed.isFresh = true;
    assertEquals(List.of("room:b"), round());
  }

  @Test
  void aFeedThatWasToldBeforeItsFirstTurnIsNotFreshAtTheNext() {
    var feed = feed("room:a");
    feed.isFresh = true;
    assertEquals(List.of(), round());
    assertEquals(List.of("room:a"), round());
  }

  @Test
  void aFeedWithoutMembersIsPassedOver() {
    var feed = feed("room:a");
    feed("room:b");
    round();
    feed.members = 0;
    assertEquals(List.of("room:b"), round());
    feed.members = 1;
    assertEquals(List.of("room:a", "room:b"), round());
  }

  @Test
  void aFeedWhosePublicationsDoNotComeIsPassedOver() {
    var feed = feed("room:a");
    feed("room:b");
    round();
    for (var state : Feed.State.values()) {
      feed.state = state;
      assertEquals(state == Feed.State.LIVE ? List.of("room:a", "room:b") : List.of("room:b"),
          round(), state::name);
    }
  }

  @Test
  void aFeedThatIsGoneIsForgotten() {
    var feeds = feeds(200);
    round();
    round();
    feeds.subList(0, 100).forEach(feed -> feed.isGone = true);
    round();
    // The pace is that of those who are left.
    var turns = new ArrayList<String>();
    for (int i = 0; i < STEPS; i++) {
      var turn = step();
      assertEquals(1, turn.size(), "step " + i);
      turns.addAll(turn);
    }
    assertEquals(Set.copyOf(channels(200).subList(100, 200)), Set.copyOf(turns));
  }

  @Test
  void whenAllAreGoneItRestsUntilTheNextBegins() {
    var feeds = feeds(3);
    round();
    assertEquals(1, loop.scheduled());
    feeds.forEach(feed -> feed.isGone = true);
    round();
    round();
    assertEquals(0, loop.scheduled());
    feed("room:new");
    assertEquals(1, loop.scheduled());
    round();
    assertEquals(List.of("room:new"), round());
  }
}
