package io.parley.encoding;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing array that wires write frames into.
///
/// Confined to whoever made it, until [#frames] hands the array on.
public final class FrameBuffer {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes;
  private int length;

  public FrameBuffer(int capacity) {
    bytes = new byte[capacity];
  }

  public int length() {
    return length;
  }

  /// The array as it stands, for a framing that has to move what is in it.
  public byte[] array() {
    return bytes;
  }

  /// Makes the buffer end here; what was beyond is gone, what is new is undefined.
  public void length(int newLength) {
    room(newLength - length);
    length = newLength;
  }

  public FrameBuffer put(int b) {
    room(1);
    bytes[length++] = (byte) b;
    return this;
  }

  /// Makes room for so much more at once, so that what is there is moved once and not again for
  /// the end of something long.
  public FrameBuffer reserve(int more) {
    room(more);
    return this;
  }

  public FrameBuffer put(byte[] from) {
    return put(from, 0, from.length);
  }

  public FrameBuffer put(byte[] from, int offset, int count) {
    room(count);
    System.arraycopy(from, offset, bytes, length, count);
    length += count;
    return this;
  }

  /// Puts a text that is known to be ASCII.
  public FrameBuffer ascii(String text) {
    int count = text.length();
    room(count);
    for (int i = 0; i < count; i++) {
      bytes[length++] = (byte) text.charAt(i);
    }
    return this;
  }

  /// Puts a JSON string, quoted and escaped (RFC 8259, section 7).
  public FrameBuffer jsonString(String text) {
    return jsonString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Puts UTF-8 text as a JSON string.
  public FrameBuffer jsonString(byte[] utf8) {
    room(utf8.length + 2);
    bytes[length++] = '"';
    int from = 0;
    for (int i = 0; i < utf8.length; i++) {
      int b = utf8[i];
      if ((b >= ' ' && b != '"' && b != '\\') || b < 0) {
        continue;
      }
      put(utf8, from, i - from);
      from = i + 1;
      switch (b) {
        case '"', '\\' -> put('\\').put(b);
        case '\n' -> ascii("\\n");
        case '\r' -> ascii("\\r");
        case '\t' -> ascii("\\t");
        default -> ascii("\\u00").put(HEX[b >> 4]).put(HEX[b & 15]);
      }
    }
    return put(utf8, from, utf8.length - from).put('"');
  }

  /// How many bytes [#jsonString(byte[])] puts.
  public static int jsonStringLength(byte[] utf8) {
    int length = utf8.length + 2;
    for (byte b : utf8) {
      if (b == '"' || b == '\\' || b == '\n' || b == '\r' || b == '\t') {
        length++;
      } else if (b >= 0 && b < ' ') {
        length += 5;
      }
    }
    return length;
  }

  /// The frames that were written. The array goes with them: the buffer must not be used any more.
  public Frames frames() {
    return new Frames(bytes, length);
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }
}
