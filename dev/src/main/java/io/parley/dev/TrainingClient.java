package io.parley.dev;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// One client of a [Training]: as much of a WebSocket as that takes, at little cost, because the
/// node has to share the machine with it. Confined to one thread.
final class TrainingClient implements AutoCloseable {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final OutputStream out;

  TrainingClient(int port, String path) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(CONNECT_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = socket.getOutputStream();
    out.write(("GET " + path + " HTTP/1.1\r\nHost: localhost:" + port
        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nUser-Agent: training\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII));
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    if (!head.toString().startsWith("HTTP/1.1 101 ")) {
      throw new IOException("a WebSocket was asked for: " + head.toString().lines().findFirst());
    }
  }

  void say(String text) throws IOException {
    write(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /// Masked by zeros, which the node can't know.
  private void write(int opcode, byte[] payload) throws IOException {
    int header = payload.length < 126 ? 6 : 8;
    var frame = new byte[header + payload.length];
    frame[0] = (byte) (0x80 | opcode);
    if (header == 6) {
      frame[1] = (byte) (0x80 | payload.length);
    } else {
      frame[1] = (byte) (0x80 | 126);
      frame[2] = (byte) (payload.length >> 8);
      frame[3] = (byte) payload.length;
    }
    System.arraycopy(payload, 0, frame, header, payload.length);
    out.write(frame);
  }

  /// The next message; pings are answered on the way.
  String next() throws IOException {
    while (true) {
      int opcode = in.readUnsignedByte() & 0x0f;
      int length = in.readUnsignedByte();
      var payload = new byte[length == 126 ? in.readUnsignedShort() : length];
      in.readFully(payload);
      switch (opcode) {
        case TEXT -> {
          return new String(payload, StandardCharsets.UTF_8);
        }
        case PING -> write(PONG, payload);
        case CLOSE -> throw new IOException("the node closed a connection");
        default -> {
          // A pong.
        }
      }
    }
  }

  /// Reads on until a message begins like this.
  void await(String beginning) throws IOException {
    while (!next().startsWith(beginning)) {
      // It was for somebody else's part of the training.
    }
  }

  void ping() throws IOException {
    write(PING, new byte[]{1, 2, 3});
  }

  /// Asks for the end as it should be done, and waits for it.
  void leave() throws IOException {
    write(CLOSE, new byte[]{3, (byte) 0xe8});
    while (in.read() >= 0) {
      // Whatever is still on its way.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
