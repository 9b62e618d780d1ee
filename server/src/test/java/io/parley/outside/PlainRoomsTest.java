package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the plain protocol says of text, objects and rooms.
@Timeout(30)
class PlainRoomsTest {
  private static final TestNode NODE = TestNode.start("limits.rooms-per-connection", "4");

  @AfterAll
  static void stop() {
    NODE.close();
  }

  private static void assertError(int code, String frame) {
    assertTrue(frame.startsWith("{\"error\":{\"code\":" + code + ",\"message\":\""), frame);
  }

  @Test
  void textGoesToTheRoomAsItIsAndTheSenderGetsItToo() {
    try (var alice = NODE.browser("room=t1"); var bob = NODE.browser("room=t1")) {
      for (var text : new String[]{"Hello!", " spaced ", "[1,2]", "\"q\"", "名前 😀", "\0", "12",
          "x".repeat(60_000)}) {
        alice.saysAndHears(text);
        bob.hears(text);
      }
    }
  }

  @Test
  void asJsonTextArrivesAsAnObjectToTheSenderToo() {
    try (var json = NODE.browser("user=jay&room=t2&as=json");
        var bare = NODE.browser("user=bea&room=t2")) {
      json.say("a \"quoted\"\nline");
      json.hears("{\"text\":\"a \\\"quoted\\\"\\nline\",\"from\":\"jay\",\"room\":\"t2\"}");
      bare.hears("a \"quoted\"\nline");
      bare.saysAndHears("plain");
      json.hears("{\"text\":\"plain\",\"from\":\"bea\",\"room\":\"t2\"}");
    }
  }

  @Test
  void anObjectWithoutAVerbGoesToTheOwnRoomWithItsSender() {
    try (var alice = NODE.browser("user=alice&room=t3");
        var bob = NODE.browser("room=t3&as=json")) {
      alice.say("{\"a\" : [1, {\"to\":\"x\"}]}");
      var seen = "{\"a\" : [1, {\"to\":\"x\"}],\"from\":\"alice\",\"room\":\"t3\"}";
      alice.hears(seen);
      bob.hears(seen);
      alice.say("{}").hears("{\"from\":\"alice\",\"room\":\"t3\"}");
      alice.say("{ }").hears("{ \"from\":\"alice\",\"room\":\"t3\"}");
    }
  }

  @Test
  void aRoomIsNamedWithoutBeingInIt() {
    try (var alice = NODE.browser("user=alice&room=t4"); var bob = NODE.browser("room=news4")) {
      alice.say("{\"room\":\"news4\",\"text\":\"hi\",\"id\":1}").hears("{\"ack\":1}");
      bob.hears("{\"text\":\"hi\",\"id\":1,\"from\":\"alice\",\"room\":\"news4\"}");
      alice.hearsNothing();
    }
  }

  @Test
  void whoJoinsARoomHearsItAndWhoLeavesItDoesNot() {
    try (var alice = NODE.browser("room=t5"); var bob = NODE.browser("room=news5")) {
      alice.say("{\"join\":\"news5\",\"id\":\"j\"}").hears("{\"joined\":\"news5\",\"id\":\"j\"}");
      bob.saysAndHears("one");
      alice.hears("one");
      alice.say("{\"leave\":\"news5\",\"id\":2}").hears("{\"left\":\"news5\",\"id\":2}");
      bob.saysAndHears("two");
      alice.hearsNothing();
    }
  }

  @Test
  void joiningTwiceAndLeavingWhatOneIsNotInAreNoErrors() {
    try (var alice = NODE.browser("room=t6"); var bob = NODE.browser("room=news6")) {
      alice.say("{\"join\":\"news6\"}").hears("{\"joined\":\"news6\"}");
      alice.say("{\"join\":\"news6\"}").hears("{\"joined\":\"news6\"}");
      bob.saysAndHears("once");
      alice.hears("once");
      alice.hearsNothing();
      alice.say("{\"leave\":\"nowhere\"}").hears("{\"left\":\"nowhere\"}");
    }
  }

  @Test
  void theInboxIsJoinedFromTheStart() {
    try (var alice = NODE.browser("room=t7")) {
      alice.say("{\"join\":\"inbox\"}").hears("{\"joined\":\"inbox\"}");
      alice.say("{\"join\":\"inbox\",\"since\":\"e:1\"}")
          .hears("{\"joined\":\"inbox\",\"recovered\":false}");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"room\":\"inbox\",\"a\":1}", "{\"leave\":\"inbox\"}"})
  void inboxIsNoRoomsName(String frame) {
    try (var alice = NODE.browser("room=t8")) {
      assertError(107, alice.say(frame).next());
    }
  }

  @Test
  void afterLeavingItsOwnRoomAConnectionsTextIsRefused() {
    try (var alice = NODE.browser("room=own9"); var bob = NODE.browser("room=own9")) {
      alice.say("{\"leave\":\"own9\"}").hears("{\"left\":\"own9\"}");
      assertError(103, alice.say("text").next());
      assertError(103, alice.say("{\"a\":1}").next());
      bob.hearsNothing();
      alice.say("{\"room\":\"own9\",\"id\":3}").hears("{\"ack\":3}");
      bob.next();
      alice.say("{\"join\":\"own9\"}").hears("{\"joined\":\"own9\"}");
      alice.saysAndHears("back");
      bob.hears("back");
    }
  }

  @Test
  void whoAmITellsUserNodeAndRooms() {
    try (var alice = NODE.browser("user=%22al%5C&room=t10")) {
      alice.say("{\"join\":\"more\"}").hears("{\"joined\":\"more\"}");
      alice.say("{\"whoami\":true,\"id\":\"w\"}").hears("{\"you\":\"\\\"al\\\\\",\"node\":\"n1\","
          + "\"rooms\":[\"t10\",\"more\"],\"id\":\"w\"}");
    }
  }

  @Test
  void roomsBeyondTheLimitAreRefused() {
    try (var alice = NODE.browser("room=r0")) {
      for (int i = 1; i < 4; i++) {
        alice.say("{\"join\":\"r" + i + "\"}").hears("{\"joined\":\"r" + i + "\"}");
      }
      var refused = alice.say("{\"join\":\"r4\",\"id\":9}").next();
      assertError(106, refused);
      assertTrue(refused.endsWith(",\"id\":9}"), refused);
      alice.say("{\"join\":\"r3\"}").hears("{\"joined\":\"r3\"}");
      alice.say("{\"leave\":\"r3\"}").hears("{\"left\":\"r3\"}");
      alice.say("{\"join\":\"r4\"}").hears("{\"joined\":\"r4\"}");
    }
  }

  @Test
  void allMembersSeeOneOrder() {
    try (var alice = NODE.browser("room=t11");
        var bob = NODE.browser("room=t11");
        var carol = NODE.browser("room=t11")) {
      for (int i = 0; i < 50; i++) {
        alice.say("a" + i);
        bob.say("b" + i);
      }
      for (int i = 0; i < 100; i++) {
        var next = carol.next();
        alice.hears(next);
        bob.hears(next);
      }
    }
  }
}
