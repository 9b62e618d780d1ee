package io.parley.encoding;

import io.parley.channel.Publication;

/// Writes publications that follow each other, several into a frame where the encoding allows that.
///
/// Confined to whoever made it.
public final class FrameWriter {
  /// So that nobody's limit for a frame is reached: some clients have one.
  private static final int SHARED_BYTES_MAX = 32 << 10;
  private static final int SHARED_MAX = 16;

  private static final int NONE = -1;

  private final Encoding encoding;
  private final FrameBuffer out;

  /// Where the frame began that is open; or none is.
  private int mark = NONE;

  /// How many messages are in it.
  private int count;

  /// @param capacity the bytes that are reserved at first
  public FrameWriter(Encoding encoding, int capacity) {
    this.encoding = encoding;
    this.out = new FrameBuffer(capacity);
  }

  /// Appends a publication. If it can't be encoded, everything is as it was.
  public void append(String channel, Publication publication) {
    var encoder = encoding.encoder();
    if (encoder.sharing() == PublicationEncoder.Sharing.NONE) {
      int start = out.length();
      try {
        encoding.encode(channel, publication, out);
      } catch (RuntimeException bug) {
        out.length(start);
        throw bug;
      }
      return;
    }
    if (mark != NONE && (count == SHARED_MAX || out.length() - mark > SHARED_BYTES_MAX)) {
      endFrame();
    }
    int start = out.length();
    boolean isFirst = mark == NONE;
    try {
      if (isFirst) {
        mark = encoding.framing().begin(out);
      } else if (encoder.sharing() == PublicationEncoder.Sharing.BY_LINES) {
        out.put('\n');
      }
      encoder.encode(channel, publication, out);
      count++;
    } catch (RuntimeException bug) {
      out.length(start);
      mark = isFirst ? NONE : mark;
      throw bug;
    }
  }

  private void endFrame() {
    encoding.framing().end(out, mark);
    mark = NONE;
    count = 0;
  }

  /// Ends what is open; nothing may be appended any more.
  public Frames finish() {
    if (mark != NONE) {
      endFrame();
    }
    return out.frames();
  }
}
