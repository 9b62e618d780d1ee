package io.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What a feed asks of the broker, and when: the races of joining, leaving and interruptions, each
/// made on purpose.
class FeedTest {
  private final TestHub hub = new TestHub(2, 1);

  @Test
  void theFirstToComeJoinsOnceTheBrokerConfirms() {
    var alice = hub.listener(0);
    var subscription = alice.join("news");
    hub.settle();
    assertEquals(List.of("+news"), hub.takeRequests());
    assertEquals(List.of(), alice.takeHeard());
    assertFalse(subscription.isJoined());

    hub.broker.answer("news");
    hub.settle();
    assertEquals(List.of("joined news"), alice.takeHeard());
    assertTrue(subscription.isJoined());
  }

  @Test
  void othersWhoComeWhileTheFirstWaitsCostNoRequest() {
    var alice = hub.listener(0);
    var bob = hub.listener(1);
    alice.join("news");
    bob.join("news");
    hub.settle();
    hub.broker.answer("news");
    hub.settle();
    assertEquals(List.of("+news"), hub.takeRequests());
    assertEquals(List.of("joined news"), alice.takeHeard());
    assertEquals(List.of("joined news"), bob.takeHeard());
  }

  @Test
  void whoJoinsGetsWhatComesAfterAndNothingBefore() {
    var alice = hub.member(0, "news");
    var bob = hub.listener(0);
    hub.publish("news", "1");
    bob.join("news");
    hub.publish("news", "2");
    hub.settle();
    // All of it in one tick of the feed loop, so that the join stands between two runs.
    assertEquals(List.of("1", "2"), alice.takeHeard());
    assertEquals(List.of("joined news", "2"), bob.takeHeard());
  }

  @Test
  void publicationsThatCameBeforeTheConfirmationAreNobodys() {
    var alice = hub.listener(0);
    alice.join("news");
    hub.settle();
    hub.hub.onPublication("news", TestHub.publication("early", TestHub.SOMEBODY));
    hub.broker.answer("news");
    hub.publish("news", "late");
    hub.settle();
    assertEquals(List.of("joined news", "late"), alice.takeHeard());
  }

  @Test
  void whoLeavesWhileTheFeedIsSubscribedHearsNothingAndTheFeedEnds() {
    var alice = hub.listener(0);
    alice.join("news");
    hub.settle();
    alice.leave("news");
    hub.settle();
    hub.broker.answer("news");
    hub.publish("news", "1");
    hub.settle();
    assertEquals(List.of(), alice.takeHeard());
    assertEquals(List.of("+news"), hub.takeRequests());

    hub.passMillis(1_001);
    assertEquals(List.of("-news"), hub.takeRequests());
    hub.broker.answer("news");
    hub.settle();
    assertEquals(0, hub.broker.subscribed.size());
  }

  /// While Redis is away, nothing is confirmed: whoever comes and goes must leave nothing behind.
  @Test
  void aFeedThatIsNeverConfirmedEndsAsWell() {
    for (int i = 0; i < 100; i++) {
      var alice = hub.listener(0);
      alice.join("news-" + i);
      hub.settle();
      alice.leave("news-" + i);
      hub.settle();
    }
    hub.takeRequests();
    hub.passMillis(1_001);
    assertEquals(100, hub.takeRequests().size());
    hub.broker.interrupt();
    hub.settle();
    assertEquals(0, hub.broker.underWay.size());
    hub.member(0, "news-7");
    assertEquals(List.of("+news-7"), hub.takeRequests());
  }

  @Test
  void whoComesWhileAFeedIsGivenUpGetsANewOne() {
    var alice = hub.listener(0);
    alice.join("news");
    hub.settle();
    alice.leave("news");
    hub.settle();
    hub.passMillis(1_001);
    assertEquals(List.of("+news", "-news"), hub.takeRequests());
    alice.join("news");
    hub.settle();
    assertEquals(List.of(), hub.takeRequests());
    hub.broker.answer("news");
    hub.settle();
    assertEquals(List.of("+news"), hub.takeRequests());
    assertEquals(List.of(), alice.takeHeard());
    hub.broker.answer("news");
    hub.settle();
    assertEquals(List.of("joined news"), alice.takeHeard());
  }

  @Test
  void whoLeavesWhenTheWordOfHavingJoinedIsOnItsWayNeverHearsIt() {
    hub.member(1, "news");
    var alice = hub.listener(0);
    alice.join("news");
    hub.feedLoops.getFirst().tick();
    alice.leave("news");
    hub.publish("news", "1");
    hub.settle();
    assertEquals(List.of(), alice.takeHeard());
  }

  @Test
  void theFeedLingersForASecondAfterTheLastHasLeft() {
    var alice = hub.member(0, "news");
    hub.takeRequests();
    alice.leave("news");
    hub.settle();
    hub.passMillis(999);
    assertEquals(List.of(), hub.takeRequests());
    alice.join("news");
    hub.settle();
    assertEquals(List.of("joined news"), alice.takeHeard());
    hub.passMillis(5_000);
    assertEquals(List.of(), hub.takeRequests());

    alice.leave("news");
    hub.settle();
    hub.passMillis(999);
    assertEquals(List.of(), hub.takeRequests());
    hub.passMillis(2);
    assertEquals(List.of("-news"), hub.takeRequests());
  }

  @Test
  void theLastLeavesWhileTheFirstJoins() {
    var alice = hub.member(0, "news");
    var bob = hub.listener(1);
    hub.takeRequests();
    alice.leave("news");
    bob.join("news");
    hub.settle();
    hub.publish("news", "1");
    hub.passMillis(5_000);
    assertEquals(List.of(), hub.takeRequests());
    assertEquals(List.of("joined news", "1"), bob.takeHeard());
    assertEquals(List.of(), alice.takeHeard());
  }

