package io.parley.frame;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Frames;
import io.parley.utf8.Utf8;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebSocketFramingTest {
  private static String hex(Frames frames) {
    return HexFormat.of().formatHex(frames.bytes(), 0, frames.length());
  }

  @ParameterizedTest
  @CsvSource({"0, 8100", "1, 8101", "125, 817d", "126, 817e007e", "127, 817e007f",
      "65535, 817effff", "65536, 817f0000000000010000", "1000000, 817f00000000000f4240"})
  void theLengthHasItsShortestForm(int length, String header) {
    // A frame before and a frame behind it: a run holds several.
    var out = new FrameBuffer(4);
    for (var payload : new byte[][]{{'a'}, payload(length), {'z'}}) {
      int mark = WebSocketFraming.TEXT.begin(out);
      out.put(payload);
      WebSocketFraming.TEXT.end(out, mark);
    }
    assertEquals("810161" + header + HexFormat.of().formatHex(payload(length)) + "81017a",
        hex(out.frames()));
  }

  private static byte[] payload(int length) {
    var payload = new byte[length];
    for (int i = 0; i < length; i++) {
      payload[i] = (byte) ('a' + i % 26);
    }
    return payload;
  }

  @Test
  void controlFramesAreAsTheRfcSays() {
    assertEquals("8900", hex(WebSocketFraming.PING));
    assertEquals("8a0548656c6c6f", hex(WebSocketFraming.pong("Hello".getBytes(UTF_8))));
    assertEquals("8a7d" + "00".repeat(125), hex(WebSocketFraming.pong(new byte[125])));
    assertEquals("8800", hex(WebSocketFraming.emptyClose()));
    assertEquals("880203e8", hex(WebSocketFraming.close(1000, "")));
    assertEquals("88060bb9" + HexFormat.of().formatHex("shut".getBytes(UTF_8)),
        hex(WebSocketFraming.close(3001, "shut")));
  }

  @Test
  void aReasonThatIsTooLongIsCutBetweenCharacters() {
    for (int before = 118; before <= 124; before++) {
      var frame = WebSocketFraming.close(1002, "x".repeat(before) + "😀😀");
      assertTrue(frame.length() <= 127, () -> "length " + frame.length());
      assertEquals(frame.length() - 2, frame.bytes()[1]);
      var reason = Arrays.copyOfRange(frame.bytes(), 4, frame.length());
      assertTrue(Utf8.isValid(reason), () -> HexFormat.of().formatHex(reason));
      assertTrue(reason.length >= 120 || reason.length == before, () -> "reason " + reason.length);
    }
  }
}
