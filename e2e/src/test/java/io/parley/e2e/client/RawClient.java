package io.parley.e2e.client;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// A WebSocket client made of a bare socket, which can send what no library would. Confined to one
/// thread, but any may close it.
public final class RawClient implements AutoCloseable {
  public static final int TEXT = 0x81;
  public static final int BINARY = 0x82;

  private static final int TIMEOUT_MILLIS = 15_000;
  private static final int MASKED = 0x80;
  private static final int CLOSE_OPCODE = 8;
  private static final int PING_OPCODE = 9;
  private static final int PONG = 0x8a;
  private static final int LENGTH_MAX = 1 << 26;

  private final Socket socket;
  private final DataInputStream in;

  /// One frame from the server.
  public record Frame(int opcode, byte[] payload) {
    public String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    /// The code of a close frame; 0 of any other.
    public int closeCode() {
      return opcode == CLOSE_OPCODE && payload.length >= 2
          ? (payload[0] & 0xff) << 8 | (payload[1] & 0xff)
          : 0;
    }
  }

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    in = new DataInputStream(socket.getInputStream());
  }

  /// Connects and upgrades.
  ///
  /// @param from the address of this machine that the server shall see, such as 127.0.0.5
  public static RawClient connect(String from, int port, String target) throws IOException {
    return connect(from, "127.0.0.1", port, target, 0);
  }

  /// Connects to any address.
  ///
  /// @param receiveBufferBytes of its socket; 0: the usual
  public static RawClient connect(String from, String to, int port, String target,
      int receiveBufferBytes) throws IOException {
    var socket = new Socket();
    try {
      if (receiveBufferBytes > 0) {
        socket.setReceiveBufferSize(receiveBufferBytes);
      }
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral(to), port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      var client = new RawClient(socket);
      client.upgrade(port, target);
      return client;
    } catch (IOException cause) {
      socket.close();
      throw cause;
    }
  }

  public static RawClient connect(int port, String target) throws IOException {
    return connect("127.0.0.1", port, target);
  }

  private void upgrade(int port, String target) throws IOException {
    var request = "GET " + target + " HTTP/1.1\r\nHost: localhost:" + port + "\r\n"
        + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    send(request.getBytes(StandardCharsets.US_ASCII));
    var status = line();
    var accept = "";
    for (var header = line(); !header.isEmpty(); header = line()) {
      if (header.regionMatches(true, 0, "sec-websocket-accept:", 0, 21)) {
        accept = header.substring(21).strip();
      }
    }
    // The example of RFC 6455, section 1.3.
    if (!status.startsWith("HTTP/1.1 101 ") || !accept.equals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) {
      throw new IOException("the server said: " + status + ", accept " + accept);
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (var next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  /// Sends bytes as they are.
  public void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /// Sends a frame of up to 65,535 bytes, masked.
  ///
  /// @param head its first byte: final or not, and the opcode
  public void frame(int head, byte[] payload) throws IOException {
    if (payload.length > 65_535) {
      throw new IllegalArgumentException("payload: " + payload.length + " (expected: <= 65535)");
    }
    var mask = new byte[4];
    ThreadLocalRandom.current().nextBytes(mask);
    var frame = new ByteArrayOutputStream();
    frame.write(head);
    if (payload.length < 126) {
      frame.write(MASKED | payload.length);
    } else {
      frame.write(MASKED | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    }
    frame.write(mask);
    for (var i = 0; i < payload.length; i++) {
      frame.write(payload[i] ^ mask[i % 4]);
    }
    send(frame.toByteArray());
  }

  public void text(String text) throws IOException {
    frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  public Frame read() throws IOException {
    var head = in.readUnsignedByte();
    var length = in.readUnsignedByte();
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = longLength();
    } else if (length > 127) {
      throw new IOException("length byte: " + length + " (expected: <= 127, unmasked)");
    }
    var payload = new byte[length];
    in.readFully(payload);
    return new Frame(head & 0xf, payload);
  }

  private int longLength() throws IOException {
    var length = in.readLong();
    if (length < 0 || length > LENGTH_MAX) {
      throw new IOException("length: " + length + " (expected: <= " + LENGTH_MAX + ")");
    }
    return (int) length;
  }

  /// The next frame that is no ping. Pings on the way to it are answered.
  public Frame readMessage() throws IOException {
    var frame = read();
    while (frame.opcode() == PING_OPCODE) {
      frame(PONG, frame.payload());
      frame = read();
    }
    return frame;
  }

  /// How long a read may wait from now on. What fails by it leaves the stream unusable.
  public void timeout(Duration limit) throws IOException {
    socket.setSoTimeout(Math.toIntExact(limit.toMillis()));
  }

  /// Ends it by a TCP reset, as a program does that is killed with data unread.
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
