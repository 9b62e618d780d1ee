package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What happens to who sends too much, reads too little, or is gone.
@Timeout(30)
class PlainLimitsTest {
  @Test
  void tooManyCommandsGetError111ThenTheConnectionIsClosedWith3013() {
    try (var node = TestNode.start(
        "limits.commands-per-second", "1", "limits.command-burst", "20");
        var bystander = node.browser("user=bystander&room=quiet");
        var raw = RawClient.upgraded(node.port(), "/?room=flood")) {
      var flood = new ByteArrayOutputStream();
      for (int i = 0; i < 60; i++) {
        flood.writeBytes(RawClient.textFrame("{\"whoami\":true,\"id\":" + i + "}"));
      }
      raw.send(flood.toByteArray());
      for (int i = 0; i < 20; i++) {
        assertTrue(raw.next().text().startsWith("{\"you\":"));
      }
      for (int i = 20; i < 40; i++) {
        assertEquals("{\"error\":{\"code\":111,\"message\":\"too many requests\"},\"id\":" + i
            + "}", raw.next().text());
      }
      assertEquals(3013, raw.next().code());
      bystander.saysAndHears("still here");
    }
  }

  /// More than the buffers of two sockets hold.
  private static final int MANY = 200;

  @Test
  void whoDoesNotReadIsClosedWith3008ByBytes() {
    try (var node = TestNode.start("limits.commands-per-second", "0",
        "limits.outbox-bytes", "128KiB", "limits.outbox-age", "10m", "limits.close-timeout", "1m");
        var reader = node.browser("user=reader&room=busy");
        var slow = RawClient.upgraded(node.port(), "/?room=busy", 4_096)) {
      slow.roundTrip();
      for (int i = 0; i < MANY; i++) {
        reader.saysAndHears("x".repeat(60_000));
      }
      slow.isClosedAtLastWith(3008);
      reader.saysAndHears("others go on");
    }
  }

  @Test
  void whoDoesNotReadIsClosedWith3008ByAge() {
    try (var node = TestNode.start("limits.commands-per-second", "0",
        "limits.outbox-bytes", "256MiB", "limits.outbox-age", "100ms", "limits.close-timeout", "1m",
        "limits.pong-timeout", "50ms", "limits.ping-interval", "10m");
        var reader = node.browser("user=reader&room=busy");
        var slow = RawClient.upgraded(node.port(), "/?room=busy", 4_096)) {
      slow.roundTrip();
      for (int i = 0; i < MANY; i++) {
        reader.saysAndHears("x".repeat(60_000));
      }
      // It may go on reading once the others have talked for longer than its bytes may be old.
      Awaitility.await("closed").atMost(Duration.ofSeconds(10)).until(() -> {
        reader.saysAndHears("x");
        return node.hits("limits.outbox-age") > 0;
      });
      slow.isClosedAtLastWith(3008);
      reader.saysAndHears("others go on");
    }
  }

  @Test
  void aClientIsPingedAndClosedWith3012IfItDoesNotAnswer() {
    try (var node = TestNode.start(
        "limits.ping-interval", "200ms", "limits.pong-timeout", "1s");
        var answering = node.browser("");
        var silent = RawClient.upgraded(node.port(), "/")) {
      for (int i = 0; i < 2; i++) {
        var ping = silent.next();
        assertEquals(RawClient.PING, ping.opcode());
        silent.send(RawClient.frame(0x80 | RawClient.PONG, ping.payload()));
      }
      assertEquals(RawClient.PING, silent.next().opcode());
      assertEquals(3012, silent.next().code());
      answering.saysAndHears("the JDK's client answers by itself");
    }
  }

  /// A pong has to wait behind the frame that is coming; how long that may take has a limit itself.
  @Test
  void aClientInTheMiddleOfAFrameIsNotClosedForItsMissingPong() {
    try (var node = TestNode.start("limits.ping-interval", "200ms",
        "limits.pong-timeout", "1s", "limits.message-timeout", "2s");
        var sending = RawClient.upgraded(node.port(), "/")) {
      assertEquals(RawClient.PING, sending.next().opcode());
      sending.send(Arrays.copyOf(RawClient.textFrame("begun"), 3));
      assertEquals(1008, sending.next().code());
      assertEquals(0, node.hits("limits.pong-timeout"));
    }
  }

  @Test
  void readingGoesOnWhenAPublishWindowIsEmptyAgain() {
    try (var node = TestNode.start("limits.commands-per-second", "0",
        "limits.publish-window", "2");
        var raw = node.raw("user=alice&room=away")) {
      var many = new ByteArrayOutputStream();
      for (int i = 0; i < 500; i++) {
        many.writeBytes(RawClient.textFrame("{\"room\":\"r\",\"id\":" + i + "}"));
      }
      raw.send(many.toByteArray());
      for (int i = 0; i < 500; i++) {
        raw.hears("{\"ack\":" + i + "}");
      }
    }
  }

  @Test
  void whoNeverAnswersACloseIsGoneAfterTheCloseTimeout() {
    try (var node = TestNode.start("limits.close-timeout", "100ms");
        var raw = node.raw("room=own")) {
      raw.send(RawClient.frame(0x80 | RawClient.BINARY, new byte[1]));
      assertEquals(1003, raw.next().code());
      raw.endsByServer();
    }
  }
}
