package io.parley.deflate;

import java.util.Arrays;
import java.util.zip.Deflater;

/// Compresses messages for the socket, one at a time. It has some 300 KiB of native memory, so
/// there is one for a thread and none for a connection.
///
/// Confined to the thread that made it.
public final class Deflation implements AutoCloseable {
  /// What a flush ends with, and what is left out on the wire (RFC 7692, section 7.2.1).
  private static final int TAIL_BYTES = 4;
  private static final int KEPT_BYTES = 64 * 1024;

  private final Deflater deflater;
  private byte[] out = new byte[1024];

  /// @param level 1, the fastest, to 9, the smallest
  public Deflation(int level) {
    deflater = new Deflater(level, true);
  }

  /// Compresses a message. The result is in [#bytes], until the next one.
  ///
  /// @return its length; 0 if that wouldn't be less than the message has
  public int deflate(byte[] message, int offset, int length) {
    // More than that would be no gain.
    int most = length + TAIL_BYTES;
    if (out.length < most) {
      out = new byte[Math.max(most, out.length * 2)];
    }
    deflater.reset();
    deflater.setInput(message, offset, length);
    int made = deflater.deflate(out, 0, most, Deflater.SYNC_FLUSH);
    // One that fills what it was given may not be at its end.
    return made < most ? made - TAIL_BYTES : 0;
  }

  /// The array that the result is at the beginning of.
  public byte[] bytes() {
    return out;
  }

  /// Gives back the memory of a large message.
  public void trim() {
    if (out.length > KEPT_BYTES) {
      out = Arrays.copyOf(out, KEPT_BYTES);
    }
  }

  @Override
  public void close() {
    deflater.end();
  }
}
