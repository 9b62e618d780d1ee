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
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;

/// A client that writes bytes as a test wants them, so that it can break every rule of HTTP and of
/// RFC 6455. It reads frames strictly: whole, final, unmasked.
///
/// Confined to the test's thread.
public final class RawClient implements AutoCloseable {
  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;
  private static final int DEADLINE_MILLIS = 10_000;
  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

  private final Socket socket;
  private final DataInputStream in;

  private RawClient(Socket socket) {
    try {
      this.socket = socket;
      socket.setSoTimeout(DEADLINE_MILLIS);
      in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RawClient connect(Socket socket, int port, int receiveBufferBytes) {
    try {
      if (receiveBufferBytes > 0) {
        socket.setReceiveBufferSize(receiveBufferBytes);
      }
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
          DEADLINE_MILLIS);
      return new RawClient(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A frame that the server sent.
  public record Frame(int opcode, byte[] payload) {
    public String text() {
      return new String(payload, UTF_8);
    }

    /// The code of a close frame.
    public int code() {
      assertEquals(CLOSE, opcode, this::text);
      return ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
    }
  }

  public static RawClient connect(int port) {
    return connect(port, 0);
  }

  public static RawClient connect(int port, int receiveBufferBytes) {
    return connect(new Socket(), port, receiveBufferBytes);
  }

  /// A client over a socket that isn't connected yet.
  public static RawClient connect(Socket socket, int port) {
    return connect(socket, port, 0);
  }

  /// This client from here on over TLS.
  ///
  /// @param protocol the only one that it offers
  public RawClient secured(SSLContext context, String protocol) {
    try {
      var secured = (SSLSocket) context.getSocketFactory()
          .createSocket(socket, "localhost", socket.getPort(), true);
      secured.setEnabledProtocols(new String[]{protocol});
      secured.startHandshake();
      return new RawClient(secured);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The socket of a client over TLS.
  public SSLSocket tls() {
    return (SSLSocket) socket;
  }

  /// This client after the opening handshake.
  public RawClient upgraded(String path) {
    send(request(path));
    assertTrue(head().startsWith("HTTP/1.1 101 "));
    return this;
  }

  /// A client after the opening handshake.
  public static RawClient upgraded(int port, String path) {
    return upgraded(port, path, 0);
  }

  /// A client after the opening handshake.
  ///
  /// @param receiveBufferBytes of its socket; 0: the usual
  public static RawClient upgraded(int port, String path, int receiveBufferBytes) {
    return connect(port, receiveBufferBytes).upgraded(path);
  }

  public static String request(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  }

  public void send(String latin1) {
    send(latin1.getBytes(ISO_8859_1));
  }

  public void send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void sendHex(String hex) {
    send(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  /// A frame as a client has to send it.
  public static byte[] frame(int firstByte, byte[] payload) {
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

  public static byte[] textFrame(String text) {
    return frame(0x80 | TEXT, text.getBytes(UTF_8));
  }

  public RawClient say(String text) {
    send(textFrame(text));
    return this;
  }

  /// An HTTP response's head; the empty string if the server closed instead.
  public String head() {
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

  /// All that comes until the server ends the connection.
  public String rest() {
    try {
      return new String(in.readAllBytes(), ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next bytes, whatever they mean.
  public byte[] bytes(int count) {
    try {
      return in.readNBytes(count);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until the server has ended the connection, whatever it says before. Sends nothing.
  public void endsAtLast() {
    try {
      while (in.read() >= 0) {
        // Whatever it says.
      }
    } catch (SocketTimeoutException stillOpen) {
      throw new AssertionError("the server has not ended the connection", stillOpen);
    } catch (IOException reset) {
      // It had not read everything.
    }
  }

  /// The next frame of whatever kind.
  public Frame next() {
    return next(0x80);
  }

  /// The next frame of whatever kind.
  ///
  /// @param bits what it has to have in the upper half of its first byte
  public Frame next(int bits) {
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

  public void hears(String text) {
    var next = next();
    assertEquals(TEXT, next.opcode(), next::text);
    assertEquals(text, Browser.withoutPosition(next.text()));
  }

  /// Asks something that only this client's own connection answers.
  public void roundTrip() {
    say("{\"join\":\"barrier\"}").hears("{\"joined\":\"barrier\"}");
    say("{\"leave\":\"barrier\"}").hears("{\"left\":\"barrier\"}");
  }

  /// The code of the close frame that comes next, behind which the server ends the connection.
  public void isClosedWith(int code) {
    assertEquals(code, next().code());
    endsByServer();
  }

  /// Waits for the close frame, over whatever else is in the socket.
  public void isClosedAtLastWith(int code) {
    var next = next();
    while (next.opcode() != CLOSE) {
      next = next();
    }
    assertEquals(code, next.code());
  }

  /// The server has ended the connection, and nothing more was in it.
  public void endsByServer() {
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
  public void isCutByServer() {
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

  /// Sends a byte, unless the server has given up the socket.
  public void sendOrNot(byte one) {
    takes(new byte[]{one});
  }

  /// Whether the other side has bytes for us.
  public int available() {
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
