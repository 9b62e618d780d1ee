package io.parley.outside.arrival;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Aftermath;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How many connections a node has: in all, from one address, of one user.
@Timeout(60)
@SuppressWarnings("try")
class ConnectionLimitsTest {
  private static final String FULL = hits("limits.connections");
  private static final String ADDRESS = hits("limits.connections-per-address");
  private static final String USER = hits("limits.connections-per-user");

  private static String hits(String limit) {
    return "parley_limit_hits_total{limit=\"" + limit + "\"}";
  }

  private static String answer(TestNode node, String request) {
    try (var raw = RawClient.connect(node.port())) {
      raw.send(request);
      return raw.head();
    }
  }

  private static void awaitSockets(TestNode node, int count) {
    Awaitility.await("sockets").atMost(Duration.ofSeconds(10))
        .pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5))
        .until(() -> node.metric("parley_sockets") == count);
  }

  @Test
  void whoComesToAFullNodeIsSentElsewhereUntilSomebodyLeaves() {
    // The bystander is one.
    try (var node = TestNode.start("limits.connections", "3");
        var aftermath = Aftermath.of(node);
        var one = node.raw("user=one")) {
      // It holds a place without being a WebSocket.
      var silent = RawClient.connect(node.port());
      awaitSockets(node, 3);
      for (var request : new String[]{RawClient.request("/"),
          "GET / HTTP/1.1\r\nHost: h\r\n\r\n"}) {
        var answer = answer(node, request);
        assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
        assertTrue(answer.toLowerCase(Locale.ROOT).contains("\r\nretry-after: 10\r\n"), answer);
      }
      awaitSockets(node, 3);
      aftermath.isTold("parley_http_answers_total{status=\"503\"}", 2, "request refused: 503");
      aftermath.rises(FULL, 2);
      one.say("still here").hears("still here");
      silent.close();
      awaitSockets(node, 2);
      try (var next = node.raw("user=next")) {
        next.say("served").hears("served");
      }
    }
  }

  @Test
  void anAddressMayHaveSoManyAndTheLogSaysWhatToDoIfItIsABalancers() {
    try (var node = TestNode.start("limits.connections-per-address", "3");
        var aftermath = Aftermath.of(node);
        var one = node.raw("user=one");
        var two = node.raw("user=two")) {
      var answer = answer(node, RawClient.request("/"));
      assertTrue(answer.startsWith("HTTP/1.1 429 "), answer);
      aftermath.isTold("parley_http_answers_total{status=\"429\"}", 1,
          "if it is a balancer's, name it in proxy.trusted), client 127.0.0.1");
      aftermath.rises(ADDRESS, 1);
      two.close();
      Awaitility.await("a place").atMost(Duration.ofSeconds(10))
          .until(() -> answer(node, RawClient.request("/")).startsWith("HTTP/1.1 101 "));
      one.say("still here").hears("still here");
    }
  }

  private static RawClient behindProxy(TestNode node, int lastByte) {
    var raw = RawClient.connect(node.port());
    raw.send(proxyHeader(lastByte));
    raw.send(RawClient.request("/"));
    return raw;
  }

  private static byte[] proxyHeader(int lastByte) {
    return HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "2111000c" + "c00002"
        + "%02x".formatted(lastByte) + "0a000001" + "30391f90");
  }

  /// One of those who aren't even told. What it sends with its request must not be served, either.
  @Test
  void whoIsCutBehindATrustedProxyIsNotServedForAMoment() {
    var cut = "parley_arrivals_cut_total{reason=\"address\"}";
    try (var node = TestNode.start("limits.connections-per-address", "1",
        "proxy.trusted", "127.0.0.1");
        var aftermath = Aftermath.of(node);
        var listener = node.browser("room=hall");
        var first = behindProxy(node, 1)) {
      assertTrue(first.head().startsWith("HTTP/1.1 101 "));
      var told = new ArrayList<RawClient>();
      try {
        for (int i = 0; i < 50; i++) {
          told.add(behindProxy(node, 1));
          assertTrue(told.getLast().head().startsWith("HTTP/1.1 429 "));
        }
        try (var one = RawClient.connect(node.port())) {
          var all = new ByteArrayOutputStream();
          all.writeBytes(proxyHeader(1));
          all.writeBytes(RawClient.request("/?room=hall").getBytes(ISO_8859_1));
          all.writeBytes(RawClient.textFrame("smuggled"));
          one.send(all.toByteArray());
          assertEquals("", one.head());
        }
        aftermath.rises(cut, 1);
        aftermath.rises("parley_http_answers_total{status=\"101\"}", 2);
        listener.saysAndHears("nothing came before this");
      } finally {
        told.forEach(RawClient::close);
      }
    }
  }

  @Test
  void behindATrustedProxyTheClientsAddressCountsAndNotTheProxys() {
    try (var node = TestNode.start("limits.connections-per-address", "2",
        "proxy.trusted", "127.0.0.1");
        var aftermath = Aftermath.of(node);
        var first = behindProxy(node, 1);
        var second = behindProxy(node, 1);
        var other = behindProxy(node, 2)) {
      assertTrue(first.head().startsWith("HTTP/1.1 101 "));
      assertTrue(second.head().startsWith("HTTP/1.1 101 "));
      assertTrue(other.head().startsWith("HTTP/1.1 101 "));
      try (var third = behindProxy(node, 1)) {
        assertTrue(third.head().startsWith("HTTP/1.1 429 "));
      }
      // It speaks for nobody: a proxy of layer 7 before its first client.
      try (var a = RawClient.connect(node.port());
          var b = RawClient.connect(node.port());
          var c = RawClient.connect(node.port())) {
        c.send(RawClient.request("/").replace("Host: h", "Host: h\r\nX-Forwarded-For: 192.0.2.3"));
        assertTrue(c.head().startsWith("HTTP/1.1 101 "));
        assertEquals(0, a.available() + b.available());
      }
      aftermath.isTold(ADDRESS, 1, "client 192.0.2.1");
    }
  }

  @Test
  void aUserMayHaveSoManyAndGuestsAreNoUser() {
    try (var node = TestNode.start("limits.connections-per-user", "2",
        "limits.close-timeout", "300ms");
        var aftermath = Aftermath.of(node);
        var phone = node.raw("user=alice");
        var laptop = node.raw("user=alice")) {
      try (var third = RawClient.upgraded(node.port(), "/?user=alice")) {
        third.isClosedWith(3504);
      }
      aftermath.isTold("parley_closes_total{code=\"3504\"}", 1, "close 3504 connection limit");
      aftermath.rises(USER, 1);
      for (int i = 0; i < 4; i++) {
        node.raw("").roundTrip();
      }
      try (var bob = node.raw("user=bob")) {
        bob.roundTrip();
      }
      laptop.close();
      Awaitility.await("a place").atMost(Duration.ofSeconds(10)).until(() -> {
        try (var again = RawClient.upgraded(node.port(), "/?user=alice")) {
          again.say("{\"whoami\":true}");
          return again.next().opcode() == RawClient.TEXT;
        }
      });
      phone.roundTrip();
    }
  }

  /// Every kind of ending gives its place back, once.
  @Test
  void theCountsAreExactAfterAnyKindOfEnding() {
    try (var node = TestNode.start("limits.connections-per-address", "8",
        "limits.connections-per-user", "8", "limits.connections", "8",
        "limits.close-timeout", "100ms")) {
      for (int i = 0; i < 25; i++) {
        endInManyWays(node);
        awaitSockets(node, 0);
      }
      var users = new RawClient[8];
      for (int i = 0; i < users.length; i++) {
        users[i] = node.raw("user=alice");
      }
      assertTrue(answer(node, RawClient.request("/")).matches("(?s)HTTP/1.1 (503|429) .*"));
      for (var user : users) {
        user.close();
      }
      awaitSockets(node, 0);
    }
  }

  private static void endInManyWays(TestNode node) {
    try (var aborted = node.raw("user=alice");
        var broken = node.raw("user=alice");
        var polite = node.raw("user=alice");
        var silent = RawClient.connect(node.port());
        var refused = RawClient.connect(node.port());
        var badRoom = RawClient.upgraded(node.port(), "/?user=alice&room=a:b");
        var token = RawClient.upgraded(node.port(), "/?user=alice&token=x")) {
      aborted.close();
      broken.sendHex("8380 00000000");
      broken.isClosedWith(1002);
      polite.sendHex("8880 00000000");
      assertEquals(RawClient.CLOSE, polite.next().opcode());
      refused.send("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n");
      assertTrue(refused.head().startsWith("HTTP/1.1 404 "));
      assertEquals(3501, badRoom.next().code());
      assertEquals(3500, token.next().code());
      silent.close();
    }
  }
}
