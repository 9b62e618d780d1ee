package io.parley.outside.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Browser;
import io.parley.outside.TestNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a plain client is told of positions, and what it gets for them.
@Timeout(60)
class PlainResumeTest {
  private static final TestNode NODE = TestNode.start();

  /// A position at a frame's end.
  private static final Pattern AT = Pattern.compile(
      "(.*),\"offset\":(\\d+),\"epoch\":\"([0-9a-f]{16})\"(.*)");

  @AfterAll
  static void close() {
    NODE.close();
  }

  private static Matcher at(String frame) {
    var matcher = AT.matcher(frame);
    assertTrue(matcher.matches(), () -> frame + " (expected: with a position)");
    return matcher;
  }

  /// Says something in the client's own room, of which it hears; the position.
  private static String position(Browser client, String text) {
    var at = at(client.say(text).nextWhole());
    return at.group(3) + ":" + at.group(2);
  }

  private static Browser json(String query) {
    return NODE.browser("as=json&" + query);
  }

  @Test
  void messagesAndAcksTellWhereTheyStand() {
    try (var alice = json("user=alice&room=r1")) {
      var first = at(alice.say("one").nextWhole());
      assertEquals("{\"text\":\"one\",\"from\":\"alice\",\"room\":\"r1\"", first.group(1));
      assertEquals("1", first.group(2));
      var second = at(alice.say("{\"a\":2}").nextWhole());
      assertEquals("{\"a\":2,\"from\":\"alice\",\"room\":\"r1\"", second.group(1));
      assertEquals("2", second.group(2));
      assertEquals(first.group(3), second.group(3));
      alice.say("{\"id\":7}");
      var frames = alice.nextWhole() + " " + alice.nextWhole();
      var position = ",\"offset\":3,\"epoch\":\"" + first.group(3) + "\"}";
      assertTrue(frames.contains("{\"ack\":7" + position), frames);
      assertTrue(frames.contains("\"room\":\"r1\"" + position), frames);
    }
  }

  @Test
  void whatWasMissedComesAfterReconnecting() {
    String seen;
    try (var alice = json("user=alice&room=r2")) {
      seen = position(alice, "one");
    }
    try (var bob = NODE.browser("user=bob&room=r2")) {
      bob.saysAndHears("two");
      bob.saysAndHears("three");
      try (var alice = Browser.open(
          NODE.port(), "as=json&user=alice&room=r2&since=" + seen)) {
        var joined = at(alice.nextWhole());
        assertEquals("{\"joined\":\"r2\"", joined.group(1));
        assertEquals(seen, joined.group(3) + ":" + joined.group(2));
        assertEquals(",\"recovered\":true}", joined.group(4));
        alice.hears("{\"text\":\"two\",\"from\":\"bob\",\"room\":\"r2\"}",
            "{\"text\":\"three\",\"from\":\"bob\",\"room\":\"r2\"}");
        bob.saysAndHears("four");
        alice.hears("{\"text\":\"four\",\"from\":\"bob\",\"room\":\"r2\"}");
      }
    }
  }

  @Test
  void aBareClientMayResumeByWhatItWasToldElsewhere() {
    try (var alice = json("user=alice&room=r3")) {
      var seen = position(alice, "one");
      alice.saysAndHearsJson("two", "r3");
      try (var bare = Browser.open(NODE.port(), "user=bob&room=r3&since=" + seen)) {
        bare.hears("{\"joined\":\"r3\",\"recovered\":true}", "two");
      }
    }
  }

  @Test
  void anotherRoomIsJoinedFromAPosition() {
    try (var alice = json("user=alice&room=r4"); var bob = NODE.browser("user=bob&room=away4")) {
      var seen = position(alice, "one");
      alice.saysAndHearsJson("two", "r4");
      bob.say("{\"join\":\"r4\",\"since\":\"" + seen + "\",\"id\":1}")
          .hears("{\"joined\":\"r4\",\"recovered\":true,\"id\":1}", "two");
      // Whoever is in it already begins anew from there.
      bob.say("{\"join\":\"r4\",\"since\":\"" + seen + "\"}")
          .hears("{\"joined\":\"r4\",\"recovered\":true}", "two");
      bob.hearsNothing();
    }
  }

