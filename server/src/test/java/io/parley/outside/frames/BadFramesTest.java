package io.parley.outside.frames;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.parley.outside.Aftermath;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Frames that break RFC 6455 or a limit: whole, byte by byte, and with more in the same segment.
/// Each is answered with its close code, nothing behind it is looked at, the server ends the
/// connection, and nobody else notices.
///
/// The names are the numbers of the catalogue of bad input that the project tests itself by.
@Timeout(120)
class BadFramesTest {
  private static final TestNode NODE = TestNode.start("limits.commands-per-second", "0",
      "limits.close-timeout", "300ms");

  /// A text that would be heard by the others in the room.
  private static final String MORE = "818100000000" + "61";

  @AfterAll
  static void stop() {
    NODE.close();
  }

  @ParameterizedTest
  @CsvSource({
      // Without a mask.
      "B20, 810161, 1002", "B20, 8100, 1002", "B20, 8900, 1002", "B20, 880203e8, 1002",
      "B20, 010161, 1002",
      // Reserved opcodes.
      "B21, 8380 00000000, 1002", "B21, 8480 00000000, 1002", "B21, 8580 00000000, 1002",
      "B21, 8680 00000000, 1002", "B21, 8780 00000000, 1002", "B21, 8b80 00000000, 1002",
      "B21, 8c80 00000000, 1002", "B21, 8d80 00000000, 1002", "B21, 8e80 00000000, 1002",
      "B21, 8f80 00000000, 1002",
      // Reserved bits, where no extension was agreed on.
      "B22, c181 00000000 61, 1002", "B22, a181 00000000 61, 1002", "B22, 9181 00000000 61, 1002",
      "B22, c980 00000000, 1002", "B22, a880 00000000, 1002", "B22, 9a80 00000000, 1002",
      "B22, 0181 00000000 61 c081 00000000 62, 1002",
      // Lengths from another world; nothing of the payload is needed.
      "B24, 82ff8000000000000000, 1002", "B24, 82ff7fffffffffffffff, 1009",
      "B24, 82ff1000000000000000, 1009", "B24, 82ff0000000080000000, 1009",
      "B24, 0181 00000000 61 80ff7fffffffffffffff, 1009",
      // Lengths that are not in their shortest form.
      "B25, 81fe007d, 1002", "B25, 81fe0000, 1002", "B25, 81ff000000000000ffff, 1002",
      "B25, 89fe0001, 1002",
      // Control frames that are too long, or in fragments.
      "B26, 89fe007e, 1002", "B26, 8afe007e, 1002", "B26, 88fe007e, 1002",
      "B26, 0980 00000000, 1002", "B26, 0a80 00000000, 1002", "B26, 0880 00000000, 1002",
      // Fragments out of turn.
      "B29, 8081 00000000 61, 1002", "B29, 0081 00000000 61, 1002",
      "B29, 0181 00000000 61 8181 00000000 62, 1002",
      "B29, 0181 00000000 61 0281 00000000 62, 1002",
      // Close frames that can't be.
      "B30, 8881 00000000 03, 1002", "B30, 8882 00000000 0000, 1002",
      "B30, 8882 00000000 03e7, 1002", "B30, 8882 00000000 03ec, 1002",
      "B30, 8882 00000000 03ed, 1002", "B30, 8882 00000000 03ee, 1002",
      "B30, 8882 00000000 03f7, 1002", "B30, 8882 00000000 03f8, 1002",
      "B30, 8882 00000000 044c, 1002", "B30, 8882 00000000 07d0, 1002",
      "B30, 8882 00000000 0bb7, 1002", "B30, 8882 00000000 ffff, 1002",
      "B32, 8883 00000000 03e8 ff, 1007", "B32, 8885 00000000 03e8 eda080, 1007",
      "B32, 8883 00000000 03e8 c3, 1007",
      // Texts that are no UTF-8: overlong, surrogates, beyond U+10FFFF, cut at the end.
      "B36, 8182 00000000 c080, 1007", "B36, 8183 00000000 e08080, 1007",
      "B36, 8183 00000000 eda080, 1007", "B36, 8184 00000000 f4908080, 1007",
      "B36, 8181 00000000 ff, 1007", "B36, 8181 00000000 c3, 1007",
      "B36, 0182 00000000 f09f 8081 00000000 98, 1007", "B36, 0181 00000000 c3 8080 00000000, 1007",
      // One byte more than the limit, before any of them has come.
      "B37, 81ff0000000000010001, 1009", "B37, 82ff0000000000010001, 1009",
      "B41, 8280 00000000, 1003", "B41, 8281 00000000 ff, 1003",
      "B41, 0281 00000000 61 8081 00000000 62, 1003"})
  void isAnsweredWithItsCode(String number, String hex, int code) {
    var bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    var more = HexFormat.of().parseHex(MORE);
    try (var aftermath = Aftermath.of(NODE);
        var other = NODE.browser("room=bad")) {
      try (var whole = NODE.raw("room=bad")) {
        whole.send(bytes);
        whole.isClosedWith(code);
      }
      try (var single = NODE.raw("room=bad")) {
        for (byte each : bytes) {
          single.send(new byte[]{each});
        }
        single.send(more);
        single.isClosedWith(code);
      }
      try (var together = NODE.raw("room=bad")) {
        var segment = new ByteArrayOutputStream();
        segment.writeBytes(bytes);
        segment.writeBytes(more);
        together.send(segment.toByteArray());
        together.isClosedWith(code);
      }
      aftermath.isTold("parley_closes_total{code=\"" + code + "\"}", 3, "close " + code);
      other.hearsNothing();
      assertNull(other.heardSoFar(), number);
    }
  }

  @Test
  void b23_aMaskOfZerosIsAMask() {
    try (var aftermath = Aftermath.of(NODE); var raw = NODE.raw("room=b23")) {
      raw.sendHex("8185 00000000 48656c6c6f");
      raw.hears("Hello");
      aftermath.rises("parley_closes_total{code=\"1002\"}", 0);
    }
  }

  @Test
  void b36_aCharacterMayBeCutByFramesAndSegments() {
    try (var raw = NODE.raw("room=b36")) {
      raw.sendHex("0182 00000000 f09f");
      raw.sendHex("0080 00000000 8082 00000000 98");
      raw.sendHex("80");
      raw.hears("😀");
    }
  }

  @Test
  void b38_aMessageOfTheLimitInFragmentsPassesAndOneByteMoreDoesNot() {
    var half = "x".repeat(32 * 1_024).getBytes(StandardCharsets.UTF_8);
    try (var aftermath = Aftermath.of(NODE); var raw = NODE.raw("room=b38")) {
      raw.send(RawClient.frame(RawClient.TEXT, half));
      raw.send(RawClient.frame(0x80 | RawClient.CONTINUATION, half));
      raw.hears("x".repeat(64 * 1_024));
      raw.send(RawClient.frame(RawClient.TEXT, half));
      raw.send(RawClient.frame(RawClient.CONTINUATION, half));
      raw.send(RawClient.frame(0x80 | RawClient.CONTINUATION, new byte[1]));
      raw.isClosedWith(1009);
      aftermath.isTold("parley_limit_hits_total{limit=\"limits.message-bytes\"}", 1, "close 1009");
    }
  }
}
