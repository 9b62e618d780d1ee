package io.parley.outside.tls;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A socket that keeps what came out of it, so that a test sees TLS' records from below.
///
/// Confined to the test's thread.
final class TappedSocket extends Socket {
  static final int ALERT = 21;
  static final int DATA = 23;

  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();

  /// What everybody can see of one of TLS' records.
  record Piece(int type, int length) {}

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        int b = super.read();
        if (b >= 0) {
          seen.write(b);
        }
        return b;
      }

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        int count = super.read(to, offset, length);
        if (count > 0) {
          seen.write(to, offset, count);
        }
        return count;
      }
    };
  }

  /// All of them so far.
  List<Piece> pieces() {
    var pieces = new ArrayList<Piece>();
    var bytes = ByteBuffer.wrap(seen.toByteArray());
    while (bytes.remaining() >= 5) {
      int type = bytes.get();
      bytes.getShort();
      int length = bytes.getShort() & 0xffff;
      pieces.add(new Piece(type, length));
      bytes.position(bytes.position() + length);
    }
    return pieces;
  }
}
