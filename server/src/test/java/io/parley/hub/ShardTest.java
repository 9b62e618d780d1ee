package io.parley.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.loop.ManualLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// From a feed to the members on all shards: encoding, ticks, slices, bounds.
class ShardTest {
  @Test
  void aPublicationIsEncodedOncePerEncodingHoweverManyGetIt() {
    var hub = new TestHub(3, 1);
    var all = new ArrayList<Listener>();
    for (int i = 0; i < 30; i++) {
      var listener = hub.listener(i % 3, i % 2);
      listener.join("news");
      all.add(listener);
    }
    hub.settle();
    hub.broker.answer("news");
    hub.settle();
    all.forEach(Listener::takeHeard);

    hub.publish("news", "a");
    hub.publish("news", "b");
    hub.settle();
    assertArrayEquals(new int[]{2, 2}, hub.encoded);
    for (int i = 0; i < 30; i++) {
      assertEquals(i % 2 == 0 ? List.of("a", "b") : List.of("*a", "*b"), all.get(i).takeHeard());
      assertEquals(1, all.get(i).deliveries, "both in one piece");
    }
  }

  @Test
  void anEncodingThatNobodyReadsIsNotMade() {
    var hub = new TestHub(2, 1);
    hub.member(0, "news");
    hub.publish("news", "a");
    hub.settle();
    assertArrayEquals(new int[]{1, 0}, hub.encoded);
  }

  @Test
  void whatCanNotBeEncodedIsLeftOutAndHarmsNobody() {
    var hub = new TestHub(2, 1);
    var alice = hub.member(0, "news");
    var bob = hub.listener(0, 1);
    var carol = hub.listener(1, 1);
    bob.join("news");
    carol.join("news");
    hub.settle();
    bob.takeHeard();
    carol.takeHeard();
    // Alone in its tick, then first, last and in the middle of a run.
    for (var tick : List.of("p", "p1", "2p", "3p4")) {
      tick.chars().forEach(c -> hub.publish(
          "news", c == 'p' ? TestHub.POISON : Character.toString(c)));
      hub.settle();
    }
    assertEquals(List.of("poison", "poison", "1", "2", "poison", "3", "poison", "4"),
        alice.takeHeard());
    assertEquals(List.of("*1", "*2", "*3", "*4"), bob.takeHeard());
    assertEquals(List.of("*1", "*2", "*3", "*4"), carol.takeHeard());
    assertEquals(0, hub.shard(0).queuedBytes());
    assertEquals(0, hub.shard(1).queuedBytes());
  }

  @Test
  void aShardGetsOneTaskPerTickOfTheFeedLoopAndOnlyIfItHasMembers() {
    var hub = new TestHub(3, 1);
    hub.member(0, "news");
    hub.member(0, "sports");
    hub.member(1, "sports");
    for (int i = 0; i < 10; i++) {
      hub.publish("news", "n" + i);
      hub.publish("sports", "s" + i);
    }
    hub.feedLoops.getFirst().tick();
    assertEquals(List.of(1, 1, 0), hub.shardLoops.stream().map(l -> l.waiting()).toList());
  }

  @Test
  void theOwnCopyIsHiddenFromItsPublisherAlone() {
    var hub = new TestHub(2, 1);
    var phone = hub.member(0, "inbox:#bob");
    var laptop = hub.member(0, "inbox:#bob");
    var tablet = hub.member(1, "inbox:#bob");
    hub.publish("inbox:#bob", "1");
    hub.broker.deliver("inbox:#bob",
        TestHub.publication("2", phone.client()).hiddenFrom(phone.client()));
    hub.publish("inbox:#bob", "3");
    hub.settle();
    assertEquals(List.of("1", "3"), phone.takeHeard());
    assertEquals(List.of("1", "2", "3"), laptop.takeHeard());
    assertEquals(List.of("1", "2", "3"), tablet.takeHeard());
  }

  @Test
  void aLargeRoomIsServedInSlicesAndOthersHaveTheirTurnInBetween() {
    var hub = new TestHub(1, 1);
    var crowd = crowd(hub, 2_500);
    var alice = hub.member(0, "small");
    var feed = hub.feedLoops.getFirst();
    var shard = hub.shardLoops.getFirst();
    hub.publish("crowd", "1");
    feed.tick();
    assertTrue(shard.tick());
    assertEquals(1_000, served(crowd));

    // It comes in the midst of the large room's run, and doesn't wait for its end.
    hub.publish("small", "s");
    feed.tick();
    assertTrue(shard.tick());
    assertEquals(List.of("s"), alice.heard);
    assertEquals(2_000, served(crowd));
    assertTrue(shard.tick());
    assertEquals(2_500, served(crowd));
    assertFalse(shard.tick());
  }

