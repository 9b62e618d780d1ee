package io.parley.outside.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.TestNode;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients without a WebSocket at one node.
@Timeout(60)
class StreamsTest {
  private static final TestNode NODE = TestNode.start();
  private static final Pattern POSITION = Pattern
      .compile("\"epoch\":\"(\\w+)\"(,\"offset\":\\d+)?");

  @AfterAll
  static void stop() {
    NODE.close();
  }

  private static void talk(StreamClient client, String room) {
    try (var plain = NODE.browser("room=" + room + "&user=bob")) {
      client.say(NODE, "{\"id\":2,\"subscribe\":{\"channel\":\"room:" + room + "\"}}");
      client.hearsStart("{\"id\":2,\"subscribe\":{\"recoverable\":true,\"positioned\":true,");
      plain.saysAndHears("hello");
      var heard = client.hearsStart("{\"push\":{\"channel\":\"room:" + room
          + "\",\"pub\":{\"data\":\"hello\",\"info\":{\"user\":\"bob\"");
      assertTrue(heard.endsWith(",\"offset\":1}}}"), heard);
      client.say(NODE, "{\"id\":3,\"publish\":{\"channel\":\"room:" + room
          + "\",\"data\":\"grüße\\n\"}}\n{\"id\":4,\"rpc\":{\"method\":\"whoami\"}}");
      plain.hears("grüße\n");
      var rest = client.next() + client.next() + client.next();
      assertTrue(rest.contains("{\"id\":3,\"publish\":{}}"), rest);
      assertTrue(rest.contains("{\"id\":4,\"rpc\":{\"data\":{\"user\":\"alice\","), rest);
      assertTrue(rest.contains("\"pub\":{\"data\":\"grüße\\n\""), rest);
    }
  }

  @Test
  void whoIsInIsHeardHoweverFullItIs() {
    for (var limit : new String[]{"limits.connections", "limits.connections-per-address"}) {
      try (var node = TestNode.start(limit, "1"); var alice = StreamClient.of(node, "alice")) {
        alice.say(node, "{\"id\":2,\"rpc\":{\"method\":\"whoami\"}}")
            .hearsStart("{\"id\":2,\"rpc\":");
      }
    }
  }

  @Test
  void aClientTalksOverLines() {
    try (var alice = StreamClient.of(NODE, "alice")) {
      var head = alice.head().toLowerCase(Locale.ROOT);
      assertTrue(head.contains("\r\ncache-control: no-store\r\n"), head);
      assertTrue(head.contains("\r\nx-accel-buffering: no\r\n"), head);
      talk(alice, "lines");
    }
  }

  @Test
  void aClientTalksOverEvents() {
    try (var alice = StreamClient.events(NODE, StreamClient.connect("alice")).connected()) {
      var head = alice.head().toLowerCase(Locale.ROOT);
      assertTrue(head.contains("\r\ncontent-type: text/event-stream\r\n"), head);
      talk(alice, "events");
    }
  }

  @Test
  void aClientGoesOnWhereItWas() {
    for (boolean areEvents : new boolean[]{true, false}) {
      var room = "resume-" + areEvents;
      String position;
      try (var alice = StreamClient.of(NODE, "alice")) {
        alice.say(NODE, "{\"id\":2,\"subscribe\":{\"channel\":\"room:" + room + "\"}}");
        var found = POSITION.matcher(alice.hearsStart("{\"id\":2,\"subscribe\":"));
        assertTrue(found.find());
        position = found.group();
      }
      try (var bob = NODE.browser("room=" + room + "&user=bob")) {
        bob.saysAndHears("one");
        bob.saysAndHears("two");
      }
      var commands = StreamClient.connect("alice") + "\n{\"id\":2,\"subscribe\":{\"channel\":"
          + "\"room:" + room + "\",\"recover\":true," + position + "}}";
      try (var alice = (areEvents
          ? StreamClient.events(NODE, commands)
          : StreamClient.open(NODE, commands)).connected()) {
        var answer = alice.hearsStart("{\"id\":2,\"subscribe\":");
        assertTrue(answer.contains("\"data\":\"one\"") && answer.contains("\"data\":\"two\"")
            && answer.contains("\"recovered\":true"), answer);
      }
    }
  }

