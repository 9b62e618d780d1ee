package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From a node's start to its end.
@Timeout(60)
class NodeLifeTest {
  private static Set<Thread> nodeThreads() {
    var threads = new HashSet<Thread>();
    for (var thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("parley-")
          || thread.getName().startsWith("HTTP-Dispatcher")) {
        threads.add(thread);
      }
    }
    return threads;
  }

  private static void assertNoNewThreads(Set<Thread> before) {
    Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
      var now = nodeThreads();
      now.removeAll(before);
      assertEquals(Set.of(), now);
    });
  }

  @Test
  void aNodeThatIsReadySaysSo() {
    try (var node = TestNode.start()) {
      assertEquals(200, node.health("/health/live").statusCode());
      var ready = node.health("/health/ready");
      assertEquals(200, ready.statusCode());
      assertEquals("ready\n", ready.body());
      assertEquals(404, node.health("/").statusCode());
      assertEquals(404, node.get("/health/ready").statusCode());
    }
  }

  @Test
  void closingLeavesNoThreadAndNoPort() throws IOException {
    var before = nodeThreads();
    int port;
    int internalPort;
    try (var node = TestNode.start(); var client = node.browser("")) {
      client.saysAndHears("hello");
      port = node.port();
      internalPort = node.node().internalPort();
      node.node().close();
      node.node().close();
    }
    assertNoNewThreads(before);
    for (int each : new int[]{port, internalPort}) {
      try (var again = new ServerSocket()) {
        again.setReuseAddress(true);
        again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), each));
        assertEquals(each, again.getLocalPort());
      }
    }
  }

  @Test
  void aPortInUseIsSaidAndNothingIsLeft() throws IOException {
    var before = nodeThreads();
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = Integer.toString(taken.getLocalPort());
      for (var key : List.of("listen.port", "internal.port")) {
        var refused = assertThrows(
            IOException.class, () -> Node.start(TestNode.settings(key, port)).close());
        assertTrue(String.valueOf(refused.getMessage()).contains("port " + port + " at 127.0.0.1"),
            refused::toString);
      }
    }
    assertNoNewThreads(before);
  }

  @Test
  void twoNodesShareOnePort() throws Exception {
    int shared;
    try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      shared = probe.getLocalPort();
    }
    var port = Integer.toString(shared);
    try (var one = TestNode.start("listen.shared-port", port, "node.name", "one");
        var two = TestNode.start("listen.shared-port", port, "node.name", "two")) {
      var met = new HashSet<String>();
      Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(1))
          .until(() -> met.add(nodeAt(shared)) && met.size() == 2);
      assertEquals(Set.of("one", "two"), met);
      one.node().close();
      for (int i = 0; i < 10; i++) {
        assertEquals("two", nodeAt(shared));
      }
      try (var own = two.browser("")) {
        own.saysAndHears("its own port, too");
      }
    }
  }

  private static String nodeAt(int port) {
    try (var raw = RawClient.upgraded(port, "/")) {
      return raw.say("{\"whoami\":true}").next().text()
          .replaceFirst(".*\"node\":\"(\\w+)\".*", "$1");
    }
  }

  @Test
  void drainingClosesConnectionsWith3001AndLetsNobodyIn() throws Exception {
    try (var node = TestNode.start("drain.grace", "3s", "drain.period", "100ms",
        "limits.close-timeout", "200ms");
        var client = node.browser("");
        var deaf = node.raw("room=deaf")) {
      var drained = CompletableFuture.runAsync(node.node()::drain);
      Awaitility.await().atMost(Duration.ofSeconds(5)).pollInterval(Duration.ofMillis(5))
          .until(() -> node.health("/health/ready").statusCode() == 503);
      assertEquals("draining\n", node.health("/health/ready").body());
      assertEquals(200, node.health("/health/live").statusCode());
      client.saysAndHears("served until it is its turn");
      client.isClosedWith(3001);
      assertEquals(3001, deaf.next().code());
      deaf.endsByServer();
      drained.get(10, TimeUnit.SECONDS);
      assertThrows(java.io.UncheckedIOException.class, () -> RawClient.connect(node.port()));
    }
  }

  @Test
  void drainingEndsByItsDeadlineWhateverClientsDo() throws Exception {
    try (var node = TestNode.start("drain.period", "0s", "drain.deadline", "1s",
        "limits.close-timeout", "1m"); var deaf = node.raw("")) {
      long start = System.nanoTime();
      node.node().drain();
      assertTrue(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) < 20_000);
      assertEquals(3001, deaf.next().code());
    }
  }

  @Test
  void everythingThatWasPublishedBeforeDrainingIsAcknowledged() {
    try (var node = TestNode.start("drain.period", "0s", "limits.publish-window", "1",
        "limits.close-timeout", "200ms"); var raw = node.raw("user=alice&room=away")) {
      for (int i = 0; i < 50; i++) {
        raw.say("{\"room\":\"r\",\"id\":" + i + "}");
      }
      raw.hears("{\"ack\":0}");
      var drained = CompletableFuture.runAsync(node.node()::drain);
      int acks = 1;
      var next = raw.next();
      while (next.opcode() == RawClient.TEXT) {
        assertEquals("{\"ack\":" + acks++ + "}", Browser.withoutPosition(next.text()));
        next = raw.next();
      }
      assertEquals(3001, next.code());
      drained.join();
      assertFalse(drained.isCompletedExceptionally());
    }
  }
}