  @Test
  void whatComesInTheMidstOfARunWaitsForItsEnd() {
    var hub = new TestHub(1, 1);
    var crowd = crowd(hub, 1_500);
    var feed = hub.feedLoops.getFirst();
    var shard = hub.shardLoops.getFirst();
    hub.publish("crowd", "1");
    feed.tick();
    shard.tick();
    // One who joins, alone; he must not get what the others are just given.
    var late = hub.listener(0);
    late.join("crowd");
    feed.tick();
    runTasks(shard);
    assertEquals(List.of(), late.heard);
    hub.publish("crowd", "2");
    hub.broker.interrupt();
    hub.broker.resubscribe("crowd");
    hub.publish("crowd", "3");
    feed.tick();
    runTasks(shard);
    // Somebody who has got it leaves, and somebody who hasn't.
    var served = crowd.stream().filter(l -> !l.heard.isEmpty()).findFirst().orElseThrow();
    var unserved = crowd.stream().filter(l -> l.heard.isEmpty()).findFirst().orElseThrow();
    served.leave("crowd");
    unserved.leave("crowd");
    assertTrue(hub.shard(0).queuedBytes() > 0, "what waits counts");
    hub.settle();
    assertEquals(List.of("1"), served.heard);
    assertEquals(List.of(), unserved.heard);
    crowd.removeAll(List.of(served, unserved));
    crowd.forEach(l -> assertEquals(List.of("1", "2", "lost crowd", "3"), l.heard));
    assertEquals(List.of("joined crowd", "2", "lost crowd", "3"), late.heard);
    assertEquals(0, hub.shard(0).queuedBytes());
  }

  private static void runTasks(ManualLoop loop) {
    boolean busy = true;
    while (busy) {
      busy = loop.runTask();
    }
  }

  private static List<Listener> crowd(TestHub hub, int members) {
    var crowd = new ArrayList<Listener>();
    for (int i = 0; i < members; i++) {
      crowd.add(hub.listener(0));
      crowd.getLast().join("crowd");
    }
    hub.settle();
    hub.broker.answer("crowd");
    hub.settle();
    crowd.forEach(Listener::takeHeard);
    return crowd;
  }

  @Test
  void runsThatMeetOnTheirWayBecomeOneAndTheirBytesAreCountedOff() {
    var hub = new TestHub(2, 1);
    var alice = hub.member(0, "news");
    var feed = hub.feedLoops.getFirst();
    hub.publish("news", "1");
    feed.tick();
    // From here on the channel is read in a second encoding, on the other shard.
    var bob = hub.listener(1, 1);
    bob.join("news");
    feed.tick();
    hub.publish("news", "2");
    feed.tick();
    hub.settle();
    assertEquals(List.of("1", "2"), alice.heard);
    assertEquals(1, alice.deliveries);
    assertEquals(List.of("joined news", "*2"), bob.heard);
    assertEquals(0, hub.shard(0).queuedBytes());
    assertEquals(0, hub.shard(1).queuedBytes());
  }

  private static long served(List<Listener> crowd) {
    return crowd.stream().filter(l -> !l.heard.isEmpty()).count();
  }

  @Test
  void whatIsBeyondTheLimitOfAShardIsDroppedAndTheLossToldOnceItHasCaughtUp() {
    var hub = new TestHub(2, 1, 100);
    var slow = hub.member(0, "news");
    var quick = hub.member(1, "news");
    var feed = hub.feedLoops.getFirst();
    var quickLoop = hub.shardLoops.get(1);
    for (int i = 0; i < 3; i++) {
      hub.publish("news", i + "x".repeat(49));
      feed.tick();
      quickLoop.tick();
    }
    // Joins are never dropped.
    var late = hub.listener(0);
    late.join("news");
    feed.tick();
    assertEquals(3, quick.takeHeard().size());
    assertEquals(51, hub.shard(0).queuedBytes());

    // It hasn't caught up: what comes now would stand before the word of the loss.
    hub.publish("news", "small");
    feed.tick();
    hub.shardLoops.getFirst().tick();
    assertEquals(1, slow.takeHeard().size());
    assertEquals(List.of("joined news"), late.takeHeard());

    hub.passMillis(10);
    assertEquals(List.of("lost news"), slow.takeHeard());
    assertEquals(List.of("lost news"), late.takeHeard());
    hub.publish("news", "after");
    hub.passMillis(1_000);
    assertEquals(List.of("after"), slow.takeHeard());
    assertEquals(List.of("after"), late.takeHeard());
    assertEquals(List.of("small", "after"), quick.takeHeard());
  }

  @Test
  void waitingForAShardToCatchUpCostsOneTimerHoweverManyChannelsLost() {
    var hub = new TestHub(1, 1, 100);
    for (int i = 0; i < 20; i++) {
      hub.member(0, "room" + i);
    }
    var feed = hub.feedLoops.getFirst();
    hub.publish("room0", "x".repeat(90));
    feed.tick();
    for (int tick = 0; tick < 50; tick++) {
      for (int i = 0; i < 20; i++) {
        hub.publish("room" + i, "x".repeat(90));
      }
      feed.tick();
    }
    assertEquals(1, feed.scheduled());
  }

  @Test
  void aTickWritesOnceToEachConnection() {
    var hub = new TestHub(1, 1);
    var flushes = new ArrayList<String>();
    var loop = hub.shardLoops.getFirst();
    loop.inside(() -> {
      hub.shard(0).flushAtTickEnd(() -> flushes.add("a"));
      hub.shard(0).flushAtTickEnd(() -> {
        flushes.add("b");
        hub.shard(0).flushAtTickEnd(() -> flushes.add("next tick's"));
      });
    });
    assertEquals(List.of(), flushes);
    loop.endTick();
    assertEquals(List.of("a", "b"), flushes);
    loop.endTick();
    assertEquals(List.of("a", "b", "next tick's"), flushes);
  }
}
