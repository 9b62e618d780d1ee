package io.parley.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Publication;
import io.parley.encoding.PublicationEncoder.Sharing;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FrameWriterTest {
  /// A frame is shown between brackets.
  private static final Framing BRACKETS = new Framing() {
    @Override
    public int begin(FrameBuffer out) {
      int mark = out.length();
      out.put('[');
      return mark;
    }

    @Override
    public void end(FrameBuffer out, int mark) {
      out.put(']');
    }
  };

  private static FrameWriter writer(Sharing sharing) {
    return new FrameWriter(new Encoding(0, new PublicationEncoder() {
      @Override
      public void encode(String channel, Publication publication, FrameBuffer out) {
        out.put(publication.data());
        if (publication.data()[0] == '!') {
          throw new IllegalArgumentException("can't be encoded");
        }
      }

      @Override
      public Sharing sharing() {
        return sharing;
      }
    }, BRACKETS), 8);
  }

  private static void append(FrameWriter writer, String text) {
    writer.append("room:a", new Publication(Content.TEXT,
        text.getBytes(StandardCharsets.UTF_8), new ClientInfo("alice", new UUID(0, 1))));
  }

  private static String written(FrameWriter writer) {
    var frames = writer.finish();
    return new String(frames.bytes(), frames.start(), frames.length(), StandardCharsets.UTF_8);
  }

  private static String written(Sharing sharing, String... texts) {
    var writer = writer(sharing);
    for (var text : texts) {
      append(writer, text);
    }
    return written(writer);
  }

  @Test
  void messagesShareAFrameAsTheirEncodingHasIt() {
    assertEquals("[a][b][c]", written(Sharing.NONE, "a", "b", "c"));
    assertEquals("[a\nb\nc]", written(Sharing.BY_LINES, "a", "b", "c"));
    assertEquals("[abc]", written(Sharing.SIMPLY, "a", "b", "c"));
    assertEquals("[a]", written(Sharing.BY_LINES, "a"));
    assertEquals("", written(Sharing.BY_LINES));
  }

  @Test
  void onlySoManyShareOne() {
    var texts = IntStream.range(0, 40).mapToObj(i -> "x").toArray(String[]::new);
    var full = IntStream.range(0, 16).mapToObj(i -> "x").collect(Collectors.joining("\n"));
    assertEquals("[" + full + "][" + full + "][x\nx\nx\nx\nx\nx\nx\nx]",
        written(Sharing.BY_LINES, texts));
  }

  @Test
  void aFrameThatIsLargeIsSharedNoMore() {
    var large = "l".repeat(33 << 10);
    assertEquals("[a\n" + large + "][b]", written(Sharing.BY_LINES, "a", large, "b"));
  }

  @Test
  void whatCantBeEncodedLeavesNothingBehind() {
    for (var sharing : Sharing.values()) {
      var writer = writer(sharing);
      assertThrows(IllegalArgumentException.class, () -> append(writer, "!"));
      append(writer, "a");
      assertThrows(IllegalArgumentException.class, () -> append(writer, "!"));
      assertEquals("[a]", written(writer));
    }
  }
}
