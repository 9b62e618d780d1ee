package io.parley.outside.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Aftermath;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that send too much of something that is legal, or never come to an end, by the numbers
/// of the catalogue of bad input.
@Timeout(60)
class FloodsTest {
  private static final String CLOSED_BY_POLICY = "parley_closes_total{code=\"1008\"}";
  private static final int SECOND_OF_FLOOD = 50_000;

  private static byte[] many(int count, byte[] frame) {
    var flood = new ByteArrayOutputStream(count * frame.length);
    for (int i = 0; i < count; i++) {
      flood.writeBytes(frame);
    }
    return flood.toByteArray();
  }

  /// Sends as much as the server lets it.
  private static void flood(RawClient raw, int times, byte[] bytes) {
    try {
      for (int i = 0; i < times; i++) {
        raw.send(bytes);
      }
    } catch (UncheckedIOException cut) {
      // That is a way to stop a flood.
    }
  }

  @Test
  void b27_tenThousandPingsInsideOfAMessage() {
    try (var node = TestNode.start("limits.pings-per-second", "0");
        var aftermath = Aftermath.of(node);
        var raw = node.raw("room=b27")) {
      raw.sendHex("0181 00000000 61");
      for (int i = 0; i < 100; i++) {
        raw.send(many(100, RawClient.frame(0x80 | RawClient.PING, new byte[]{'p', 'q'})));
        for (int j = 0; j < 100; j++) {
          var pong = raw.next();
          assertEquals(RawClient.PONG, pong.opcode());
          assertEquals("pq", pong.text());
        }
      }
      raw.sendHex("8081 00000000 62");
      raw.hears("ab");
      aftermath.rises(CLOSED_BY_POLICY, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {RawClient.PING, RawClient.PONG})
  void b35_aFloodOfPingsOrPongsWithoutReadingIsClosedWith1008(int opcode) {
    try (var node = TestNode.start();
        var aftermath = Aftermath.of(node);
        var raw = RawClient.upgraded(node.port(), "/?room=b35", 4_096)) {
      flood(raw, 1, many(SECOND_OF_FLOOD, RawClient.frame(0x80 | opcode, new byte[125])));
      raw.isClosedAtLastWith(1008);
      aftermath.isTold(CLOSED_BY_POLICY, 1, "close 1008");
      aftermath.rises("parley_limit_hits_total{limit=\"limits.pings-per-second\"}", 1);
    }
  }

  @Test
  void b35_pingsThatNobodyLimitsDoNotFillTheOutboxEither() {
    try (var node = TestNode.start("limits.pings-per-second", "0");
        var aftermath = Aftermath.of(node);
        var raw = RawClient.upgraded(node.port(), "/?room=b35", 4_096)) {
      var pings = many(SECOND_OF_FLOOD, RawClient.frame(0x80 | RawClient.PING, new byte[125]));
      for (int i = 0; i < 3; i++) {
        raw.send(pings);
      }
      Awaitility.await("all is read").atMost(Duration.ofSeconds(20))
          .until(() -> node.metric("parley_received_bytes_total") >= 3.0 * pings.length);
      // The answers to what one tick has read, and then only the latest.
      assertTrue(node.metric("parley_outbox_highest_bytes") <= 1 << 20);
      aftermath.rises("parley_limit_hits_total{limit=\"limits.outbox-bytes\"}", 0);
    }
  }

  @Test
  void b35_pongsThatWereAskedForAndPingsAtALegalPaceAreNoFlood() {
    try (var node = TestNode.start("limits.pings-per-second", "3",
        "limits.ping-interval", "200ms", "limits.pong-timeout", "1s");
        var raw = RawClient.upgraded(node.port(), "/?room=b35")) {
      // One ping of its own for each of the server's, which come twice a second, as the sweep does:
      // with the pongs it would be too many.
      for (int i = 0; i < 8; i++) {
        var ping = raw.next();
        assertEquals(RawClient.PING, ping.opcode());
        raw.send(RawClient.frame(0x80 | RawClient.PONG, ping.payload()));
        raw.send(RawClient.frame(0x80 | RawClient.PING, new byte[0]));
        assertEquals(RawClient.PONG, raw.next().opcode());
      }
      assertEquals(0, node.hits("limits.pings-per-second"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0081 00000000 61", "0080 00000000"})
  void b39_aMillionFragmentsWithoutEndAreClosedWith1009(String fragment) {
    try (var node = TestNode.start();
        var aftermath = Aftermath.of(node);
        var raw = node.raw("room=b39")) {
      raw.sendHex("0181 00000000 61");
      var frame = HexFormat.of().parseHex(fragment.replace(" ", ""));
      flood(raw, 100, many(10_000, frame));
      raw.isClosedWith(1009);
      aftermath.isTold("parley_limit_hits_total{limit=\"limits.message-fragments\"}", 1,
          "close 1009");
      assertEquals(0, node.metric("parley_inbound_bytes"));
    }
  }

  private static TestNode impatientNode() {
    // The sweep comes twice in a pong's time.
    return TestNode.start("limits.message-timeout", "300ms", "limits.ping-interval", "10m",
        "limits.pong-timeout", "100ms");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      // One byte at a time of a frame.
      "61",
      // A fragment at a time of a message.
      "0081 00000000 61",
      // Nothing.
      ""})
  void b40_whoDoesNotComeToAMessagesEndIsClosedWith1008(String drop) {
    try (var node = impatientNode();
        var aftermath = Aftermath.of(node);
        var raw = node.raw("room=b40")) {
      raw.sendHex(drop.length() > 2 ? "0181 00000000 61" : "81feffff 00000000");
      Awaitility.await("closed").atMost(Duration.ofSeconds(10))
          .pollInterval(Duration.ofMillis(10)).until(() -> {
            raw.sendHex(drop);
            return raw.available() > 0;
          });
      raw.isClosedWith(1008);
      aftermath.isTold(CLOSED_BY_POLICY, 1, "close 1008");
      aftermath.rises("parley_limit_hits_total{limit=\"limits.message-timeout\"}", 1);
    }
  }

  @Test
  void b40_whoIsSlowButComesToTheEndIsServed() {
    try (var node = impatientNode(); var raw = node.raw("room=b40")) {
      // Longer than the timeout together, each of them shorter.
      for (int i = 0; i < 8; i++) {
        var frame = RawClient.textFrame("message " + i);
        raw.send(Arrays.copyOf(frame, 5));
        // The answer comes when the node has the first half.
        node.get("/");
        raw.send(Arrays.copyOfRange(frame, 5, frame.length));
        raw.hears("message " + i);
      }
      assertEquals(0, node.hits("limits.message-timeout"));
    }
  }

  @Test
  void b40_halfFramesOfManyTakeNoMoreThanTheBudget() {
    var clients = new ArrayList<RawClient>();
    try (var node = TestNode.start("limits.inbound-bytes", "4MiB", "node.io-threads", "1");
        var aftermath = Aftermath.of(node)) {
      var text = "x".repeat(65_000);
      var whole = RawClient.textFrame(text);
      var half = Arrays.copyOf(whole, 60_000);
      for (int i = 0; i < 100; i++) {
        var raw = node.raw("room=b40&user=u" + i);
        raw.send(half);
        clients.add(raw);
      }
      Awaitility.await("all is read").atMost(Duration.ofSeconds(20))
          .until(() -> node.metric("parley_received_bytes_total") >= 100.0 * half.length);
      assertTrue(node.metric("parley_inbound_bytes") <= 4 << 20);
      int refused = (int) node.metric("parley_closes_total{code=\"1013\"}");
      assertTrue(refused >= 30, () -> refused + " refused");
      aftermath.isTold("parley_limit_hits_total{limit=\"limits.inbound-bytes\"}", refused,
          "close 1013");
      // Who came last is as good as anybody; who has kept it waiting for longest had to go.
      var last = clients.getLast();
      last.send(Arrays.copyOfRange(whole, half.length, whole.length));
      last.hears(text);
      clients.getFirst().isClosedWith(1013);
      clients.forEach(RawClient::close);
      Awaitility.await("given back").atMost(Duration.ofSeconds(20))
          .until(() -> node.metric("parley_inbound_bytes") == 0);
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  @Test
  void b45_aFloodOfMessagesGetsErrorsAndIsThenClosed() {
    try (var node = TestNode.start();
        var aftermath = Aftermath.of(node);
        var raw = node.raw("room=b45")) {
      flood(raw, 1, many(20_000, RawClient.textFrame("flood")));
      var next = raw.next();
      int errors = 0;
      for (; next.opcode() == RawClient.TEXT; next = raw.next()) {
        errors += next.text().startsWith("{\"error\":{\"code\":111,") ? 1 : 0;
      }
      assertEquals(3013, next.code());
      assertTrue(errors >= 100, "" + errors);
      aftermath.isTold("parley_closes_total{code=\"3013\"}", 1, "close 3013");
      aftermath.rises("parley_limit_hits_total{limit=\"limits.commands-per-second\"}", 1);
    }
  }
}
