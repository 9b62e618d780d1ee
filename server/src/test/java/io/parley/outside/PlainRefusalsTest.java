package io.parley.outside;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is refused, and that a bystander doesn't notice.
@Timeout(30)
class PlainRefusalsTest {
  private static final TestNode NODE = TestNode.start(
      "limits.commands-per-second", "0", "limits.message-bytes", "2KiB",
      "limits.message-fragments", "16", "limits.outbox-bytes", "1MiB");

  private final Browser bystander = NODE.browser("user=bystander&room=quiet");

  @AfterEach
  void theBystanderIsServedAndHasHeardNothing() {
    bystander.saysAndHears("still here");
    bystander.close();
  }

  @AfterAll
  static void stop() {
    NODE.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\ufeff", "{", "{]", "{\"a\":1}}", "{} {}", "{\"a\":1,}",
      "{\"to\":\"a\",\"join\":\"b\"}", "{\"join\":1}", "{\"whoami\":1}", "{\"id\":1,\"id\":1}",
      "{\0\"\0a\0\"\0:\0001\0}\0", "{\"__proto__\":", "{\"who\":[]}"})
  void whatIsNoCommandGetsError107AndNothingIsDelivered(String frame) {
    try (var client = NODE.browser("room=x1"); var other = NODE.browser("room=x1")) {
      var refused = client.say(frame).next();
      assertTrue(refused.startsWith("{\"error\":{\"code\":107,\"message\":\"bad request"), refused);
      client.saysAndHears("the connection stays");
      other.hears("the connection stays");
    }
  }

  @Test
  void bombsGetError107() {
    try (var client = NODE.browser("room=x2")) {
      for (var frame : new String[]{"{\"a\":".repeat(400), "{\"a\":" + "[".repeat(1_900),
          "{\"a\":" + "9".repeat(1_900) + "}", "{\"id\":" + "9".repeat(1_900) + "}"}) {
        var refused = client.say(frame).next();
        assertTrue(refused.startsWith("{\"error\":{\"code\":107,"), refused);
      }
    }
  }

  @Test
  void aMessageOfTheLimitPassesAndOneOverItCloses() {
    try (var client = NODE.browser("room=x4"); var jdk = NODE.browser("room=x4b")) {
      client.saysAndHears("x".repeat(2_048));
      client.say("x".repeat(2_049)).isClosedWith(1009);
      jdk.say("é".repeat(1_025)).isClosedWith(1009);
    }
    try (var raw = NODE.raw("room=x4")) {
      raw.sendHex("81fe0801");
      raw.isClosedWith(1009);
    }
  }

  @Test
  void tooManyFragmentsClose() {
    try (var raw = NODE.raw("room=x5")) {
      raw.send(RawClient.frame(RawClient.TEXT, new byte[0]));
      for (int i = 0; i < 16; i++) {
        raw.send(RawClient.frame(RawClient.CONTINUATION, new byte[0]));
      }
      raw.isClosedWith(1009);
    }
  }

  @Test
  void aBinaryMessageCloses() {
    try (var client = NODE.browser("room=x6")) {
      client.sayBinary((byte) 1);
      client.isClosedWith(1003);
    }
  }

  @ParameterizedTest
  @CsvSource({"8181 00000000 ff, 1007", "8183 00000000 eda080, 1007", "8182 00000000 c080, 1007",
      "8184 00000000 f4908080, 1007", "8181 00000000 c3, 1007", "8883 00000000 03e8ff, 1007",
      "810161, 1002", "8380 00000000, 1002", "8f80 00000000, 1002", "c180 00000000, 1002",
      "0980 00000000, 1002", "89fe007e, 1002", "8080 00000000, 1002", "81fe0001, 1002",
      "81ff8000000000000000, 1002", "81ff1000000000000000, 1009", "8881 00000000 03, 1002",
      "8882 00000000 03ed, 1002", "8882 00000000 07d0, 1002"})
  void whatBreaksRfc6455Closes(String hex, int code) {
    try (var raw = NODE.raw("room=x7")) {
      raw.sendHex(hex);
      raw.isClosedWith(code);
    }
    // Byte by byte, with more behind it.
    try (var raw = NODE.raw("room=x7")) {
      var stream = hex.replace(" ", "") + "818100000000" + "61";
      for (int i = 0; i < stream.length(); i += 2) {
        raw.sendHex(stream.substring(i, i + 2));
      }
      raw.isClosedWith(code);
    }
  }

  @Test
  void aCloseIsAnsweredWithItsCodeAndTheServerEndsTheConnection() {
    for (int code : new int[]{1000, 1001, 3000, 4999}) {
      try (var raw = NODE.raw("room=x8")) {
        raw.sendHex("8884 00000000 %04x 6279 8181 00000000 61".formatted(code));
        raw.isClosedWith(code);
      }
    }
    try (var raw = NODE.raw("room=x8")) {
      raw.sendHex("8880 00000000");
      assertEquals(new RawClient.Frame(RawClient.CLOSE, new byte[0]).text(), raw.next().text());
      raw.endsByServer();
    }
  }

  @Test
  void aPingIsAnsweredWithItsPayloadBetweenFragmentsToo() {
    try (var raw = NODE.raw("room=x9")) {
      var payload = "p".repeat(125).getBytes(UTF_8);
      raw.send(RawClient.frame(RawClient.TEXT, "Hel".getBytes(UTF_8)));
      raw.send(RawClient.frame(0x80 | RawClient.PING, payload));
      raw.send(RawClient.frame(0x80 | RawClient.PONG, payload));
      raw.send(RawClient.frame(0x80 | RawClient.CONTINUATION, "lo".getBytes(UTF_8)));
      var pong = raw.next();
      assertEquals(RawClient.PONG, pong.opcode());
      assertArrayEquals(payload, pong.payload());
      raw.hears("Hello");
    }
  }

  @Test
  void textIsReadInWhateverPiecesItComes() {
    try (var raw = NODE.raw("room=x10")) {
      for (byte b : RawClient.textFrame("slowly é😀")) {
        raw.send(new byte[]{b});
      }
      raw.hears("slowly é😀");
      var several = new ByteArrayOutputStream();
      for (int i = 0; i < 100; i++) {
        several.writeBytes(RawClient.textFrame("m" + i));
      }
      raw.send(several.toByteArray());
      for (int i = 0; i < 100; i++) {
        raw.hears("m" + i);
      }
    }
  }

  @Test
  void framesBehindTheHandshakeInOneSegmentAreServed() {
    try (var raw = RawClient.connect(NODE.port())) {
      var all = new ByteArrayOutputStream();
      all.writeBytes(RawClient.request("/?room=x11").getBytes(UTF_8));
      all.writeBytes(RawClient.textFrame("{\"whoami\":true,\"id\":1}"));
      raw.send(all.toByteArray());
      assertTrue(raw.head().startsWith("HTTP/1.1 101 "));
      assertTrue(raw.next().text().endsWith(",\"id\":1}"));
    }
  }

  @Test
  void whoVanishesWithoutAGoodbyeIsNoProblem() {
    for (int i = 0; i < 20; i++) {
      NODE.raw("room=x12").close();
      var half = RawClient.upgraded(NODE.port(), "/?room=x12");
      half.sendHex("01ff");
      half.close();
    }
    try (var client = NODE.browser("room=x12")) {
      client.saysAndHears("here");
    }
  }

  @Test
  void serversFramesAreUnmaskedAndInTheShortestForm() {
    try (var raw = NODE.raw("room=x13")) {
      for (int length : List.of(1, 125, 126, 2_000)) {
        raw.say("x".repeat(length)).hears("x".repeat(length));
      }
    }
  }
}
