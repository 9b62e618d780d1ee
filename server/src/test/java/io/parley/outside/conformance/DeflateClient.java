package io.parley.outside.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Browser;
import io.parley.outside.RawClient;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// A client that has negotiated permessage-deflate. It takes each message by itself, so that it
/// fails where the server has kept something of the one before.
///
/// Confined to the test's thread.
final class DeflateClient implements AutoCloseable {
  private static final int TAIL_BYTES = 4;
  final RawClient raw;

  private DeflateClient(RawClient raw) {
    this.raw = raw;
  }

  static DeflateClient open(int port, String path) {
    var raw = RawClient.connect(port);
    assertEquals("permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        negotiated(raw, path, "permessage-deflate; client_max_window_bits"));
    return new DeflateClient(raw);
  }

  /// Upgrades a connection.
  ///
  /// @return the extensions that the server has named; empty: none
  static String negotiated(RawClient raw, String path, String... offers) {
    var headers = new StringBuilder("\r\n");
    for (var offer : offers) {
      headers.append("Sec-WebSocket-Extensions: ").append(offer).append("\r\n");
    }
    raw.send(RawClient.request(path).replace("\r\n\r\n", headers + "\r\n"));
    var head = raw.head();
    assertTrue(head.startsWith("HTTP/1.1 101 "), head);
    return head.lines().filter(line -> line.toLowerCase(Locale.ROOT)
        .startsWith("sec-websocket-extensions: "))
        .map(line -> line.substring(line.indexOf(' ') + 1)).reduce("", String::concat);
  }

  static byte[] deflated(byte[] message) {
    var deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    try {
      deflater.setInput(message);
      var out = new byte[message.length + 1_024];
      int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
      return Arrays.copyOf(out, length - TAIL_BYTES);
    } finally {
      deflater.end();
    }
  }

  static byte[] inflated(byte[] message) {
    var inflater = new Inflater(true);
    try {
      var whole = Arrays.copyOf(message, message.length + TAIL_BYTES);
      whole[message.length + 2] = whole[message.length + 3] = (byte) 0xff;
      inflater.setInput(whole);
      var out = new ByteArrayOutputStream();
      var piece = new byte[8_192];
      while (!inflater.needsInput()) {
        out.write(piece, 0, inflater.inflate(piece));
      }
      return out.toByteArray();
    } catch (DataFormatException e) {
      throw new AssertionError(e);
    } finally {
      inflater.end();
    }
  }

  DeflateClient say(String text) {
    raw.send(RawClient.frame(0xc0 | RawClient.TEXT, deflated(text.getBytes(UTF_8))));
    return this;
  }

  /// The next frame is a text of this content, and compressed.
  void hearsCompressed(String text) {
    var next = raw.next(0xc0);
    assertEquals(RawClient.TEXT, next.opcode());
    assertEquals(text,
        Browser.withoutPosition(new String(inflated(next.payload()), UTF_8)));
  }

  @Override
  public void close() {
    raw.close();
  }
}
