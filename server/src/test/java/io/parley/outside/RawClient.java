package io.parley.outside;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import org.awaitility.Awaitility;

/// A client that writes bytes as a test wants them, so that it can break every rule of HTTP and of
/// RFC 6455. It reads frames strictly: whole, final, unmasked.
///
/// Confined to the test's thread.
final class RawClient implements AutoCloseable {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;
  private static final int DEADLINE_MILLIS = 10_000;
  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

  private final Socket socket = new Socket();
  private final DataInputStream in;

  private RawClient(int port, int receiveBufferBytes) {
    try {
      if (receiveBufferBytes > 0) {
        socket.setReceiveBufferSize(receiveBufferBytes);
      }
      socket.setSoTimeout(DEADLINE_MILLIS);
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
          DEADLINE_MILLIS);
      in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A frame that the server sent.
  record Frame(int opcode, byte[] payload) {
    String text() {
      return new String(payload, UTF_8);
    }

    /// The code of a close frame.
    int code() {
      assertEquals(CLOSE, opcode, this::text);
      return ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
    }
  }

  static RawClient connect(int port) {
    return new RawClient(port, 0);
  }

  /// A client after the opening handshake.
  static RawClient upgraded(int port, String path) {
    return upgraded(port, path, 0);
  }

  /// @param receiveBufferBytes of its socket; 0: the usual
  static RawClient upgraded(int port, String path, int receiveBufferBytes) {
    var client = new RawClient(port, receiveBufferBytes);
    client.send(request(path));
    assertTrue(client.head().startsWith("HTTP/1.1 101 "));
    return client;
  }

  static String request(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  }

  void send(String latin1) {
    send(latin1.getBytes(ISO_8859_1));
  }

  void send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void sendHex(String hex) {
    send(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  /// A frame as a client has to send it.
  static byte[] frame(int firstByte, byte[] payload) {
    var out = new ByteArrayOutputStream();
    out.write(firstByte);
    int length = payload.length;
    if (length < 126) {
      out.write(0x80 | length);
    } else if (length < 65_536) {
      out.write(0x80 | 126);
      out.write(length >> 8);
      out.write(length);
    } else {
      out.write(0x80 | 127);
      for (int i = 7; i >= 0; i--) {
        out.write((int) ((long) length >> (8 * i)));
      }
    }
    out.writeBytes(MASK);
    for (int i = 0; i < length; i++) {
      out.write(payload[i] ^ MASK[i & 3]);
    }
    return out.toByteArray();
  }

  static byte[] textFrame(String text) {
    return frame(0x80 | TEXT, text.getBytes(UTF_8));
  }

  RawClient say(String text) {
    send(textFrame(text));
    return this;
  }

  /// An HTTP response's head; the empty string if the server closed instead.
  String head() {
    try {
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int b = in.read();
        if (b < 0) {
          return head.toString();
        }
        head.append((char) b);
      }
      return head.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next frame of whatever kind.
  Frame next() {
    return next(0x80);
  }

  /// The next frame of whatever kind.
  ///
  /// @param bits what it has to have in the upper half of its first byte
  Frame next(int bits) {
    try {
      int first = in.readUnsignedByte();
      int length = in.readUnsignedByte();
      assertEquals(bits, first & 0xf0, "final and reserved bits");
      assertTrue(length < 128, "a frame without a mask");
      long size = length == 126
          ? in.readUnsignedShort()
          : length == 127 ? in.readLong() : length;
      var payload = new byte[Math.toIntExact(size)];
      in.readFully(payload);
      return new Frame(first & 0x0f, payload);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void hears(String text) {
    var next = next();
    assertEquals(TEXT, next.opcode(), next::text);
    assertEquals(text, next.text());
  }

  /// Asks something that only this client's own connection answers.
  void roundTrip() {
    say("{\"join\":\"barrier\"}").hears("{\"joined\":\"barrier\"}");
    say("{\"leave\":\"barrier\"}").hears("{\"left\":\"barrier\"}");
  }

  /// The code of the close frame that comes next, behind which the server ends the connection.
  void isClosedWith(int code) {
    assertEquals(code, next().code());
    endsByServer();
  }

  /// Waits for the close frame, over whatever else is in the socket.
  void isClosedAtLastWith(int code) {
    var next = next();
    while (next.opcode() != CLOSE) {
      next = next();
    }
    assertEquals(code, next.code());
  }

  /// The server has ended the connection, and nothing more was in it.
  void endsByServer() {
    try {
      assertEquals(-1, in.read());
    } catch (EOFException ended) {
      // That is what is wanted.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until the server has given up the socket as a whole: that it has ended its own half is
  /// not enough, and shows in nothing that is read. Reads nothing.
  void isCutByServer() {
    var empty = frame(0x80 | PONG, new byte[0]);
    Awaitility.await("cut").atMost(Duration.ofMillis(DEADLINE_MILLIS))
        .pollInterval(Duration.ofMillis(5)).until(() -> !takes(empty));
  }

  private boolean takes(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return true;
    } catch (IOException reset) {
      return false;
    }
  }

  /// Whether the other side has bytes for us.
  int available() {
    try {
      return in.available();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
