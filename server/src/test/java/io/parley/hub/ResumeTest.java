package io.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.broker.HistoryRequest;
import io.parley.channel.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Those who come back and name the position at which they left off.
class ResumeTest {
  private final TestHub hub = new TestHub(2, 1);

  private static Start after(long epoch, long offset) {
    return new Start.After(new Position(epoch, offset));
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
  }

  private static List<String> with(String first, List<String> others) {
    var all = new ArrayList<String>();
    all.add(first);
    all.addAll(others);
    return all;
  }

  private Listener resumer(int shard, String channel, Start start) {
    var listener = hub.listener(shard);
    listener.join(channel, start);
    hub.settle();
    if (hub.broker.underWay.containsKey(channel)) {
      hub.broker.answer(channel);
      hub.settle();
    }
    return listener;
  }

  private void storeNumbers(String channel, int from, int to) {
    numbers(from, to).forEach(text -> hub.store(channel, text));
  }

  @Test
  void whatWasMissedComesInOrderBeforeWhatIsLive() {
    storeNumbers("kept:a", 1, 5);
    var alice = resumer(0, "kept:a", after(1, 2));
    hub.answerReads();
    hub.say("kept:a", "6");
    hub.settle();
    assertEquals(with("joined kept:a at 1:2 recovered", numbers(3, 6)), alice.takeHeard());
    assertEquals(1, hub.broker.readRequests.size());
  }

  @Test
  void whoResumesAFirstFeedGetsWhatComesMeanwhileOnce() {
    storeNumbers("kept:a", 1, 5);
    var alice = hub.listener(0);
    alice.join("kept:a", after(1, 3));
    hub.settle();
    hub.broker.answer("kept:a");
    hub.settle();
    hub.say("kept:a", "6", "7");
    hub.answerReads();
    hub.say("kept:a", "8");
    hub.settle();
    assertEquals(with("joined kept:a at 1:3 recovered", numbers(4, 8)), alice.takeHeard());
  }

  @Test
  void whoMissedNothingIsToldSo() {
    storeNumbers("kept:a", 1, 5);
    var alice = resumer(0, "kept:a", after(1, 5));
    hub.answerReads();
    assertEquals(List.of("joined kept:a at 1:5 recovered"), alice.takeHeard());
  }

  @Test
  void whoeverComesLaterIsServedWithoutARead() {
    storeNumbers("kept:a", 1, 5);
    resumer(0, "kept:a", after(1, 2));
    hub.answerReads();
    hub.say("kept:a", "6", "7");
    hub.settle();
    hub.broker.readRequests.clear();
    var bob = resumer(1, "kept:a", after(1, 1));
    hub.say("kept:a", "8");
    hub.settle();
    assertEquals(with("joined kept:a at 1:1 recovered", numbers(2, 8)), bob.takeHeard());
    assertEquals(List.of(), hub.broker.readRequests);
  }

  @Test
  void manyWhoComeBackAtOnceCostOneReadAndOneEncoding() {
    storeNumbers("kept:a", 1, 50);
    var listeners = new ArrayList<Listener>();
    for (int i = 0; i < 1_000; i++) {
      var listener = hub.listener(i % 2);
      listener.join("kept:a", after(1, i % 50));
      listeners.add(listener);
    }
    hub.settle();
    hub.broker.answer("kept:a");
    hub.answerReads();
    for (int i = 0; i < 1_000; i++) {
      int offset = i % 50;
      assertEquals(
          with("joined kept:a at 1:" + offset + " recovered", numbers(offset + 1, 50)),
          listeners.get(i).takeHeard());
    }
    assertEquals(1, hub.broker.readRequests.size());
    assertEquals(50, hub.encoded[0]);
  }

  @Test
  void whatComesLiveWhileItIsReadComesOnce() {
    var alice = hub.member(0, "kept:a");
    hub.say("kept:a", "1", "2");
    var bob = resumer(1, "kept:a", after(1, 0));
    hub.say("kept:a", "3");
    hub.settle();
    assertEquals(numbers(1, 3), alice.takeHeard());
    assertEquals(List.of(), bob.takeHeard());
    hub.answerReads();
    hub.say("kept:a", "4");
    hub.settle();
    assertEquals(with("joined kept:a at 1:0 recovered", numbers(1, 4)), bob.takeHeard());
    assertEquals(numbers(4, 4), alice.takeHeard());
  }

  @Test
  void aClientAheadOfTheFeedWaitsUntilTheFeedIsThere() {
    var alice = hub.member(0, "kept:a");
    hub.say("kept:a", "1");
    var second = hub.store("kept:a", "2");
    var bob = resumer(1, "kept:a", after(1, 2));
    assertEquals(List.of(), bob.takeHeard());
    hub.answerReads();
    hub.broker.deliver("kept:a", second);
    hub.answerReads();
    assertEquals(List.of("joined kept:a at 1:2 recovered"), bob.takeHeard());
    assertEquals(numbers(1, 2), alice.takeHeard());
  }

