package io.parley.outside.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Browser;
import io.parley.outside.RawClient;
import io.parley.redis.LogLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// B18: what comes to a TLS port and is no TLS, or too much of it.
@Timeout(60)
class BadTlsTest {
  private static final String RANDOM = "00".repeat(32);

  private static final TlsNode NODE = TlsNode.start();

  private final Browser bystander = NODE.browser("room=quiet");

  @AfterAll
  static void stop() {
    NODE.close();
  }

  @AfterEach
  void theBystanderIsServed() {
    bystander.saysAndHears("still here");
    bystander.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "\0\0\0\0\0\0\0\0\0\0\0\0",
      "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n\r\n", "SSH-2.0-x\r\n"})
  void whatIsNoTlsIsCutOff(String bytes) {
    isRefused("", raw -> {
      raw.send(bytes);
      raw.endsAtLast();
    });
  }

  /// A client does something wrong on its way to TLS, which is counted once and told once.
  ///
  /// @param reason what the line has in it
  private static void isRefused(String reason, Consumer<RawClient> wrong) {
    try (var log = new LogLines("io.parley.transport");
        var raw = RawClient.connect(NODE.port())) {
      double before = NODE.refused("handshake");
      wrong.accept(raw);
      Awaitility.await("counted and told").atMost(Duration.ofSeconds(10))
          .pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5))
          .until(() -> NODE.refused("handshake") > before
              && !log.linesWith("TLS refused: ").isEmpty());
      assertEquals(before + 1, NODE.refused("handshake"));
      var lines = log.linesWith("TLS refused: ");
      assertEquals(1, lines.size(), lines::toString);
      assertTrue(lines.getFirst().contains(reason), lines::toString);
    }
  }

  /// `ws://` where it should be `wss://`: the usual mistake, with a token in it.
  @Test
  void whatCameInsteadOfTlsIsNotInTheLog() {
    try (var log = new LogLines("io.parley");
        var raw = RawClient.connect(NODE.port())) {
      raw.send("GET /?token=SECRET HTTP/1.1\r\nHost: h\r\n\r\n");
      raw.endsAtLast();
      assertEquals(1, log.linesWith("TLS refused: no TLS, client ").size());
      var hex = HexFormat.of().formatHex("SECRET".getBytes(ISO_8859_1));
      assertEquals(List.of(), log.linesWith("SECRET"));
      assertEquals(List.of(), log.linesWith(hex));
    }
  }

  /// @param version 1.0, 1.1
  @ParameterizedTest
  @ValueSource(strings = {"0301", "0302"})
  void oldVersionsAreRefused(String version) {
    var hello = version + RANDOM + "00" + "0006" + "c013" + "002f" + "00ff" + "0100";
    isRefused("protocol_version", raw -> {
      raw.sendHex("16 0301 00%02x".formatted(hello.length() / 2 + 4)
          + "01 0000%02x".formatted(hello.length() / 2) + hello);
      assertEquals("fatal alert: protocol_version", alert(raw));
      raw.endsByServer();
    });
  }

  private static String alert(RawClient raw) {
    var record = raw.bytes(7);
    assertEquals(21, record[0], "an alert");
    assertEquals(2, record[5], "fatal");
    return record[6] == 70 ? "fatal alert: protocol_version" : "fatal alert: " + record[6];
  }

  /// A record ends at 16 KiB, a hello goes over several of them and could be 16 MiB.
  @Test
  void aHugeHelloIsRefusedLongBeforeItsEnd() {
    isRefused("exceeds the maximum", raw -> {
      raw.sendHex("16 0301 4000 01 ffffff 0303" + RANDOM + "20" + "00".repeat(16_384 - 39));
      sendAsLongAsItIsTaken(raw, "16 0301 4000" + "00".repeat(16_384));
      raw.endsAtLast();
    });
  }

  private static void sendAsLongAsItIsTaken(RawClient raw, String hex) {
    try {
      for (int i = 0; i < 3; i++) {
        raw.sendHex(hex);
      }
    } catch (UncheckedIOException reset) {
      // Refused already.
    }
  }

  @Test
  void aRecordThatIsTooLongIsRefused() {
    isRefused("too big", raw -> {
      sendAsLongAsItIsTaken(raw, "16 0301 ffff" + "00".repeat(65_535));
      raw.endsAtLast();
    });
  }

  @Test
  void aRecordThatNobodyEncryptedEndsAConnection() {
    try (var log = new LogLines("io.parley"); var plain = RawClient.connect(NODE.port())) {
      plain.secured(NODE.trusting(), "TLSv1.3").upgraded("/?room=own").roundTrip();
      plain.sendHex("17 0303 0020" + "00".repeat(32));
      plain.endsAtLast();
      assertEquals(0, log.linesWith("bug").size());
    }
  }

  @Test
  void aSecondHandshakeEndsAConnection() {
    try (var log = new LogLines("io.parley.transport"); var raw = NODE.raw("TLSv1.2", "room=own")) {
      try {
        raw.tls().startHandshake();
      } catch (IOException ended) {
        // Or not yet.
      }
      raw.endsAtLast();
      assertEquals(1, log.linesWith("TLS refused: a second handshake").size());
      assertEquals(1, NODE.refused("renegotiation"));
    }
  }

  @Test
  void newKeysMayBeAskedFor() throws IOException {
    try (var raw = NODE.raw("TLSv1.3", "room=own")) {
      for (int i = 0; i < 10; i++) {
        raw.tls().startHandshake();
        raw.roundTrip();
      }
    }
  }

  @Test
  void whoAsksForNewKeysAgainAndAgainIsCutOff() {
    try (var log = new LogLines("io.parley.transport"); var raw = NODE.raw("TLSv1.3", "room=own")) {
      assertThrows(IOException.class, () -> {
        for (int i = 0; i < 100_000; i++) {
          raw.tls().startHandshake();
        }
        raw.tls().getInputStream().readAllBytes();
      });
      assertEquals(1, log.linesWith("TLS refused: too many records").size());
      assertEquals(1, NODE.refused("records"));
    }
  }

  @Test
  void aHandshakeThatStallsIsCutOffInTime() {
    try (var log = new LogLines("io.parley");
        var quick = TlsNode.start("limits.handshake-timeout", "200ms");
        var silent = RawClient.connect(quick.port());
        var begun = RawClient.connect(quick.port())) {
      begun.sendHex("16 0301 4000 01");
      begun.endsAtLast();
      silent.endsAtLast();
      assertEquals(2, quick.node().hits("limits.handshake-timeout"));
      assertEquals(2, quick.node().metric("parley_arrivals_cut_total{reason=\"timeout\"}"));
      assertEquals(2, log.linesWith("client cut: no WebSocket in time").size());
      assertEquals(0, log.linesWith("TLS refused: ").size());
    }
  }
}
