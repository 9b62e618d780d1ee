package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What `/metrics` shows of what happens.
@Timeout(60)
class MetricsTest {
  private static void awaitMetric(TestNode node, String series, double value) {
    Awaitility.await(series + " " + value).atMost(Duration.ofSeconds(10))
        .until(() -> node.metric(series) == value);
  }

  @Test
  void theNodeShowsExactlyTheMetricsOfTheDocumentation() throws IOException {
    var documented = new TreeSet<String>();
    var page = Files.readString(Path.of("../docs/operations.md"));
    var row = Pattern.compile("(?m)^\\| `(parley_[a-z_]+)[`{].* \\| (counter|gauge|histogram) \\|")
        .matcher(page);
    while (row.find()) {
      documented.add(row.group(1));
    }
    // A node that is alone has neither Redis nor others to measure.
    documented.removeIf(
        name -> name.startsWith("parley_redis_") || name.startsWith("parley_cluster_"));
    try (var node = TestNode.start()) {
      assertEquals(documented, shown(node));
    }
  }

  private static Set<String> shown(TestNode node) {
    return node.health("/metrics").body().lines()
        .filter(line -> line.startsWith("# TYPE parley_"))
        .map(line -> line.split(" ", -1)[2])
        // A histogram's maximum is a gauge beside it.
        .filter(name -> !name.endsWith("_seconds_max"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void messagesBytesAndConnectionsAreCounted() {
    try (var node = TestNode.start();
        var alice = node.raw("user=alice");
        var bob = node.raw("user=bob")) {
      double in = node.metric("parley_messages_in_total");
      double out = node.metric("parley_messages_out_total");
      double sent = node.metric("parley_sent_bytes_total");
      double received = node.metric("parley_received_bytes_total");
      alice.say("hello");
      alice.hears("hello");
      bob.hears("hello");
      assertEquals(in + 1, node.metric("parley_messages_in_total"));
      awaitMetric(node, "parley_messages_out_total", out + 2);
      awaitMetric(node, "parley_sent_bytes_total", sent + 2 * 7);
      assertEquals(received + 11, node.metric("parley_received_bytes_total"));
      assertEquals(2, node.metric("parley_connections"));
      assertEquals(1, node.metric("parley_ready"));
      // The room, and an inbox for each.
      assertTrue(node.metric("parley_channels") >= 3);
      assertTrue(node.metric("parley_publishes_total{outcome=\"stored\"}") >= 1);
      assertEquals(2, node.metric("parley_http_answers_total{status=\"101\"}"));
    }
  }

  @Test
  void endingsAreCountedByWhoEndedThemAndWhy() {
    try (var node = TestNode.start()) {
      try (var broken = node.raw("user=a")) {
        broken.sendHex("83 80 00000000");
        broken.isClosedWith(1002);
      }
      try (var polite = node.raw("user=b")) {
        polite.sendHex("88 80 00000000");
        assertEquals(RawClient.CLOSE, polite.next().opcode());
      }
      node.raw("user=c").close();
      awaitMetric(node, "parley_closes_total{code=\"1002\"}", 1);
      awaitMetric(node, "parley_closes_total{code=\"client\"}", 1);
      awaitMetric(node, "parley_closes_total{code=\"gone\"}", 1);
      awaitMetric(node, "parley_connections", 0);
    }
  }

  @Test
  void refusalsAreCountedByCode() {
    try (var node = TestNode.start(); var alice = node.raw("user=alice")) {
      alice.say("{").next();
      assertEquals(1, node.metric("parley_refusals_total{code=\"107\"}"));
      assertEquals(404, node.get("/nothing").statusCode());
      assertEquals(1, node.metric("parley_http_answers_total{status=\"404\"}"));
    }
  }

  @Test
  void aLimitThatIsHitIsCounted() {
    try (var node = TestNode.start("limits.message-bytes", "1KiB");
        var alice = node.raw("user=alice")) {
      assertEquals(0, node.hits("limits.message-bytes"));
      alice.say("x".repeat(1_025)).isClosedWith(1009);
      assertEquals(1, node.hits("limits.message-bytes"));
      assertEquals(1, node.metric("parley_closes_total{code=\"1009\"}"));
    }
  }

  @Test
  void theLoopsAndTheJvmAreWatched() {
    try (var node = TestNode.start()) {
      Awaitility.await("loops").atMost(Duration.ofSeconds(10)).until(
          () -> node.metric("parley_loop_delay_seconds_count{loops=\"io\"}") > 0);
      Awaitility.await("jvm").atMost(Duration.ofSeconds(10)).until(
          () -> node.health("/metrics").body().contains("jvm_memory_used_bytes{"));
      assertTrue(node.metric("process_files_open_files") > 0);
    }
  }
}