  @Test
  void whoAnswersPingsStaysAndWhoDoesNotGoes() {
    try (var node = TestNode.start(
        "limits.ping-interval", "100ms", "limits.pong-timeout", "500ms");
        var alice = StreamClient.of(node, "alice")) {
      for (int i = 0; i < 3; i++) {
        assertEquals("{}", alice.nextOfAny());
        alice.say(node, "{}");
      }
      alice.isClosedWith(3012);
      assertEquals(404, alice.post(node, "{}"));
    }
  }

  @Test
  void aSlowReaderIsClosedAtItsCap() {
    try (var node = TestNode.start("limits.commands-per-second", "0",
        "limits.outbox-bytes", "256KiB", "limits.outbox-age", "10m");
        var talker = node.browser("room=busy&user=talker");
        var slow = StreamClient.open(node, StreamClient.connect("alice")
            + "\n{\"id\":2,\"subscribe\":{\"channel\":\"room:busy\"}}", 4_096).connected()) {
      slow.hearsStart("{\"id\":2,");
      Awaitility.await("closed").atMost(Duration.ofSeconds(30)).until(() -> {
        talker.saysAndHears("x".repeat(60_000));
        return node.metric("parley_closes_total{code=\"3008\"}") == 1;
      });
      assertEquals(1, node.hits("limits.outbox-bytes"));
      slow.isClosedAtLastWith(3008);
      Awaitility.await("given back").atMost(Duration.ofSeconds(30))
          .until(() -> node.metric("parley_outbox_bytes") == 0);
    }
  }

  @Test
  void aDrainSendsItElsewhere() throws InterruptedException {
    try (var node = TestNode.start("drain.grace", "0s", "presence.leave-delay", "0s")) {
      var drain = new Thread(() -> node.node().drain());
      try (var alice = StreamClient.of(node, "alice");
          var bob = StreamClient.events(node, StreamClient.connect("bob")).connected()) {
        drain.start();
        alice.isClosedWith(3001);
        bob.isClosedWith(3001);
      }
      drain.join();
    }
  }

  @Test
  void whoGoesAwayIsGone() {
    try (var node = TestNode.start()) {
      var alice = StreamClient.of(node, "alice");
      assertEquals(1, node.metric("parley_connections"));
      alice.close();
      Awaitility.await("gone").atMost(Duration.ofSeconds(10))
          .until(() -> node.metric("parley_connections") == 0);
      assertEquals(404, alice.post(node, "{}"));
    }
  }

  @Test
  void limitsOfAUserHold() {
    try (var node = TestNode.start("limits.connections-per-user", "1");
        var first = StreamClient.of(node, "alice");
        var second = StreamClient.open(node, StreamClient.connect("alice"))) {
      second.isClosedWith(3504);
      first.say(node, "{\"id\":2,\"rpc\":{\"method\":\"whoami\"}}").hearsStart("{\"id\":2,");
    }
  }

  @Test
  void whatBreaksTheProtocolEndsTheStream() {
    try (var noConnect = StreamClient.open(NODE, "{\"id\":1,\"ping\":{}}");
        var empty = StreamClient.open(NODE, "");
        var alice = StreamClient.of(NODE, "alice")) {
      noConnect.isClosedWith(3501);
      empty.isClosedWith(3501);
      alice.say(NODE, "no JSON").isClosedWith(3501);
    }
  }

  @Test
  void onlyTheSecretOpensAStream() {
    try (var alice = StreamClient.of(NODE, "alice"); var bob = StreamClient.of(NODE, "bob")) {
      assertTrue(!alice.session().equals(bob.session()));
      assertEquals(404, StreamClient.post(NODE, "a".repeat(32), alice.node(), "{}"));
      assertEquals(404, StreamClient.post(NODE, "", alice.node(), "{}"));
      assertEquals(404, StreamClient.post(NODE, alice.session(), "n1-0", "{}"));
      assertEquals(400, StreamClient.post(NODE, alice.session(), "n".repeat(1_000), "{}"));
      alice.say(NODE, "{\"id\":2,\"rpc\":{\"method\":\"whoami\"}}")
          .hearsStart("{\"id\":2,\"rpc\":{\"data\":{\"user\":\"alice\"");
    }
  }
}