  @Test
  void whoJoinsWhileTheBrokerUnsubscribesIsSubscribedAnewAfterwards() {
    endOf("news");
    var bob = hub.listener(0);
    bob.join("news");
    hub.settle();
    assertEquals(List.of(), hub.takeRequests());
    hub.broker.answer("news");
    hub.settle();
    assertEquals(List.of("+news"), hub.takeRequests());
    assertEquals(List.of(), bob.takeHeard());
    hub.broker.answer("news");
    hub.publish("news", "1");
    hub.settle();
    assertEquals(List.of("joined news", "1"), bob.takeHeard());
  }

  @Test
  void whoJoinsAndLeavesWhileTheBrokerUnsubscribesCostsNothing() {
    endOf("news");
    var bob = hub.listener(0);
    bob.join("news");
    hub.settle();
    bob.leave("news");
    hub.settle();
    hub.broker.answer("news");
    hub.passMillis(2_000);
    assertEquals(List.of(), hub.takeRequests());
    assertEquals(List.of(), bob.takeHeard());
  }

  /// Everybody has left a channel, and the broker has been asked to stop.
  private void endOf(String channel) {
    hub.member(0, channel).leave(channel);
    hub.settle();
    hub.passMillis(1_001);
    assertEquals(List.of("+" + channel, "-" + channel), hub.takeRequests());
  }

  @Test
  void aChannelThatIsLeftAgainAndAgainDoesNotKeepOthersSubscribed() {
    var restless = hub.member(0, "restless");
    var alice = hub.member(0, "quiet");
    hub.takeRequests();
    restless.leave("restless");
    hub.settle();
    alice.leave("quiet");
    hub.settle();
    for (int i = 0; i < 4; i++) {
      restless.join("restless");
      hub.settle();
      restless.leave("restless");
      hub.passMillis(300);
    }
    assertEquals(List.of("-quiet"), hub.takeRequests());
  }

  @Test
  void anInterruptionIsAnnouncedOnceToEachMemberAndToNobodyElse() {
    var alice = hub.member(0, "news");
    var bob = hub.member(1, "news");
    hub.broker.interrupt();
    hub.settle();
    var carol = hub.listener(1);
    carol.join("news");
    hub.settle();
    // Before it is back, a second one: still one hole for the members.
    hub.broker.interrupt();
    hub.settle();
    assertEquals(List.of(), alice.takeHeard());
    assertEquals(List.of(), carol.takeHeard());

    hub.broker.resubscribe("news");
    hub.publish("news", "1");
    hub.settle();
    assertEquals(List.of("lost news", "1"), alice.takeHeard());
    assertEquals(List.of("lost news", "1"), bob.takeHeard());
    assertEquals(List.of("joined news", "1"), carol.takeHeard());
    assertEquals(List.of("+news"), hub.takeRequests());
  }

  @Test
  void anInterruptionWhileSubscribingChangesNothing() {
    var alice = hub.listener(0);
    alice.join("news");
    hub.settle();
    hub.broker.interrupt();
    hub.settle();
    assertEquals(List.of(), alice.takeHeard());
    hub.broker.answer("news");
    hub.settle();
    assertEquals(List.of("joined news"), alice.takeHeard());
    assertEquals(List.of("+news"), hub.takeRequests());
  }

  @Test
  void anInterruptionEndsWhatIsBeingUnsubscribed() {
    endOf("news");
    hub.broker.interrupt();
    hub.settle();
    var bob = hub.listener(0);
    bob.join("news");
    hub.settle();
    assertEquals(List.of("+news"), hub.takeRequests());
    hub.broker.answer("news");
    hub.settle();
    assertEquals(List.of("joined news"), bob.takeHeard());
  }

  @Test
  void anInterruptionThatOvertakesTheRequestToUnsubscribeMakesNoSecondRequest() {
    var alice = hub.member(0, "news");
    alice.leave("news");
    hub.settle();
    hub.takeRequests();
    // The broker has lost its connection, but the feed asks it to stop before it knows.
    hub.time.passMillis(1_001);
    var loop = hub.feedLoops.getFirst();
    loop.execute(() -> {});
    loop.runTask();
    hub.broker.interrupt();
    hub.settle();
    alice.join("news");
    hub.settle();
    assertEquals(List.of("-news"), hub.takeRequests());
    hub.broker.answer("news");
    hub.settle();
    assertEquals(List.of("+news"), hub.takeRequests());
  }

  @Test
  void aFeedThatIsEmptyWhenInterruptedEndsAllTheSame() {
    var alice = hub.member(0, "news");
    hub.broker.interrupt();
    hub.settle();
    alice.leave("news");
    hub.settle();
    hub.takeRequests();
    hub.passMillis(1_001);
    assertEquals(List.of("-news"), hub.takeRequests());
    hub.broker.resubscribe("news");
    hub.settle();
    hub.broker.answer("news");
    hub.settle();
    assertEquals(0, hub.broker.subscribed.size() + hub.broker.resubscribing.size());
  }

  @Test
  void whoCameAndWentDuringAnInterruptionLeavesNoSubscriptionBehind() {
    var alice = hub.member(0, "news");
    alice.leave("news");
    hub.settle();
    hub.broker.interrupt();
    hub.settle();
    var bob = hub.listener(0);
    bob.join("news");
    hub.passMillis(1_001);
    bob.leave("news");
    hub.settle();
    hub.broker.resubscribe("news");
    hub.settle();
    hub.takeRequests();
    hub.passMillis(1_001);
    assertEquals(List.of("-news"), hub.takeRequests());
  }
}
