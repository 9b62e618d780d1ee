package io.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.channel.Position;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Feeds of channels that are one user's own: they don't know where they stand until a publication
/// tells them or somebody asks, while they have members already.
class LightFeedTest {
  private final TestHub hub = new TestHub(2, 1);

  private static List<String> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
  }

  private Listener joining(Start start) {
    var bob = hub.listener(1);
    bob.join("own:#alice", start);
    hub.settle();
    return bob;
  }

  @Test
  void whatIsOnItsWayToALightFeedIsHeardAlthoughItWasReadBefore() {
    var alice = hub.member(0, "own:#alice");
    var first = hub.store("own:#alice", "1");
    var second = hub.store("own:#alice", "2");
    var bob = hub.listener(1);
    bob.join("own:#alice", Start.Now.AT_A_POSITION);
    hub.settle();
    hub.broker.answerRead();
    hub.settle();
    hub.broker.deliver("own:#alice", first);
    hub.broker.deliver("own:#alice", second);
    hub.settle();
    hub.answerReads();
    hub.say("own:#alice", "3");
    hub.settle();
    assertEquals(numbers(1, 3), alice.takeHeard());
    assertEquals(List.of("joined own:#alice at 1:0", "1", "2", "3"), bob.takeHeard());
  }

  @Test
  void aLightFeedIsWhereTheChannelIsIfNothingIsOnItsWay() {
    var alice = hub.member(0, "own:#alice");
    hub.store("own:#alice", "1");
    hub.store("own:#alice", "2");
    var bob = hub.listener(1);
    bob.join("own:#alice", new Start.After(new Position(1, 1)));
    hub.answerReads();
    hub.say("own:#alice", "3");
    hub.settle();
    assertEquals(List.of("3"), alice.takeHeard());
    assertEquals(List.of("joined own:#alice at 1:1 recovered", "2", "3"), bob.takeHeard());
  }

  @Test
  void whoResumesFromWhatIsStillOnItsWayHereMissesNothing() {
    var alice = hub.member(0, "own:#alice");
    for (int i = 1; i <= 4; i++) {
      hub.store("own:#alice", Integer.toString(i));
    }
    var fifth = hub.store("own:#alice", "5");
    var sixth = hub.store("own:#alice", "6");
    var bob = joining(new Start.After(new Position(1, 5)));
    hub.broker.answerRead();
    hub.settle();
    hub.broker.deliver("own:#alice", fifth);
    hub.broker.deliver("own:#alice", sixth);
    hub.settle();
    hub.answerReads();
    hub.say("own:#alice", "7");
    hub.settle();
    assertEquals(numbers(5, 7), alice.takeHeard());
    assertEquals(List.of("joined own:#alice at 1:5 recovered", "6", "7"), bob.takeHeard());
  }

  @Test
  void anAnswerOfAnEarlierEpochDoesNotTakeAFeedBack() {
    var alice = hub.member(0, "own:#alice");
    for (int i = 1; i <= 3; i++) {
      hub.store("own:#alice", Integer.toString(i));
    }
    TestHub.loopOf(alice.shard).inside(
        () -> alice.shard.place(alice.subscription("own:#alice")));
    hub.settle();
    hub.broker.answerRead();
    hub.settle();
    // Without a break of any connection, as when a primary gets its first replica.
    hub.broker.log("own:#alice").newEpoch(3);
    hub.say("own:#alice", "4");
    hub.settle();
    hub.answerReads();
    hub.say("own:#alice", "5");
    hub.settle();
    assertEquals(List.of("4", "joined own:#alice at 2:4", "5"), alice.takeHeard());
  }

  @Test
  void aFenceThatBreaksIsAReadThatFailed() {
    var alice = hub.member(0, "own:#alice");
    hub.store("own:#alice", "1");
    var bob = joining(new Start.After(new Position(1, 0)));
    hub.broker.answerRead();
    hub.settle();
    hub.broker.interrupt();
    hub.settle();
    hub.broker.resubscribe("own:#alice");
    hub.answerReads();
    hub.passMillis(1_000);
    hub.answerReads();
    assertEquals(List.of("joined own:#alice at 1:0 recovered", "1"), bob.takeHeard());
    assertEquals(List.of("lost own:#alice at 1:1"), alice.takeHeard());
  }
}
