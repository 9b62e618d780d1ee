package io.parley.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The masking of client frames (RFC 6455, section 5.3), eight bytes at a time.
final class Mask {
  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class,
      ByteOrder.BIG_ENDIAN);

  private Mask() {}

  /// Masks or unmasks: it is the same.
  ///
  /// @param mask the key's four bytes, the first one highest
  static void apply(byte[] bytes, int mask) {
    if (mask == 0) {
      return;
    }
    long wide = (long) mask << 32 | (mask & 0xffffffffL);
    int i = 0;
    for (; i + Long.BYTES <= bytes.length; i += Long.BYTES) {
      LONGS.set(bytes, i, (long) LONGS.get(bytes, i) ^ wide);
    }
    for (; i < bytes.length; i++) {
      bytes[i] ^= (byte) (mask >>> (24 - 8 * (i & 3)));
    }
  }
}
