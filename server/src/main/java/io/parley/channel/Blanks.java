package io.parley.channel;

/// What counts as white space before the first character of a message and in names: Unicode's
/// white space, and the byte order mark, which browsers drop when they decode.
public final class Blanks {
  private Blanks() {}

  /// Whether a code point is white space (Unicode's White_Space), or a byte order mark.
  public static boolean isBlank(int c) {
    if (c < 0x80) {
      return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
    }
    return c == 0x85 || c == 0xfeff || Character.isSpaceChar(c);
  }

  /// The index of the first byte of UTF-8 text that is not blank; `text.length` if all are.
  public static int skip(byte[] text) {
    int i = 0;
    while (i < text.length) {
      int b = text[i];
      if (b >= 0) {
        if (!isBlank(b)) {
          return i;
        }
        i++;
        continue;
      }
      // All blanks beyond ASCII have two or three bytes.
      int size = (b & 0xe0) == 0xc0 ? 2 : 3;
      if ((b & 0xf0) == 0xf0 || i + size > text.length) {
        return i;
      }
      int c = size == 2
          ? (b & 0x1f) << 6 | (text[i + 1] & 0x3f)
          : (b & 0x0f) << 12 | (text[i + 1] & 0x3f) << 6 | (text[i + 2] & 0x3f);
      if (!isBlank(c)) {
        return i;
      }
      i += size;
    }
    return i;
  }
}
