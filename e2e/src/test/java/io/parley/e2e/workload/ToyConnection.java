package io.parley.e2e.workload;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// A client of the toy server: text frames from and to [io.parley.e2e.client.RawClient], and
/// nothing else. Read by one thread, written under the server's lock.
final class ToyConnection implements AutoCloseable {
  /// What every [io.parley.e2e.client.RawClient] expects, since all have one key.
  private static final String ANSWER = String.join("\r\n", "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "", "");
  private static final int TEXT = 0x81;
  private static final int LONG = 126;

  private final Socket socket;
  private final DataInputStream in;
  private final Map<String, String> parameters = new HashMap<>();

  ToyConnection(Socket socket) throws IOException {
    this.socket = socket;
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    var request = line();
    var target = request.split(" ", -1)[1];
    for (var pair : target.substring(target.indexOf('?') + 1).split("&", -1)) {
      var equals = pair.indexOf('=');
      parameters.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    while (!line().isEmpty()) {
      // Its headers are the same every time.
    }
    socket.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
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

  /// What the client wrote into the URL; empty if nothing.
  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }

  String user() {
    return parameter("user");
  }

  /// The next text.
  String read() throws IOException {
    if (in.readUnsignedByte() != TEXT) {
      throw new EOFException("no text");
    }
    var length = in.readUnsignedByte() & 0x7f;
    if (length == LONG) {
      length = in.readUnsignedShort();
    }
    var mask = in.readNBytes(4);
    var payload = in.readNBytes(length);
    for (var i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i % 4];
    }
    return new String(payload, StandardCharsets.UTF_8);
  }

  void send(String text) throws IOException {
    var payload = text.getBytes(StandardCharsets.UTF_8);
    var frame = new ByteArrayOutputStream();
    frame.write(TEXT);
    if (payload.length < LONG) {
      frame.write(payload.length);
    } else {
      frame.write(LONG);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    }
    frame.write(payload);
    socket.getOutputStream().write(frame.toByteArray());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
