package io.parley.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.client.RawClient;
import io.parley.e2e.harness.Health;
import io.parley.e2e.harness.Kept;
import io.parley.e2e.harness.NodeProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// More clients that don't read than a small heap has room for (fault F25): each in a room of its
/// own, so that nothing is shared.
@Timeout(180)
class HeapPressureTest {
  private static final String HEAP = "-Xmx96m";

  /// Each gets 9 MB, of which the kernel keeps four.
  private static final int SLOW = 30;
  private static final int ROUNDS = 150;
  private static final String BIG = "x".repeat(60_000);

  @RegisterExtension
  private final Kept kept = new Kept();

  private void slowClients(NodeProcess node) throws IOException {
    for (var i = 0; i < SLOW; i++) {
      kept.keep(RawClient.connect("127.0.0.1", "127.0.0.1", node.port(),
          "/?user=slow" + i + "&room=r" + i, 4_096));
    }
  }

  private static void sayToAll(RawClient talker, int round) throws IOException {
    for (var i = 0; i < SLOW; i++) {
      talker.text("{\"room\":\"r" + i + "\",\"id\":\"" + round + "." + i + "\",\"big\":\"" + BIG
          + "\"}");
      var answer = talker.readMessage().text();
      assertTrue(answer.startsWith("{\"ack\":\"" + round + "." + i + "\","), answer);
    }
  }

  @Test
  void f25_aNodeShedsClientsBeforeItRunsOutOfMemory() throws IOException {
    var node = kept.keep(NodeProcess.startWithJvm("n1", "", HEAP,
        "--limits.outbox-bytes=16MiB", "--limits.outbox-age=10m", "--limits.tcp-user-timeout=10m",
        "--limits.close-timeout=1s"));
    slowClients(node);
    var talker = kept.keep(RawClient.connect(node.port(), "/?user=talker&room=desk"));
    var health = new Health(node.internalPort());
    var highest = 0.0;
    for (var round = 0; round < ROUNDS; round++) {
      sayToAll(talker, round);
      highest = Math.max(highest, health.metric("parley_outbox_bytes"));
    }
    var shed = health.metric("parley_limit_hits_total{limit=\"limits.outbound-bytes\"}");
    System.out.println("F25: " + SLOW + " clients that don't read, " + HEAP + ": shed " + shed
        + ", at most " + (long) highest + " bytes queued");
    assertTrue(shed > 0, "some are shed");
    assertEquals(shed, health.metric("parley_closes_total{code=\"3008\"}"));
    // A quarter of the heap, and what comes in a tick.
    assertTrue(highest < 26 << 20, () -> "queued: " + health);
    assertTrue(node.program().isAlive());
    assertTrue(node.program().lines().stream().noneMatch(line -> line.contains("OutOfMemory")));
    assertEquals(0, health.metric("parley_bugs_total"));
  }

  @Test
  void f25_aNodeThatIsOutOfMemoryEndsWithAnErrorCode() throws IOException {
    var node = kept.keep(NodeProcess.startWithJvm("n1", "", HEAP,
        "--limits.outbox-bytes=256MiB", "--limits.outbound-bytes=4GiB", "--limits.outbox-age=10m",
        "--limits.tcp-user-timeout=10m"));
    slowClients(node);
    var talker = kept.keep(RawClient.connect(node.port(), "/?user=talker&room=desk"));
    List<IOException> ends = new ArrayList<>();
    for (var round = 0; round < 2 * ROUNDS && ends.isEmpty(); round++) {
      try {
        sayToAll(talker, round);
      } catch (IOException ended) {
        ends.add(ended);
      }
    }
    assertEquals(1, ends.size(), "the heap has room for all of it");
    assertEquals(3, node.program().awaitExit(Duration.ofSeconds(30)));
  }
}
