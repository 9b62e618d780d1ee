package io.parley.frame;

import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Frames;
import io.parley.encoding.Framing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A server's WebSocket frames: final, not masked, the length in its shortest form (RFC 6455,
/// section 5.2).
public final class WebSocketFraming implements Framing {
  /// Every message of the text protocols.
  public static final WebSocketFraming TEXT = new WebSocketFraming(1);

  public static final WebSocketFraming BINARY = new WebSocketFraming(2);

  public static final Frames PING = new Frames(new byte[]{(byte) 0x89, 0}, 2);

  private static final int FINAL = 0x80;
  private static final int PONG = 0x8a;
  private static final int CLOSE = 0x88;
  private static final int CLOSE_REASON_BYTES_MAX = 123;

  /// Room that is left for the header until the length is known: right for most messages.
  private static final int USUAL_HEADER = 4;

  private final int opcode;

  private WebSocketFraming(int opcode) {
    this.opcode = opcode;
  }

  @Override
  public int begin(FrameBuffer out) {
    int mark = out.length();
    out.length(mark + USUAL_HEADER);
    return mark;
  }

  @Override
  public void end(FrameBuffer out, int mark) {
    int length = out.length() - mark - USUAL_HEADER;
    if (length < 126) {
      move(out, mark, length, 2);
      out.array()[mark + 1] = (byte) length;
    } else if (length < 65_536) {
      out.array()[mark + 1] = 126;
      out.array()[mark + 2] = (byte) (length >> 8);
      out.array()[mark + 3] = (byte) length;
    } else {
      move(out, mark, length, 10);
      out.array()[mark + 1] = 127;
      for (int i = 0; i < 8; i++) {
        out.array()[mark + 2 + i] = (byte) ((long) length >> (56 - 8 * i));
      }
    }
    out.array()[mark] = (byte) (FINAL | opcode);
  }

  /// Where the message stands that was begun at a mark, until it is ended.
  static int startOfMessage(int mark) {
    return mark + USUAL_HEADER;
  }

  private static void move(FrameBuffer out, int mark, int length, int header) {
    out.length(Math.max(out.length(), mark + header + length));
    System.arraycopy(out.array(), mark + USUAL_HEADER, out.array(), mark + header, length);
    out.length(mark + header + length);
  }

  /// A message that is there as a whole.
  public Frames frame(byte[] message) {
    int header = message.length < 126 ? 2 : message.length < 65_536 ? 4 : 10;
    var out = new FrameBuffer(Math.max(header, USUAL_HEADER) + message.length);
    int mark = begin(out);
    out.put(message);
    end(out, mark);
    return out.frames();
  }

  public static Frames pong(byte[] payload) {
    var frame = new byte[2 + payload.length];
    frame[0] = (byte) PONG;
    frame[1] = (byte) payload.length;
    System.arraycopy(payload, 0, frame, 2, payload.length);
    return new Frames(frame, frame.length);
  }

  /// A close frame; a reason that is too long is cut between characters.
  public static Frames close(int code, String reason) {
    var text = reason.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(text.length, CLOSE_REASON_BYTES_MAX);
    while (length < text.length && length > 0 && (text[length] & 0xc0) == 0x80) {
      length--;
    }
    var frame = Arrays.copyOf(new byte[]{
        (byte) CLOSE, (byte) (2 + length), (byte) (code >> 8), (byte) code}, 4 + length);
    System.arraycopy(text, 0, frame, 4, length);
    return new Frames(frame, frame.length);
  }

  /// The close frame without a code.
  public static Frames emptyClose() {
    return new Frames(new byte[]{(byte) CLOSE, 0}, 2);
  }
}
