package io.parley.frame;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Frames;
import org.junit.jupiter.api.Test;

class ChunkFramingTest {
  private static String text(Frames frames) {
    return new String(frames.bytes(), frames.start(), frames.length(), US_ASCII);
  }

  private static String framed(ChunkFraming framing, String message) {
    return text(framing.frame(message.getBytes(US_ASCII)));
  }

  @Test
  void aMessageIsAChunk() {
    assertEquals("00000003\r\n{}\n\r\n", framed(ChunkFraming.LINES, "{}"));
    assertEquals("0000000a\r\ndata: {}\n\n\r\n", framed(ChunkFraming.EVENTS, "{}"));
    assertEquals("00000002\r\n{}\r\n", framed(ChunkFraming.BYTES, "{}"));
    var large = "x".repeat(0x12345);
    assertEquals("00012346\r\n" + large + "\n\r\n", framed(ChunkFraming.LINES, large));
  }

  @Test
  void chunksFollowEachOther() {
    var out = new FrameBuffer(1);
    for (var message : new String[]{"a", "bc"}) {
      int mark = ChunkFraming.LINES.begin(out);
      out.ascii(message);
      ChunkFraming.LINES.end(out, mark);
    }
    assertEquals("00000002\r\na\n\r\n00000003\r\nbc\n\r\n", text(out.frames()));
  }

  @Test
  void onlyEventsHaveAnOpeningAndAllEndAlike() {
    assertEquals("00000002\r\n\r\n\r\n", text(ChunkFraming.EVENTS.opening()));
    assertEquals("", text(ChunkFraming.LINES.opening()));
    assertEquals("0\r\n\r\n", text(ChunkFraming.ending()));
  }
}
