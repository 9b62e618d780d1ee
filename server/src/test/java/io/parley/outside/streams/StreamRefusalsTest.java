package io.parley.outside.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.TestNode;
import java.time.Duration;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests for streams that can't be served.
@Timeout(60)
class StreamRefusalsTest {
  private static final TestNode NODE = TestNode.start("limits.message-bytes", "4KiB");

  @AfterAll
  static void stop() {
    NODE.close();
  }

  @AfterEach
  void nothingIsKept() {
    Awaitility.await("given back").atMost(Duration.ofSeconds(10))
        .until(() -> NODE.metric("parley_inbound_bytes") == 0);
  }

  @ParameterizedTest
  @CsvSource({"GET,/connection/http_stream,'POST, OPTIONS'", "PUT,/connection/http_stream,",
      "HEAD,/connection/sse,'GET, POST, OPTIONS'", "DELETE,/connection/sse,",
      "GET,/emulation,'POST, OPTIONS'", "PATCH,/emulation,"})
  void otherMethodsAreNotServed(String method, String path, @Nullable String allowed) {
    var answer = StreamClient.answer(NODE, method + " " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 405 "), answer);
    if (allowed != null) {
      assertTrue(answer.toLowerCase(Locale.ROOT)
          .contains("\r\nallow: " + allowed.toLowerCase(Locale.ROOT) + "\r\n"), answer);
    }
  }

  @Test
  void whatIsTooLongIsRefused() {
    double before = NODE.hits("limits.message-bytes");
    var long1 = "x".repeat(4_097);
    assertEquals(413, StreamClient.status(NODE, StreamClient.request(long1)));
    assertEquals(413, StreamClient.status(NODE, StreamClient.post("/connection/sse", long1)));
    assertEquals(413, StreamClient.post(NODE, "s", "n", long1));
    assertEquals(413, StreamClient.status(NODE, StreamClient.post("/emulation", long1.repeat(3))));
    assertEquals(before + 4, NODE.hits("limits.message-bytes"));
    // As long as it may be, and each byte of it takes two.
    assertEquals(404, StreamClient.post(NODE, "s", "n", "\"".repeat(4_096)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{\"session\":1}", "{\"data\":\"\\ud800\"}",
      "{\"session\":\"s\"} {}", "null"})
  void whatSaysNothingIsRefused(String body) {
    assertEquals(400, StreamClient.status(NODE, StreamClient.post("/emulation", body)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?", "?cf_connect=a&cf_connect=b", "?connect=a", "?cf_connect=%zz"})
  void eventsNeedTheirConnectCommand(String query) {
    assertEquals(400, StreamClient.status(
        NODE, "GET /connection/sse" + query + " HTTP/1.1\r\nHost: h\r\n\r\n"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"POST /emulation HTTP/1.1|Host: h|411",
      "POST /emulation HTTP/1.1|Host: h!Transfer-Encoding: chunked|411",
      "POST /emulation HTTP/1.1|Host: h!Content-Length: +1|411",
      "POST /emulation HTTP/1.1|Content-Length: 0|400",
      "POST /emulation HTTP/1.0|Host: h!Content-Length: 0|400",
      "POST /connection/sse HTTP/1.1"
          + "|Host: h!Content-Type: application/octet-stream!Content-Length: 0|415",
      "GET /connection/sse?cf_connect=x HTTP/1.1|Host: h!Content-Length: 1|400",
      "OPTIONS /emulation HTTP/1.1|Host: h!Transfer-Encoding: chunked|400",
      "POST / HTTP/1.1|Host: h!Content-Length: 0|405",
      "POST /emulation/ HTTP/1.1|Host: h!Content-Length: 0|405"})
  void badHeadsAreRefused(String line, String headers, int status) {
    assertTrue(StreamClient.answer(
        NODE, line + "\r\n" + headers.replace("!", "\r\n") + "\r\n\r\n")
        .matches("(?s)HTTP/1.1 (" + status + "|400) .*"), line);
  }

  @Test
  void commandsAreUtf8() {
    assertEquals(400, StreamClient.status(NODE, "POST /connection/http_stream HTTP/1.1\r\nHost: h"
        + "\r\nContent-Length: 1\r\n\r\n\u00ff"));
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedForLong() {
    try (var node = TestNode.start("limits.handshake-timeout", "300ms")) {
      assertEquals(408, StreamClient.status(node,
          "POST /emulation HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{"));
    }
  }

  @Test
  void bodiesTakeTheNodesMemoryAndNoMore() {
    try (var node = TestNode.start("limits.inbound-bytes", "64KiB")) {
      var half = "POST /emulation HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n"
          + "x".repeat(70_000);
      assertEquals(503, StreamClient.status(node, half));
      assertEquals(0, node.metric("parley_inbound_bytes"));
    }
  }

  @Test
  void pagesMayAskWhereTheyMayConnect() {
    for (var path : new String[]{"/connection/http_stream", "/connection/sse", "/emulation"}) {
      var own = preflight(NODE, path, "https://h");
      assertTrue(own.startsWith("http/1.1 204 "), own);
      assertTrue(own.contains("\r\naccess-control-allow-origin: https://h\r\n"), own);
      assertTrue(own.contains("\r\naccess-control-allow-headers: content-type, *\r\n"), own);
      assertTrue(own.contains("post, options\r\n"), own);
      assertFalse(own.contains("content-length"), own);
      var other = preflight(NODE, path, "https://elsewhere.example");
      assertTrue(other.startsWith("http/1.1 403 "), other);
      assertFalse(other.contains("access-control"), other);
    }
    try (var open = TestNode.start("access.origins", "*")) {
      var any = preflight(open, "/emulation", "https://elsewhere.example");
      assertTrue(any.startsWith("http/1.1 204 "), any);
      var answer = StreamClient.answer(open, StreamClient.request(StreamClient.connect("a"))
          .replace("Host: h\r\n", "Host: h\r\nOrigin: https://elsewhere.example\r\n"))
          .toLowerCase(Locale.ROOT);
      assertTrue(answer.contains(
          "\r\naccess-control-allow-origin: https://elsewhere.example\r\n"), answer);
      assertTrue(answer.contains("\r\nvary: origin\r\n"), answer);
    }
  }

  private static String preflight(TestNode node, String path, String origin) {
    return StreamClient.answer(node, "OPTIONS " + path + " HTTP/1.1\r\nHost: h\r\nOrigin: " + origin
        + "\r\nAccess-Control-Request-Method: POST\r\n\r\n").toLowerCase(Locale.ROOT);
  }
}
