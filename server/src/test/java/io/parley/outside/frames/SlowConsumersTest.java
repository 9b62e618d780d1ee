package io.parley.outside.frames;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Aftermath;
import io.parley.outside.Browser;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Clients that stop reading, many at once (fault F14): each is closed by its own limits, all
/// together by the node's, and what they held is given back to the last byte.
@Timeout(120)
class SlowConsumersTest {
  private static final int SLOW = 20;
  private static final String OUTBOX = "parley_outbox_bytes";
  private static final String CLOSED = "parley_closes_total{code=\"3008\"}";

  private final List<RawClient> slow = new ArrayList<>();

  @AfterEach
  void leave() {
    slow.forEach(RawClient::close);
  }

  private void stopReading(TestNode node) {
    for (int i = 0; i < SLOW; i++) {
      var client = RawClient.upgraded(node.port(), "/?room=busy&user=slow" + i, 4_096);
      client.roundTrip();
      slow.add(client);
    }
  }

  private static void say(Browser talker, int messages) {
    for (int i = 0; i < messages; i++) {
      talker.saysAndHears("x".repeat(60_000));
    }
  }

  private static void awaitNothingHeld(TestNode node) {
    Awaitility.await("given back").atMost(Duration.ofSeconds(30))
        .until(() -> node.metric(OUTBOX) == 0);
  }

  @Test
  void f14_eachIsClosedAtItsOwnCap() {
    try (var node = TestNode.start("limits.commands-per-second", "0",
        "limits.outbox-bytes", "256KiB", "limits.outbox-age", "10m",
        "limits.close-timeout", "1s");
        var aftermath = Aftermath.of(node);
        var talker = node.browser("room=busy&user=talker")) {
      stopReading(node);
      say(talker, 150);
      aftermath.isTold(CLOSED, SLOW, "close 3008");
      aftermath.rises("parley_limit_hits_total{limit=\"limits.outbox-bytes\"}", SLOW);
      // A message more than the cap is what is there when it is looked at.
      assertTrue(node.metric("parley_outbox_highest_bytes") <= 256 * 1_024 + 2 * 60_010);
      talker.saysAndHears("others go on");
      awaitNothingHeld(node);
    }
  }

  @Test
  void f14_eachIsClosedWithinTheAgeLimit() {
    try (var node = TestNode.start("limits.commands-per-second", "0",
        "limits.outbox-bytes", "64MiB", "limits.outbox-age", "300ms",
        "limits.close-timeout", "300ms", "limits.ping-interval", "10m",
        "limits.pong-timeout", "100ms");
        var aftermath = Aftermath.of(node);
        var talker = node.browser("room=busy&user=talker")) {
      stopReading(node);
      say(talker, 150);
      aftermath.rises(CLOSED, SLOW);
      aftermath.rises("parley_limit_hits_total{limit=\"limits.outbox-age\"}", SLOW);
      awaitNothingHeld(node);
    }
  }

  /// Else it would take megabytes for each, which no budget counts.
  @Test
  @EnabledOnOs(OS.LINUX)
  void theKernelTakesLittleForAClientThatDoesNotRead() {
    try (var node = TestNode.start("limits.commands-per-second", "0",
        "limits.outbox-bytes", "64MiB", "limits.outbox-age", "10m",
        "limits.socket-bytes", "64KiB");
        var talker = node.browser("room=busy&user=talker")) {
      stopReading(node);
      say(talker, 10);
      Awaitility.await("nearly all waits in the node").atMost(Duration.ofSeconds(30))
          .until(() -> node.metric(OUTBOX) > SLOW * 400_000);
      assertTrue(node.hits("limits.socket-bytes") >= SLOW);
    }
  }

  @Test
  void f25_allTogetherTakeNoMoreThanTheBudget() {
    try (var node = TestNode.start("limits.commands-per-second", "0",
        "limits.outbox-bytes", "64MiB", "limits.outbox-age", "10m",
        "limits.outbound-bytes", "8MiB", "limits.close-timeout", "1s");
        var aftermath = Aftermath.of(node);
        var talker = node.browser("room=busy&user=talker")) {
      stopReading(node);
      double highest = 0;
      for (int i = 0; i < 150; i++) {
        say(talker, 1);
        highest = Math.max(highest, node.metric(OUTBOX));
      }
      double most = highest;
      // What a single message adds is shed at the end of its tick.
      assertTrue(most <= (8 << 20) + SLOW * 130_000, () -> "" + most);
      assertTrue(most > 4 << 20, () -> "" + most);
      double shed = node.hits("limits.outbound-bytes");
      assertTrue(shed > 0 && shed <= SLOW, () -> "" + shed);
      aftermath.isTold(CLOSED, (int) shed, "close 3008");
      slow.forEach(RawClient::close);
      awaitNothingHeld(node);
    }
  }

  @Test
  void whoVanishesInTheMiddleOfItLeavesNothingBehind() {
    try (var node = TestNode.start("limits.commands-per-second", "0",
        "limits.outbox-bytes", "64MiB", "limits.outbox-age", "10m",
        "limits.outbound-bytes", "1GiB");
        var talker = node.browser("room=busy&user=talker")) {
      for (int round = 0; round < 3; round++) {
        stopReading(node);
        say(talker, 120);
        assertTrue(node.metric(OUTBOX) > 1 << 20);
        slow.forEach(RawClient::close);
        slow.clear();
        awaitNothingHeld(node);
      }
    }
  }
}