  @Test
  void theInboxIsResumed() {
    String position;
    try (var bob = json("user=bob5&room=r5")) {
      var joined = at(bob.say("{\"join\":\"inbox\"}").nextWhole());
      assertEquals("{\"joined\":\"inbox\"", joined.group(1));
      position = joined.group(3) + ":" + joined.group(2);
    }
    try (var alice = NODE.browser("user=alice&room=away5")) {
      alice.say("{\"to\":\"bob5\",\"text\":\"1\",\"id\":1}").hears("{\"ack\":1}");
      alice.say("{\"to\":\"bob5\",\"text\":\"2\",\"id\":2}").hears("{\"ack\":2}");
    }
    try (var bob = Browser.open(NODE.port(), "user=bob5&room=r5&inbox_since=" + position)) {
      bob.hears("{\"joined\":\"inbox\",\"recovered\":true}",
          "{\"to\":\"bob5\",\"text\":\"1\",\"id\":1,\"from\":\"alice\"}",
          "{\"to\":\"bob5\",\"text\":\"2\",\"id\":2,\"from\":\"alice\"}");
    }
  }

  @Test
  void aDirectMessagesAckHasThePositionInTheSendersOwnInbox() {
    try (var alice = NODE.browser("user=alice6&room=r6");
        var phone = json("user=alice6&room=away6");
        var bob = json("user=bob6&room=away6")) {
      bob.say("{\"to\":\"bob6\",\"text\":\"to myself\"}").next();
      var ack = at(alice.say("{\"to\":\"bob6\",\"text\":\"1\",\"id\":1}").nextWhole());
      assertEquals("{\"ack\":1", ack.group(1));
      assertEquals("1", ack.group(2));
      var copy = at(phone.nextWhole());
      assertEquals(ack.group(2) + ack.group(3), copy.group(2) + copy.group(3));
      assertEquals("2", at(bob.nextWhole()).group(2));
    }
  }

  @Test
  void whatSeveralChannelsMissedTogetherIsNoMoreThanTheClientMayBeSent() {
    try (var node = TestNode.start("limits.outbox-bytes", "128KiB", "limits.message-bytes",
        "16KiB"); var alice = node.browser("user=alice&room=a&as=json")) {
      var start = at(alice.say("first").nextWhole());
      for (var text = 0; text < 4; text++) {
        alice.say("x".repeat(15_000)).next();
        alice.say("{\"to\":\"bob\",\"text\":\"" + "x".repeat(15_000) + "\",\"id\":" + text + "}")
            .next();
      }
      var inbox = at(alice.say("{\"join\":\"inbox\"}").nextWhole()).group(3);
      try (var bob = Browser.open(node.port(), "user=bob&room=a&since=" + start.group(3) + ":1"
          + "&inbox_since=" + inbox + ":0")) {
        // In memory all channels are of one epoch.
        int recovered = 0;
        int joined = 0;
        int missed = 0;
        while (joined < 2 || missed < 4 * recovered) {
          var frame = bob.next();
          joined += frame.startsWith("{\"joined\"") ? 1 : 0;
          recovered += frame.endsWith("\"recovered\":true}") ? 1 : 0;
          missed += frame.contains("xxx") ? 1 : 0;
        }
        // The second one, too, if the socket had taken the first by then.
        assertTrue(recovered >= 1, "none recovered");
        alice.say("live");
        bob.hears("live");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"e:1", "0123456789abcdef:1", "0123456789ABCDEF:0"})
  void whatIsOfNoEpochOfTheRoomIsNotRecovered(String since) {
    try (var alice = Browser.open(NODE.port(), "user=alice&room=r7&since=" + since)) {
      alice.hears("{\"joined\":\"r7\",\"recovered\":false}");
      alice.saysAndHears("live");
    }
  }

  @Test
  void whoIsAheadOfTheRoomIsNotRecovered() {
    try (var alice = json("user=alice&room=r8")) {
      var seen = position(alice, "one");
      var ahead = seen.substring(0, seen.indexOf(':')) + ":99";
      try (var bob = Browser.open(NODE.port(), "user=bob&room=r8&since=" + ahead)) {
        bob.hears("{\"joined\":\"r8\",\"recovered\":false}");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", ":1", "e:", "e:-1", "e:x", "e:1234567890123456789"})
  void whatIsNoPositionIsRefused(String since) {
    try (var alice = Browser.open(NODE.port(), "user=alice&since=" + since)) {
      alice.isClosedWith(3501);
    }
    try (var alice = NODE.browser("user=alice&room=r9")) {
      var refused = alice.say("{\"join\":\"x9\",\"since\":\"" + since + "\",\"id\":1}").next();
      assertTrue(refused.startsWith("{\"error\":{\"code\":107,"), refused);
      assertTrue(refused.contains("EPOCH:OFFSET"), refused);
    }
  }

  @Test
  void sinceIsAMemberLikeOthersWhereNobodyJoins() {
    try (var alice = NODE.browser("user=alice&room=r10")) {
      alice.say("{\"since\":5,\"limit\":[],\"before\":\"x\"}")
          .hears("{\"since\":5,\"limit\":[],\"before\":\"x\",\"from\":\"alice\",\"room\":\"r10\"}");
    }
  }
}