  @Test
  void aClientAheadOfTheBrokerIsRefuted() {
    hub.member(0, "kept:a");
    hub.say("kept:a", "1");
    var bob = resumer(1, "kept:a", after(1, 2));
    hub.answerReads();
    assertEquals(List.of("joined kept:a at 1:1 not recovered"), bob.takeHeard());
  }

  @Test
  void whoComesDuringAReadIsNotRefutedByIt() {
    hub.member(0, "kept:a");
    hub.say("kept:a", "1");
    resumer(1, "kept:a", after(1, 0));
    assertEquals(1, hub.broker.readsUnderWay());
    // What he has seen was published after that read saw the channel.
    var carol = hub.listener(1);
    hub.broker.answerRead();
    hub.store("kept:a", "2");
    carol.join("kept:a", after(1, 2));
    hub.answerReads();
    assertEquals(List.of("joined kept:a at 1:2 recovered"), carol.takeHeard());
  }

  @Test
  void whatIsNoLongerKeptIsNotRecovered() {
    storeNumbers("short:a", 1, 5);
    var alice = resumer(0, "short:a", after(1, 1));
    var bob = resumer(0, "short:a", after(1, 2));
    hub.answerReads();
    hub.say("short:a", "6");
    hub.settle();
    assertEquals(List.of("joined short:a at 1:5 not recovered", "6"), alice.takeHeard());
    assertEquals(with("joined short:a at 1:2 recovered", numbers(3, 6)), bob.takeHeard());
  }

  @Test
  void whatIsTooMuchIsNotRecovered() {
    for (int i = 0; i < 12; i++) {
      hub.store("kept:a", "x".repeat(999));
    }
    var alice = resumer(0, "kept:a", after(1, 0));
    var bob = resumer(0, "kept:a", after(1, 3));
    hub.answerReads();
    assertEquals(List.of("joined kept:a at 1:12 not recovered"), alice.takeHeard());
    assertEquals(10, bob.takeHeard().size());
  }

  @Test
  void aPositionOfTheEpochBeforeIsGoodUpToTheBase() {
    storeNumbers("kept:a", 1, 5);
    hub.broker.log("kept:a").newEpoch(4);
    hub.store("kept:a", "other 5");
    var good = resumer(0, "kept:a", after(1, 4));
    var gone = resumer(0, "kept:a", after(1, 5));
    var strange = resumer(0, "kept:a", after(99, 1));
    var ours = resumer(0, "kept:a", after(2, 3));
    hub.answerReads();
    assertEquals(List.of("joined kept:a at 2:4 recovered", "other 5"), good.takeHeard());
    assertEquals(List.of("joined kept:a at 2:5 not recovered"), gone.takeHeard());
    assertEquals(List.of("joined kept:a at 2:5 not recovered"), strange.takeHeard());
    assertEquals(List.of("joined kept:a at 2:3 recovered", "4", "other 5"), ours.takeHeard());
  }

  @Test
  void anEpochThatCannotBeOursIsRefusedWithoutARead() {
    hub.member(0, "kept:a");
    hub.say("kept:a", "1");
    hub.settle();
    hub.broker.readRequests.clear();
    var alice = resumer(0, "kept:a", after(Position.NO_EPOCH, 1));
    assertEquals(List.of("joined kept:a at 1:1 not recovered"), alice.takeHeard());
    assertEquals(List.of(), hub.broker.readRequests);
    hub.broker.log("kept:a").expire();
    hub.say("kept:a", "2");
    hub.answerReads();
    var fromTheBeginning = resumer(0, "kept:a", after(Position.NO_EPOCH, 0));
    assertEquals(List.of("joined kept:a at 1:2 not recovered"), fromTheBeginning.takeHeard());
  }

  @Test
  void whoKnowsNoEpochGoesOnInTheOneThatThereIs() {
    storeNumbers("kept:a", 1, 5);
    var first = resumer(0, "kept:a", Start.After.inAnyEpoch(2));
    hub.answerReads();
    hub.settle();
    assertEquals(with("joined kept:a at 1:2 recovered", numbers(3, 5)), first.takeHeard());
    var ahead = resumer(0, "kept:a", Start.After.inAnyEpoch(9));
    hub.answerReads();
    hub.settle();
    assertEquals(List.of("joined kept:a at 1:5 not recovered"), ahead.takeHeard());
  }

  @Test
  void whereThereIsNoHistoryNothingIsRecovered() {
    var alice = resumer(0, "news", after(1, 1));
    assertEquals(List.of("joined news not recovered"), alice.takeHeard());
  }

  @Test
  void aLightChannelIsReadFromWhereItsReaderLeftOff() {
    storeNumbers("own:#a", 1, 50);
    var alice = resumer(0, "own:#a", after(1, 47));
    hub.answerReads();
    assertEquals(with("joined own:#a at 1:47 recovered", numbers(48, 50)), alice.takeHeard());
    assertEquals(List.of(47L), hub.broker.readRequests.stream().map(HistoryRequest::after)
        .toList());
    hub.say("own:#a", "51");
    hub.settle();
    assertEquals(numbers(51, 51), alice.takeHeard());
  }

