package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A closing handshake that the client doesn't finish: the server waits for `limits.close-timeout`
/// and cuts. That it ends its own half of the connection isn't enough, because the socket would be
/// kept for as long as the client likes.
@Timeout(60)
class PlainClosingTest {
  private static final int BURST = 300;
  private static final int CLOSE_TIMEOUT_MILLIS = 500;

  /// More than the buffers of two sockets hold, in messages of 60 KB.
  private static final int MANY = 200;

  /// What makes the server close a connection.
  enum Cause {
    GOODBYE(1000) {
      @Override
      byte[] bytes() {
        return RawClient.frame(0x80 | RawClient.CLOSE, new byte[]{0x03, (byte) 0xe8});
      }
    },
    TOO_BIG(1009) {
      @Override
      byte[] bytes() {
        return RawClient.frame(0x80 | RawClient.TEXT, new byte[65_537]);
      }
    },
    BINARY(1003) {
      @Override
      byte[] bytes() {
        return RawClient.frame(0x80 | RawClient.BINARY, new byte[1]);
      }
    },
    FLOOD(3013) {
      @Override
      byte[] bytes() {
        var flood = new ByteArrayOutputStream();
        for (int i = 0; i < 3 * BURST; i++) {
          flood.writeBytes(RawClient.textFrame("{\"whoami\":true}"));
        }
        return flood.toByteArray();
      }
    };

    final int code;

    Cause(int code) {
      this.code = code;
    }

    abstract byte[] bytes();
  }

  private static TestNode node() {
    return TestNode.start("limits.close-timeout", CLOSE_TIMEOUT_MILLIS + "ms",
        "limits.commands-per-second", "1", "limits.command-burst", Integer.toString(BURST),
        "limits.outbox-bytes", "256MiB", "limits.outbox-age", "10m");
  }

  @ParameterizedTest
  @EnumSource
  void whoReadsTheCloseFrameAndStaysIsCut(Cause cause) {
    try (var node = node();
        var bystander = node.browser("");
        var raw = node.raw("room=own")) {
      raw.send(cause.bytes());
      raw.isClosedAtLastWith(cause.code);
      raw.isCutByServer();
      bystander.saysAndHears("still here");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoReadsNothingAnyMoreIsCutAfterTheCloseTimeout(Cause cause) {
    try (var node = node();
        var reader = node.browser("user=reader&room=busy");
        var slow = RawClient.upgraded(node.port(), "/?room=busy", 4_096)) {
      slow.roundTrip();
      for (int i = 0; i < MANY; i++) {
        reader.saysAndHears("x".repeat(60_000));
      }
      long start = System.nanoTime();
      slow.send(cause.bytes());
      slow.isCutByServer();
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      assertTrue(millis >= CLOSE_TIMEOUT_MILLIS, () -> "cut after " + millis + " ms");
      reader.saysAndHears("others go on");
    }
  }
}
