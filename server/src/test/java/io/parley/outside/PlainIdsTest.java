package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the plain protocol says of ids, acks and retries.
@Timeout(30)
class PlainIdsTest {
  private final TestNode node = TestNode.start();

  @AfterEach
  void stop() {
    node.close();
  }

  private static void assertConflict(String frame, String id) {
    assertTrue(frame.startsWith("{\"error\":{\"code\":107,"), frame);
    assertTrue(frame.endsWith(",\"id\":" + id + "}"), frame);
  }

  @Test
  void anIdIsAnsweredAsItWasSpelled() {
    try (var alice = node.browser("user=alice&room=away")) {
      for (var id : new String[]{"1", "-5", "\"1x\"", "\"é\\\"\\\\\"", "12345678901234567890"}) {
        alice.say("{\"room\":\"r\",\"id\":" + id + "}").hears("{\"ack\":" + id + "}");
      }
      var longest = "\"" + "é".repeat(64) + "\"";
      alice.say("{\"room\":\"r\",\"id\":" + longest + "}").hears("{\"ack\":" + longest + "}");
    }
  }

  @Test
  void aRetryIsAcknowledgedAndNotDeliveredTwice() {
    try (var alice = node.browser("user=alice");
        var again = node.browser("user=alice&room=r2");
        var bob = node.browser("user=bob&room=r1")) {
      var message = "{\"room\":\"r1\",\"text\":\"once\",\"id\":\"m1\"}";
      alice.say(message).hears("{\"ack\":\"m1\"}");
      alice.say(message).hears("{\"ack\":\"m1\"}");
      again.say(message).hears("{\"ack\":\"m1\"}");
      bob.hears("{\"text\":\"once\",\"id\":\"m1\",\"from\":\"alice\",\"room\":\"r1\"}");
      bob.hearsNothing();
    }
  }

  @Test
  void aRetryOfADirectMessageIsNotDeliveredTwice() {
    try (var alice = node.browser("user=alice");
        var other = node.browser("user=alice");
        var bob = node.browser("user=bob")) {
      for (int i = 0; i < 3; i++) {
        alice.say("{\"to\":[\"bob\",\"carol\"],\"id\":7}").hears("{\"ack\":7}");
      }
      bob.next();
      bob.hearsNothing();
      other.next();
      other.hearsNothing();
    }
  }

  @Test
  void anotherPayloadUnderAUsedIdIsRefused() {
    try (var alice = node.browser("user=alice&room=own"); var bob = node.browser("room=r1")) {
      alice.say("{\"room\":\"r1\",\"n\":1,\"id\":1}").hears("{\"ack\":1}");
      assertConflict(alice.say("{\"room\":\"r1\",\"n\":2,\"id\":1}").next(), "1");
      bob.hears("{\"n\":1,\"id\":1,\"from\":\"alice\",\"room\":\"r1\"}");
      bob.hearsNothing();
      alice.say("{\"to\":\"bob\",\"n\":1,\"id\":2}").hears("{\"ack\":2}");
      assertConflict(alice.say("{\"to\":\"bob\",\"n\":2,\"id\":2}").next(), "2");
    }
  }

  @Test
  void anIdBelongsToItsUserAndChannel() {
    try (var alice = node.browser("user=alice&room=own");
        var bob = node.browser("user=bob&room=own");
        var carol = node.browser("user=carol&room=r1")) {
      alice.say("{\"room\":\"r1\",\"n\":1,\"id\":1}").hears("{\"ack\":1}");
      bob.say("{\"room\":\"r1\",\"n\":2,\"id\":1}").hears("{\"ack\":1}");
      alice.say("{\"room\":\"r2\",\"n\":3,\"id\":1}").hears("{\"ack\":1}");
      alice.say("{\"to\":\"carol\",\"n\":4,\"id\":1}").hears("{\"ack\":1}");
      carol.hears("{\"n\":1,\"id\":1,\"from\":\"alice\",\"room\":\"r1\"}",
          "{\"n\":2,\"id\":1,\"from\":\"bob\",\"room\":\"r1\"}",
          "{\"to\":\"carol\",\"n\":4,\"id\":1,\"from\":\"alice\"}");
      carol.hearsNothing();
    }
  }

  @Test
  void aMessageWithoutAnIdHasNoAck() {
    try (var alice = node.browser("user=alice&room=own")) {
      alice.say("{\"room\":\"r1\",\"n\":1}").say("{\"to\":\"bob\",\"n\":1}");
      alice.hearsNothing();
    }
  }

  @Test
  void ackAndOwnEchoBothCome() {
    try (var alice = node.browser("user=alice")) {
      alice.say("{\"n\":1,\"id\":1}");
      alice.hearsInAnyOrder(
          "{\"ack\":1}", "{\"n\":1,\"id\":1,\"from\":\"alice\",\"room\":\"lobby\"}");
    }
  }

  @Test
  void aRefusalCarriesTheIdWhereverItStood() {
    try (var alice = node.browser("user=alice")) {
      assertConflict(alice.say("{\"id\":\"x\",\"to\":[]}").next(), "\"x\"");
      assertConflict(alice.say("{\"to\":[],\"id\":\"x\"}").next(), "\"x\"");
      assertConflict(alice.say("{\"to\":{\"id\":1},\"id\":\"x\"}").next(), "\"x\"");
      assertConflict(alice.say("{\"ack\":[1,{\"id\":1}],\"id\":5}").next(), "5");
      assertConflict(alice.say("{\"to\":\"a\",\"room\":\"b\",\"id\":5}").next(), "5");
      assertConflict(alice.say("{\"to\":\"a b\",\"id\":5}").next(), "5");
    }
  }

  @Test
  void anIdOfTheWrongKindIsRefused() {
    try (var alice = node.browser("user=alice"); var bob = node.browser("user=bob")) {
      for (var id : new String[]{"\"\"", "null", "1.5", "true", "[1]", "{}",
          "\"" + "x".repeat(65) + "\""}) {
        var refused = alice.say("{\"id\":" + id + ",\"a\":1}").next();
        assertTrue(refused.startsWith("{\"error\":{\"code\":107,"), refused);
      }
      bob.hearsNothing();
    }
  }
}