  @Test
  void aDeviceAheadOfALightFeedWaitsUntilTheFeedIsThere() {
    storeNumbers("own:#a", 1, 5);
    var laptop = resumer(0, "own:#a", after(1, 5));
    hub.answerReads();
    // The phone has read these elsewhere; on this node they were lost.
    storeNumbers("own:#a", 6, 8);
    var phone = resumer(1, "own:#a", after(1, 7));
    hub.broker.readRequests.clear();
    hub.answerReads();
    assertEquals(with("joined own:#a at 1:5 recovered", numbers(6, 8)), laptop.takeHeard());
    assertEquals(with("joined own:#a at 1:7 recovered", numbers(8, 8)), phone.takeHeard());
    assertTrue(hub.broker.readRequests.size() <= 2, hub.broker.readRequests::toString);
  }

  @Test
  void whatIsStillOnItsWayToALightFeedIsNotLost() {
    storeNumbers("own:#a", 1, 5);
    var laptop = resumer(0, "own:#a", after(1, 5));
    hub.answerReads();
    var sixth = hub.store("own:#a", "6");
    var phone = resumer(1, "own:#a", after(1, 6));
    hub.broker.deliver("own:#a", sixth);
    hub.answerReads();
    assertEquals(with("joined own:#a at 1:5 recovered", numbers(6, 6)), laptop.takeHeard());
    assertEquals(List.of("joined own:#a at 1:6 recovered"), phone.takeHeard());
  }

  @Test
  void moreThanOneReadBringsIsHealedBeforeAnybodyResumes() {
    storeNumbers("own:#a", 1, 1);
    var laptop = resumer(0, "own:#a", after(1, 1));
    hub.answerReads();
    for (int i = 2; i <= 30; i++) {
      hub.store("own:#a", i + "-".repeat(600));
    }
    var phone = resumer(1, "own:#a", after(1, 29));
    hub.answerReads();
    assertEquals(30, laptop.takeHeard().size());
    assertEquals(2, phone.takeHeard().size());
  }

  @Test
  void aNodeThatHasntHeardOfAnEpochAsksBeforeItRefuses() {
    storeNumbers("kept:a", 1, 5);
    var alice = resumer(0, "kept:a", after(1, 5));
    hub.answerReads();
    hub.broker.log("kept:a").newEpoch(5);
    var bob = resumer(1, "kept:a", after(2, 4));
    hub.answerReads();
    assertEquals(List.of("joined kept:a at 1:5 recovered"), alice.takeHeard());
    assertEquals(List.of("joined kept:a at 2:4 recovered", "5"), bob.takeHeard());
  }

  @Test
  void aSecondDeviceOfALightChannelWaitsForItsOwnRead() {
    storeNumbers("own:#a", 1, 5);
    var phone = resumer(0, "own:#a", after(1, 5));
    hub.answerReads();
    var laptop = resumer(1, "own:#a", after(1, 1));
    hub.say("own:#a", "6");
    hub.settle();
    assertEquals(List.of("joined own:#a at 1:5 recovered"), phone.takeHeard());
    hub.answerReads();
    assertEquals(numbers(6, 6), phone.takeHeard());
    assertEquals(with("joined own:#a at 1:1 recovered", numbers(2, 6)), laptop.takeHeard());
  }

  @Test
  void whoeverLeavesWhileHeWaitsIsNotServed() {
    storeNumbers("kept:a", 1, 5);
    var alice = resumer(0, "kept:a", after(1, 2));
    alice.leave("kept:a");
    hub.answerReads();
    assertEquals(List.of(), alice.takeHeard());
    hub.passMillis(2_000);
    assertEquals(List.of("+kept:a", "-kept:a"), hub.takeRequests());
  }

  @Test
  void whoResumesWhileTheBrokerBreaksIsServedWhenItIsBack() {
    storeNumbers("kept:a", 1, 5);
    var alice = resumer(0, "kept:a", after(1, 2));
    hub.broker.interrupt();
    hub.settle();
    hub.broker.answerRead();
    hub.settle();
    assertEquals(List.of(), alice.takeHeard());
    hub.broker.resubscribe("kept:a");
    hub.answerReads();
    assertEquals(with("joined kept:a at 1:2 recovered", numbers(3, 5)), alice.takeHeard());
  }

  @Test
  void aPositionIsToldToWhoAsksForIt() {
    storeNumbers("kept:a", 1, 5);
    var alice = resumer(0, "kept:a", Start.Now.AT_A_POSITION);
    hub.answerReads();
    assertEquals(List.of("joined kept:a at 1:5"), alice.takeHeard());
    storeNumbers("own:#a", 1, 3);
    var bob = resumer(0, "own:#a", Start.Now.AT_A_POSITION);
    hub.answerReads();
    assertEquals(List.of("joined own:#a at 1:3"), bob.takeHeard());
  }

  @Test
  void aMemberCanAskWhereHeIs() {
    storeNumbers("own:#a", 1, 3);
    var alice = hub.member(0, "own:#a");
    TestHub.loopOf(alice.shard).inside(
        () -> alice.shard.place(alice.subscription("own:#a")));
    hub.answerReads();
    assertEquals(List.of("joined own:#a at 1:3"), alice.takeHeard());
  }
}
