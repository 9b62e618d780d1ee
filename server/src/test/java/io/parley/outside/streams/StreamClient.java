package io.parley.outside.streams;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.net.URLEncoder;
import java.util.ArrayDeque;
import java.util.regex.Pattern;

/// A client of the centrifuge protocol without a WebSocket. It reads chunks strictly: each has
/// whole messages.
///
/// Confined to the test's thread.
final class StreamClient implements AutoCloseable {
  private static final String LINES = "/connection/http_stream";
  private static final String EVENTS = "/connection/sse";
  private static final Pattern KEY = Pattern.compile(
      "\"session\":\"([\\w-]{32})\",\"node\":\"([^\"]+)\"}}");

  private final RawClient raw;
  private final boolean areEvents;
  private final String head;
  private final ArrayDeque<String> heard = new ArrayDeque<>();

  private String session = "";
  private String node = "";

  private StreamClient(RawClient raw, boolean areEvents) {
    this.raw = raw;
    this.areEvents = areEvents;
    this.head = raw.head();
    assertTrue(head.startsWith("HTTP/1.1 200 "), head);
    if (areEvents) {
      assertEquals("\r\n", chunk());
    }
  }

  /// The request that opens a stream of lines.
  static String request(String commands) {
    return post(LINES, commands);
  }

  static String post(String path, String body) {
    return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
        + "Content-Length: " + body.getBytes(UTF_8).length + "\r\n\r\n"
        + new String(body.getBytes(UTF_8), ISO_8859_1);
  }

  /// The command by which a user comes in.
  static String connect(String user) {
    return "{\"id\":1,\"connect\":{\"data\":{\"user\":\"" + user + "\"}}}";
  }

  /// A stream of lines.
  static StreamClient open(TestNode node, String commands) {
    return open(node, commands, 0);
  }

  /// A stream of lines.
  ///
  /// @param receiveBufferBytes of its socket; 0: the usual
  static StreamClient open(TestNode node, String commands, int receiveBufferBytes) {
    var raw = RawClient.connect(node.port(), receiveBufferBytes);
    raw.send(request(commands));
    return new StreamClient(raw, false);
  }

  /// A stream of events, as a browser asks for it.
  static StreamClient events(TestNode node, String commands) {
    var raw = RawClient.connect(node.port());
    raw.send("GET " + EVENTS + "?cf_connect=" + URLEncoder.encode(commands, UTF_8)
        + " HTTP/1.1\r\nHost: h\r\nAccept: text/event-stream\r\n\r\n");
    return new StreamClient(raw, true);
  }

  /// A user who has come in.
  static StreamClient of(TestNode node, String user) {
    return open(node, connect(user)).connected();
  }

  /// This client, once it is let in.
  StreamClient connected() {
    var answer = next();
    assertTrue(answer.startsWith("{\"id\":1,\"connect\":{\"client\":\""), answer);
    var key = KEY.matcher(answer);
    assertTrue(key.find(), answer);
    session = key.group(1);
    node = key.group(2);
    return this;
  }

  String head() {
    return head;
  }

  String session() {
    return session;
  }

  String node() {
    return node;
  }

  /// Sends commands by way of a node.
  ///
  /// @return the answer's status
  int post(TestNode by, String commands) {
    return post(by, session, node, commands);
  }

  static int post(TestNode by, String session, String node, String commands) {
    var escaped = commands.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return status(by, post("/emulation", "{\"session\":\"" + session + "\",\"node\":\"" + node
        + "\",\"data\":\"" + escaped + "\"}"));
  }

  /// The status that a request is answered with.
  static int status(TestNode by, String request) {
    return Integer.parseInt(answer(by, request).substring(9, 12));
  }

  /// The head of the answer to a request.
  static String answer(TestNode by, String request) {
    try (var client = RawClient.connect(by.port())) {
      client.send(request);
      return client.head();
    }
  }

  /// Sends commands, which have to arrive.
  StreamClient say(TestNode by, String commands) {
    assertEquals(204, post(by, commands), commands);
    return this;
  }

  /// The next message that is no ping.
  String next() {
    var next = nextOfAny();
    while (next.equals("{}")) {
      next = nextOfAny();
    }
    return next;
  }

  /// The next message.
  String nextOfAny() {
    while (heard.isEmpty()) {
      var chunk = chunk();
      assertTrue(!chunk.isEmpty(), "the stream has ended");
      if (areEvents) {
        assertTrue(chunk.startsWith("data: ") && chunk.endsWith("\n\n"), chunk);
        heard.add(chunk.substring(6, chunk.length() - 2));
      } else {
        assertTrue(chunk.endsWith("\n"), chunk);
        for (var line : chunk.split("\n", -1)) {
          if (!line.isEmpty()) {
            heard.add(line);
          }
        }
      }
    }
    return heard.remove();
  }

  void hears(String message) {
    assertEquals(message, next());
  }

  /// The next message, which has to begin so.
  String hearsStart(String start) {
    var next = next();
    assertTrue(next.startsWith(start), () -> next + " (expected: " + start + "…)");
    return next;
  }

  /// The next message is the server's goodbye, and then the stream is over.
  void isClosedWith(int code) {
    isDisconnect(code, next());
  }

  /// The same, over whatever else is in the stream.
  void isClosedAtLastWith(int code) {
    var next = next();
    while (!next.startsWith("{\"push\":{\"disconnect\"")) {
      next = next();
    }
    isDisconnect(code, next);
  }

  private void isDisconnect(int code, String message) {
    assertTrue(
        message.startsWith("{\"push\":{\"disconnect\":{\"code\":" + code + ",\"reason\":\""),
        message);
    assertEquals("", chunk());
    raw.endsByServer();
  }

  private String chunk() {
    return new String(chunk(raw), UTF_8);
  }

  /// The next chunk; empty: it was the last.
  static byte[] chunk(RawClient raw) {
    var size = new StringBuilder();
    while (size.indexOf("\r\n") < 0) {
      var one = raw.bytes(1);
      assertEquals(1, one.length, "cut in a chunk's head");
      size.append((char) one[0]);
    }
    int length = Integer.parseInt(size.substring(0, size.length() - 2), 16);
    var data = raw.bytes(length);
    assertEquals("\r\n", new String(raw.bytes(2), ISO_8859_1));
    return data;
  }

  @Override
  public void close() {
    raw.close();
  }
}
