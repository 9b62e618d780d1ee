package io.parley.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.client.RawClient;
import io.parley.e2e.harness.Health;
import io.parley.e2e.harness.Kept;
import io.parley.e2e.harness.Network;
import io.parley.e2e.harness.Network.Machine;
import io.parley.e2e.harness.NodeProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A client behind a link of 25 KB a second (fault F15): as long as it keeps up it stays, however
/// slow it is; if it doesn't, it is closed as slow.
@Timeout(120)
class SlowLinkTest {
  private static final int MESSAGE_BYTES = 2_000;

  @RegisterExtension
  private final Kept kept = new Kept();
  private final Network network = kept.keep(Network.orSkip());

  private double metric(NodeProcess node, String series) {
    return network.on(Machine.NEAR, () -> new Health(node.internalPort()).metric(series));
  }

  private RawClient far(NodeProcess node) {
    return kept.keep(network.on(Machine.FAR, () -> RawClient.connect(
        "10.99.0.2", Network.SERVER, node.port(), "/?room=hall&user=far", 4_096)));
  }

  private RawClient talker(NodeProcess node) {
    return kept.keep(network.on(Machine.NEAR, () -> RawClient.connect(
        node.port(), "/?room=hall&user=near")));
  }

  private static String say(RawClient talker, int number) throws IOException {
    var text = number + " " + "x".repeat(MESSAGE_BYTES);
    talker.text(text);
    assertEquals(text, talker.readMessage().text());
    return text;
  }

  @Test
  void f15_whoKeepsUpStays() throws IOException {
    var node = kept.keep(NodeProcess.startAlone(network, "--limits.outbox-age=2s"));
    network.throttle("200kbit");
    var far = far(node);
    far.text("{\"join\":\"hall\"}");
    assertTrue(far.readMessage().text().startsWith("{\"joined\":\"hall\""));
    var talker = talker(node);
    var start = System.nanoTime();
    // Each message waits for the one before: as fast as the link goes, and no faster.
    for (var i = 0; i < 60; i++) {
      assertEquals(say(talker, i), far.readMessage().text());
    }
    var millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(millis > 3_000, () -> "the link isn't slow: " + millis + " ms");
    assertEquals(0, metric(node, "parley_closes_total{code=\"3008\"}"));
    assertEquals(2, metric(node, "parley_connections"));
  }

  @Test
  void f15_whoDoesNotKeepUpIsClosedAsSlow() throws IOException {
    var node = kept.keep(NodeProcess.startAlone(network,
        "--limits.outbox-age=2s", "--limits.close-timeout=1s"));
    network.throttle("200kbit");
    far(node);
    var talker = talker(node);
    var start = System.nanoTime();
    for (var i = 0; metric(node, "parley_closes_total{code=\"3008\"}") == 0; i++) {
      say(talker, i);
      assertTrue(System.nanoTime() - start < Duration.ofSeconds(60).toNanos(), "not closed");
    }
    await("gone").atMost(Duration.ofSeconds(10))
        .until(() -> metric(node, "parley_connections") == 1);
    assertEquals(0, metric(node, "parley_outbox_bytes"));
  }
}
