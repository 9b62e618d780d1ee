package io.parley.frame;

import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Frames;
import io.parley.encoding.Framing;
import java.nio.charset.StandardCharsets;

/// Messages in the body of an HTTP response that has no end: each run of them is a chunk (RFC 9112,
/// section 7.1), so that whoever reads the response gets it as a whole.
public enum ChunkFraming implements Framing {
  /// Texts without line feeds, one on each line.
  LINES("", "\n"),
  /// Such texts as server-sent events (HTML, section 9.2): an event for each.
  EVENTS("data: ", "\n\n"),
  /// Messages that say themselves where they end.
  BYTES("", "");

  /// The length, which is always written with all its digits: it isn't known before the chunk is
  /// there, and zeros may stand in front.
  private static final int DIGITS = 8;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = DIGITS + 2;

  /// The last chunk, and no trailers.
  private static final byte[] END = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final String before;
  private final String behind;

  ChunkFraming(String before, String behind) {
    this.before = before;
    this.behind = behind;
  }

  @Override
  public int begin(FrameBuffer out) {
    int mark = beginChunk(out);
    out.ascii(before);
    return mark;
  }

  @Override
  public void end(FrameBuffer out, int mark) {
    out.ascii(behind);
    endChunk(out, mark);
  }

  private static int beginChunk(FrameBuffer out) {
    int mark = out.length();
    out.length(mark + HEADER);
    return mark;
  }

  private static void endChunk(FrameBuffer out, int mark) {
    int length = out.length() - mark - HEADER;
    for (int i = DIGITS - 1; i >= 0; i--) {
      out.array()[mark + i] = HEX[length & 15];
      length >>= 4;
    }
    out.array()[mark + DIGITS] = '\r';
    out.array()[mark + DIGITS + 1] = '\n';
    out.put('\r').put('\n');
  }

  /// A message that is there as a whole.
  public Frames frame(byte[] message) {
    var out = new FrameBuffer(HEADER + before.length() + message.length + behind.length() + 2);
    int mark = begin(out);
    out.put(message);
    end(out, mark);
    return out.frames();
  }

  /// What comes first: an empty line, by which a browser knows that events will follow.
  public Frames opening() {
    var out = new FrameBuffer(HEADER + 4);
    if (this == EVENTS) {
      int mark = beginChunk(out);
      out.put('\r').put('\n');
      endChunk(out, mark);
    }
    return out.frames();
  }

  /// What comes last.
  public static Frames ending() {
    return new Frames(END, END.length);
  }
}
