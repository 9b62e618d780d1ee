package io.parley.outside.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The echo at `/echo`, which stands on the same transport as the chat.
@Timeout(60)
class EchoTest {
  private static final int SIXTEEN_MIB = 16 * 1024 * 1024;

  private static TestNode start(String... changes) {
    var all = Arrays.copyOf(changes, changes.length + 2);
    all[changes.length] = "echo";
    all[changes.length + 1] = "true";
    return TestNode.start(all);
  }

  private static void echoes(RawClient client, int opcode, byte[] message) {
    client.send(RawClient.frame(0x80 | opcode, message));
    var echo = client.next();
    assertEquals(opcode, echo.opcode());
    assertArrayEquals(message, echo.payload());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536})
  void textAndBinaryComeBackAsTheyWere(int length) {
    try (var node = start(); var client = RawClient.upgraded(node.port(), "/echo")) {
      var bytes = new byte[length];
      Arrays.fill(bytes, (byte) 0xfe);
      echoes(client, RawClient.BINARY, bytes);
      echoes(client, RawClient.TEXT, "é".repeat(length / 2).getBytes(UTF_8));
      // Frames of the chat mean nothing here.
      echoes(client, RawClient.TEXT, "{\"whoami\":true}".getBytes(UTF_8));
    }
  }

  @Test
  void fragmentsComeBackAsOneMessage() {
    try (var node = start(); var client = RawClient.upgraded(node.port(), "/echo")) {
      client.send(RawClient.frame(RawClient.BINARY, new byte[]{1}));
      client.send(RawClient.frame(RawClient.CONTINUATION, new byte[]{2}));
      client.send(RawClient.frame(0x80 | RawClient.CONTINUATION, new byte[]{3}));
      assertArrayEquals(new byte[]{1, 2, 3}, client.next().payload());
    }
  }

  @Test
  void itIsOffByDefault() {
    try (var node = TestNode.start(); var client = RawClient.connect(node.port())) {
      assertEquals(404, node.get("/echo").statusCode());
      client.send(RawClient.request("/echo"));
      assertTrue(client.head().startsWith("HTTP/1.1 404 "));
    }
  }

  @Test
  void aRequestThatIsNoUpgradeIsToldSo() {
    try (var node = start()) {
      var answer = node.get("/echo");
      assertEquals(426, answer.statusCode(), answer::body);
      assertEquals(200, node.get("/").statusCode());
    }
  }

  @Test
  void messagesOf16MiBComeBackToWhoReads() {
    try (var node = start("limits.message-bytes", "16MiB", "limits.outbox-bytes", "32MiB");
        var client = RawClient.upgraded(node.port(), "/echo")) {
      var message = new byte[SIXTEEN_MIB];
      Arrays.fill(message, (byte) 'x');
      echoes(client, RawClient.BINARY, message);
      echoes(client, RawClient.TEXT, message);
    }
  }

  @Test
  void aMessageOverTheLimitIsClosedWith1009() {
    try (var node = start(); var client = RawClient.upgraded(node.port(), "/echo")) {
      client.sendHex("82 ff 00 00 00 00 00 01 00 01 00 00 00 00");
      client.isClosedWith(1009);
    }
  }

  @Test
  void whoFloodsWithoutReadingIsClosedWith3008() {
    try (var node = start("limits.outbox-bytes", "128KiB", "limits.outbox-age", "10m",
        "limits.close-timeout", "1m");
        var bystander = node.browser("room=quiet");
        var flooding = RawClient.upgraded(node.port(), "/echo", 4_096)) {
      var frame = RawClient.frame(0x80 | RawClient.BINARY, new byte[60_000]);
      for (int i = 0; i < 200; i++) {
        flooding.send(frame);
      }
      bystander.saysAndHears("others go on");
      flooding.isClosedAtLastWith(3008);
    }
  }

  @Test
  void aDrainingNodeSendsItsClientsElsewhere() throws InterruptedException {
    try (var node = start("drain.period", "0s");
        var client = RawClient.upgraded(
            node.port(), "/echo")) {
      echoes(client, RawClient.TEXT, "here".getBytes(UTF_8));
      var draining = Thread.ofVirtual().start(node.node()::drain);
      assertEquals(3001, client.next().code());
      client.send(RawClient.frame(0x80 | RawClient.CLOSE, new byte[]{3001 >> 8, (byte) 3001}));
      client.endsByServer();
      assertTrue(draining.join(Duration.ofSeconds(20)));
    }
  }
}
