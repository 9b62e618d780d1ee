package io.parley.deflate;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Decompresses clients' messages, one at a time. It stops at the limit, so a bomb costs no more
/// memory and time than a message that is as big as it may be.
///
/// Confined to the thread that made it.
public final class Inflation implements AutoCloseable {
  /// What senders leave out (RFC 7692, section 7.2.2), and a last, empty block. A message that ends
  /// where it should makes the stream end here, and only here.
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff, 1, 0, 0, (byte) 0xff,
      (byte) 0xff};
  private static final int USUAL_RATIO = 4;
  private static final int LEAST_BYTES = 256;

  private final Inflater inflater = new Inflater(true);
  private final int bytesMax;

  /// @param bytesMax what a message may have, decompressed
  public Inflation(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// The message, decompressed; the array is the caller's.
  ///
  /// @throws InflationException if it is broken or too big
  public byte[] inflate(byte[] message) throws InflationException {
    inflater.reset();
    inflater.setInput(message);
    try {
      return read(message);
    } catch (DataFormatException broken) {
      throw broken("not what deflate makes");
    }
  }

  private byte[] read(byte[] message) throws DataFormatException, InflationException {
    // One byte above the limit shows that there is more.
    int most = bytesMax + 1;
    var out = new byte[(int) Math.min(
        most, Math.max(LEAST_BYTES, (long) message.length * USUAL_RATIO))];
    int length = 0;
    boolean isTailIn = false;
    while (true) {
      length += inflater.inflate(out, length, out.length - length);
      if (length > bytesMax) {
        throw new InflationException(true,
            "decompressed, expected: at most " + bytesMax + " bytes");
      }
      if (inflater.finished()) {
        checkEnd(message, isTailIn);
        return Arrays.copyOf(out, length);
      }
      if (length == out.length) {
        out = Arrays.copyOf(out, (int) Math.min(most, out.length * 2L));
      } else if (isTailIn || !inflater.needsInput()) {
        throw broken("cut");
      } else {
        isTailIn = true;
        inflater.setInput(TAIL);
      }
    }
  }

  /// A stream may end inside of the message; then there is a byte of zeros behind it, to which the
  /// tail would have been added (RFC 7692, section 7.2.3.4).
  private void checkEnd(byte[] message, boolean isTailIn) throws InflationException {
    int left = inflater.getRemaining();
    if (isTailIn ? left != 0 : left > 1 || (left == 1 && message[message.length - 1] != 0)) {
      throw broken("something behind its end");
    }
  }

  private static InflationException broken(String how) {
    return new InflationException(false, "compressed message: " + how);
  }

  @Override
  public void close() {
    inflater.end();
  }
}
