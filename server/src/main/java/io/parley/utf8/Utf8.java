package io.parley.utf8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Tells whether bytes are UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above
/// U+10FFFF.
public final class Utf8 {
  static final int CHARACTER_BYTES_MAX = 4;

  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class,
      ByteOrder.LITTLE_ENDIAN);
  private static final long NOT_ASCII = 0x8080808080808080L;

  private Utf8() {}

  public static boolean isValid(byte[] bytes) {
    return isValid(bytes, bytes.length);
  }

  static boolean isValid(byte[] bytes, int length) {
    return endOfCharacters(bytes, 0, length) == length;
  }

  /// Where whole characters end and something else begins; at the latest at `length`.
  static int endOfCharacters(byte[] bytes, int from, int length) {
    int i = from;
    while (i < length) {
      if (i + Long.BYTES <= length && ((long) LONGS.get(bytes, i) & NOT_ASCII) == 0) {
        i += Long.BYTES;
      } else {
        int size = sizeOfCharacter(bytes, i, length);
        if (size == 0) {
          return i;
        }
        i += size;
      }
    }
    return length;
  }

  /// Whether bytes are a character without its end.
  static boolean isBeginning(byte[] bytes) {
    int first = bytes[0] & 0xff;
    if (bytes.length == 1) {
      return first >= 0xc2 && first <= 0xf4;
    }
    // Most tails fit behind any beginning; where not every second byte does, that one is there.
    var whole = Arrays.copyOf(bytes, CHARACTER_BYTES_MAX);
    Arrays.fill(whole, Math.min(bytes.length, CHARACTER_BYTES_MAX), CHARACTER_BYTES_MAX,
        (byte) 0x80);
    return sizeOfCharacter(whole, 0, CHARACTER_BYTES_MAX) > bytes.length;
  }

  /// The size of the character that starts at `i`; 0 if none does.
  private static int sizeOfCharacter(byte[] bytes, int i, int length) {
    int first = bytes[i] & 0xff;
    if (first < 0x80) {
      return 1;
    }
    int second = i + 1 < length ? bytes[i + 1] & 0xff : 0;
    if (first < 0xe0) {
      return first >= 0xc2 && isTail(second) ? 2 : 0;
    }
    int third = i + 2 < length ? bytes[i + 2] & 0xff : 0;
    if (first < 0xf0) {
      int low = first == 0xe0 ? 0xa0 : 0x80;
      int high = first == 0xed ? 0x9f : 0xbf;
      return second >= low && second <= high && isTail(third) ? 3 : 0;
    }
    int fourth = i + 3 < length ? bytes[i + 3] & 0xff : 0;
    int low = first == 0xf0 ? 0x90 : 0x80;
    int high = first == 0xf4 ? 0x8f : 0xbf;
    return first <= 0xf4 && second >= low && second <= high && isTail(third) && isTail(fourth)
        ? 4
        : 0;
  }

  private static boolean isTail(int b) {
    return (b & 0xc0) == 0x80;
  }
}
