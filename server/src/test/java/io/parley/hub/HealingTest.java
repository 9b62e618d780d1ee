package io.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.broker.HistoryRequest;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Feeds whose channels have a history: what a broker loses on the way is read again.
class HealingTest {
  private final TestHub hub = new TestHub(2, 1);

  private static List<String> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
  }

  private void hole(String channel, String missing, String next) {
    hub.store(channel, missing);
    hub.say(channel, next);
    hub.settle();
  }

  @Test
  void aFirstJoinWaitsUntilItIsKnownWhereTheChannelStands() {
    hub.store("kept:a", "1");
    var alice = hub.listener(0);
    alice.join("kept:a");
    hub.settle();
    hub.broker.answer("kept:a");
    hub.settle();
    assertEquals(List.of(), alice.takeHeard());
    // She may have said it herself, the moment that she was connected.
    hub.say("kept:a", "2");
    hub.answerReads();
    hub.say("kept:a", "3");
    hub.settle();
    assertEquals(List.of("joined kept:a", "2", "3"), alice.takeHeard());
  }

  @Test
  void aHoleIsReadOnceAndPassedOnInOrder() {
    var alice = hub.member(0, "kept:a");
    var bob = hub.member(1, "kept:a");
    hub.say("kept:a", "1");
    hub.settle();
    hub.broker.readRequests.clear();
    hole("kept:a", "2", "3");
    hub.say("kept:a", "4");
    hub.settle();
    assertEquals(List.of("1"), alice.takeHeard());
    assertEquals(1, hub.broker.readsUnderWay());
    hub.answerReads();
    hub.say("kept:a", "5");
    hub.settle();
    assertEquals(List.of("2", "3", "4", "5"), alice.takeHeard());
    assertEquals(numbers(1, 5), bob.takeHeard());
    assertEquals(List.of(1L), hub.broker.readRequests.stream().map(HistoryRequest::after).toList());
  }

  @Test
  void whatIsReadBeforeItComesIsNotPassedOnTwice() {
    var alice = hub.member(0, "kept:a");
    hub.store("kept:a", "1");
    var second = hub.store("kept:a", "2");
    var third = hub.store("kept:a", "3");
    hub.broker.deliver("kept:a", second);
    hub.answerReads();
    hub.broker.deliver("kept:a", third);
    hub.answerReads();
    assertEquals(numbers(1, 3), alice.takeHeard());
  }

  @Test
  void aHoleThatCannotBeFilledIsAnnouncedWithItsEnd() {
    var alice = hub.member(0, "kept:a");
    hub.say("kept:a", "1");
    hole("kept:a", "2", "3");
    hub.broker.log("kept:a").expire();
    hub.answerReads();
    hub.say("kept:a", "4");
    hub.settle();
    assertEquals(List.of("1", "lost kept:a at 1:3", "4"), alice.takeHeard());
  }

  @Test
  void ofAHoleThatIsPartlyTrimmedTheRestIsPassedOn() {
    var alice = hub.member(0, "short:a");
    hub.say("short:a", "1");
    for (int i = 2; i <= 6; i++) {
      hub.store("short:a", Integer.toString(i));
    }
    hub.say("short:a", "7");
    hub.answerReads();
    assertEquals(List.of("1", "lost short:a at 1:4", "5", "6", "7"), alice.takeHeard());
  }

  @Test
  void aReadThatFailsIsTriedAgain() {
    var alice = hub.member(0, "kept:a");
    hole("kept:a", "1", "2");
    hub.broker.failRead();
    hub.settle();
    hub.passMillis(1_000);
    hub.answerReads();
    assertEquals(numbers(1, 2), alice.takeHeard());
  }

  @Test
  void whatIsTooMuchToWaitIsDroppedAndReadAgain() {
    var alice = hub.member(0, "kept:a");
    hole("kept:a", "1", "2");
    for (int i = 3; i <= 90; i++) {
      hub.say("kept:a", Integer.toString(i));
    }
    hub.settle();
    hub.answerReads();
    assertEquals(numbers(1, 90), alice.takeHeard());
    assertTrue(hub.hits("history.healing-bytes") > 0);
  }

  @Test
  void aLongHoleIsReadPieceByPiece() {
    var alice = hub.member(0, "kept:a");
    hub.broker.readRequests.clear();
    for (int i = 1; i <= 40; i++) {
      hub.store("kept:a", Integer.toString(i) + "-".repeat(500));
    }
    hub.say("kept:a", "41");
    hub.answerReads();
    assertEquals(41, alice.takeHeard().size());
    assertTrue(hub.broker.readRequests.size() > 2, hub.broker.readRequests::toString);
  }

  @Test
  void theLastOneBeforeASilenceIsFoundMissing() {
    var alice = hub.member(0, "kept:a");
    hub.say("kept:a", "1");
    hub.store("kept:a", "2");
    hub.settle();
    for (int i = 0; i < 300; i++) {
      hub.passMillis(100);
      hub.answerReads();
    }
    assertEquals(numbers(1, 2), alice.takeHeard());
  }

  @Test
  void aChannelThatIsNotSilentIsNotChecked() {
    hub.member(0, "kept:a");
    hub.broker.readRequests.clear();
    for (int i = 0; i < 300; i++) {
      hub.say("kept:a", "x");
      hub.passMillis(100);
    }
    assertEquals(List.of(), hub.broker.readRequests);
  }

  @Test
  void whatWasMissedWhileTheBrokerWasAwayIsReadWhenItIsBack() {
    var alice = hub.member(0, "kept:a");
    hub.say("kept:a", "1");
    hub.broker.interrupt();
    hub.store("kept:a", "2");
    hub.settle();
    hub.broker.resubscribe("kept:a");
    hub.say("kept:a", "3");
    hub.answerReads();
    assertEquals(numbers(1, 3), alice.takeHeard());
  }

  @Test
  void whoJoinsWhileAHoleIsReadComesInBehindIt() {
    var alice = hub.member(0, "kept:a");
    hole("kept:a", "1", "2");
    var bob = hub.listener(1);
    bob.join("kept:a");
    hub.settle();
    assertEquals(List.of(), bob.takeHeard());
    hub.answerReads();
    hub.say("kept:a", "3");
    hub.settle();
    assertEquals(List.of("joined kept:a", "3"), bob.takeHeard());
    assertEquals(numbers(1, 3), alice.takeHeard());
  }

  @Test
  void aNewEpochThatLostNothingOfOursGoesUnnoticed() {
    var alice = hub.member(0, "kept:a");
    hub.say("kept:a", "1", "2");
    hub.broker.log("kept:a").newEpoch(2);
    hub.say("kept:a", "3");
    hub.answerReads();
    assertEquals(numbers(1, 3), alice.takeHeard());
  }

  @Test
  void aNewEpochThatLostWhatWePassedOnIsAnnounced() {
    var alice = hub.member(0, "kept:a");
    hub.say("kept:a", "1", "2", "3");
    hub.broker.log("kept:a").newEpoch(1);
    hub.say("kept:a", "other 2", "other 3", "other 4");
    hub.answerReads();
    assertEquals(List.of("1", "2", "3", "lost kept:a at 2:1", "other 2", "other 3", "other 4"),
        alice.takeHeard());
  }

  @Test
  void ofAnEpochThatHasNothingOfBeforeAllIsPassedOn() {
    var alice = hub.member(0, "kept:a");
    hub.say("kept:a", "1", "2", "3");
    hub.broker.log("kept:a").clear();
    hub.say("kept:a", "other 1");
    hub.answerReads();
    hub.say("kept:a", "other 2");
    hub.settle();
    assertEquals(List.of("1", "2", "3", "lost kept:a at 2:0", "other 1", "other 2"),
        alice.takeHeard());
  }

  @Test
  void whatIsLateFromAnOldEpochIsDropped() {
    var alice = hub.member(0, "kept:a");
    hub.say("kept:a", "1");
    var late = hub.store("kept:a", "2");
    hub.broker.log("kept:a").newEpoch(1);
    hub.say("kept:a", "other 2");
    hub.broker.deliver("kept:a", late);
    hub.answerReads();
    hub.broker.deliver("kept:a", late);
    hub.answerReads();
    hub.say("kept:a", "3");
    hub.answerReads();
    assertEquals(List.of("1", "other 2", "3"), alice.takeHeard());
  }

  @Test
  void aCounterThatWasRewoundIsFoundByACheck() {
    var alice = hub.member(0, "kept:a");
    hub.say("kept:a", "1", "2", "3");
    hub.settle();
    hub.broker.log("kept:a").rewind(1);
    hub.say("kept:a", "other 2");
    hub.answerReads();
    assertEquals(List.of("1", "2", "3", "lost kept:a at 2:2"), alice.takeHeard());
  }

  @Test
  void aLightFeedReadsNothingBeforeSomebodyAsks() {
    var alice = hub.member(0, "own:#alice");
    hub.say("own:#alice", "1");
    hub.settle();
    assertEquals(List.of("1"), alice.takeHeard());
    assertEquals(List.of(), hub.broker.readRequests);
    hole("own:#alice", "2", "3");
    hub.answerReads();
    assertEquals(numbers(2, 3), alice.takeHeard());
  }

  @Test
  void aLightFeedThatNeverKnewWhereItStoodSaysThatItMayHaveLostSomething() {
    var alice = hub.member(0, "own:#alice");
    hub.broker.interrupt();
    hub.settle();
    hub.broker.resubscribe("own:#alice");
    hub.answerReads();
    assertEquals(List.of("lost own:#alice at 1:0"), alice.takeHeard());
  }

  @Test
  void aShardThatFellBehindGetsWhatItMissedOnceItHasCaughtUp() {
    var small = new TestHub(2, 1, 1_000);
    var alice = small.member(0, "room:a");
    var bob = small.member(1, "room:a");
    for (int i = 1; i <= 300; i++) {
      small.say("room:a", "number " + i);
      // Only the feed's loop turns: nothing leaves the shards' queues.
      small.feedLoops.getFirst().tick();
    }
    small.say("room:a", "number 301");
    for (int i = 0; i < 100; i++) {
      small.passMillis(10);
      small.answerReads();
    }
    var all = IntStream.rangeClosed(1, 301).mapToObj(i -> "number " + i).toList();
    assertEquals(all, alice.takeHeard());
    assertEquals(all, bob.takeHeard());
  }

  @Test
  void whoLeavesInTheTickInWhichHisShardFallsBehindIsGone() {
    var small = new TestHub(1, 1, 1_000);
    var alice = small.member(0, "room:a");
    var feedLoop = small.feedLoops.getFirst();
    small.say("room:a", "a".repeat(500));
    feedLoop.tick();
    small.say("room:a", "b".repeat(500));
    alice.leave("room:a");
    var carol = small.listener(0);
    carol.join("room:a");
    carol.leave("room:a");
    // All of it is one tick's, and what was said goes beyond the shard's limit.
    feedLoop.tick();
    small.takeRequests();
    small.settle();
    for (int i = 0; i < 100; i++) {
      small.passMillis(20);
      small.answerReads();
    }
    assertTrue(small.hits("limits.shard-queue-bytes") > 0);
    assertEquals(List.of(), carol.takeHeard());
    assertEquals(List.of("-room:a"), small.takeRequests());
  }
}
