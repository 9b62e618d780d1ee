package io.parley.outside.arrival;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Browser;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the client port says in HTTP, before a connection is a WebSocket or instead of it.
@Timeout(30)
class HttpTest {
  private static final TestNode NODE = TestNode.start();
  private static final String GOOD = """
      Host: h\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      Sec-WebSocket-Version: 13\r
      """;

  private final Browser bystander = NODE.browser("room=quiet");

  @AfterEach
  void theBystanderIsServed() {
    bystander.saysAndHears("still here");
    bystander.close();
  }

  @AfterAll
  static void stop() {
    NODE.close();
  }

  private static String answerTo(String request) {
    try (var raw = RawClient.connect(NODE.port())) {
      raw.send(request);
      return raw.head();
    }
  }

  private static void assertAnswer(int status, String request) {
    var answer = answerTo(request);
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    assertTrue(answer.toLowerCase(java.util.Locale.ROOT).contains("connection: close"), answer);
  }

  @Test
  void thePageIsAtTheRoot() {
    var page = NODE.get("/");
    assertEquals(200, page.statusCode());
    assertEquals("text/html; charset=utf-8",
        page.headers().firstValue("content-type").orElseThrow());
    assertTrue(page.body().contains("<html"), page::body);
    assertEquals(200, NODE.get("/?room=news").statusCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/x", "/index.html", "//", "/ws/../", "/%2e", "/connection"})
  void thereIsNothingElse(String path) {
    assertAnswer(404, "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    assertAnswer(404, "GET " + path + " HTTP/1.1\r\n" + GOOD + "\r\n");
  }

  @Test
  void aGoodHandshakeIsAnsweredAsTheRfcSays() {
    var answer = answerTo("GET / HTTP/1.1\r\n" + GOOD
        + "Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
        .toLowerCase(java.util.Locale.ROOT);
    assertTrue(answer.startsWith("http/1.1 101 "), answer);
    assertTrue(answer.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), answer);
    assertTrue(!answer.contains("sec-websocket-protocol")
        && !answer.contains("sec-websocket-extensions"), answer);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"POST|405", "PUT|405", "HEAD|200", "DELETE|405"})
  void onlyGetIsServedAndHeadOfFiles(String method, int status) {
    assertAnswer(405, method + " / HTTP/1.1\r\n" + GOOD + "\r\n");
    assertAnswer(status, method + " / HTTP/1.1\r\nHost: h\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"Host: h|''|400", "Host: h|Host: h!Host: i|400",
      "Upgrade: websocket|''|400", "Upgrade: websocket|Upgrade: h2c|400",
      "Connection: Upgrade|Connection: keep-alive|400", "dGhlIHNhbXBsZSBub25jZQ==|short|400",
      "Version: 13|Version: 8|426", "Version: 13|Version: +13|426",
      "Sec-WebSocket-Version: 13|X: y|400"})
  void aBadHandshakeIsRefused(String part, String instead, int status) {
    var head = "GET / HTTP/1.1\r\n"
        + GOOD.replace(part + (instead.isEmpty() ? "\r\n" : ""), instead.replace("!", "\r\n"))
        + "\r\n";
    assertAnswer(status, head);
    if (status == 426) {
      assertTrue(answerTo(head).toLowerCase(java.util.Locale.ROOT)
          .contains("sec-websocket-version: 13"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.0\r\n", "GET / HTTP/1.2\r\n"})
  void anotherHttpVersionIsRefused(String line) {
    assertAnswer(400, line + GOOD + "\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\0\1GET / HTTP/1.1\r\n\r\n",
      "hello\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n",
      "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n\r\n"})
  void whatIsNoRequestIsRefused(String bytes) {
    var answer = answerTo(bytes);
    assertTrue(answer.matches("(?s)HTTP/1\\.1 (4\\d\\d|505) .*"), answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://h", "https://h", "https://H", "https://h:443"})
  void aPageOfTheSameHostIsLetIn(String origin) {
    try (var raw = RawClient.connect(NODE.port())) {
      raw.send("GET /?room=origins HTTP/1.1\r\n" + GOOD + "Origin: " + origin + "\r\n\r\n");
      var answer = raw.head();
      assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
      raw.roundTrip();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://elsewhere.example", "null", "http://h:8080"})
  void aPageOfAnotherOneIsLetInWhereThatIsWanted(String origin) {
    assertAnswer(403, "GET / HTTP/1.1\r\n" + GOOD + "Origin: " + origin + "\r\n\r\n");
    try (var open = TestNode.start("access.origins", "*");
        var raw = RawClient.connect(open.port())) {
      raw.send("GET / HTTP/1.1\r\n" + GOOD + "Origin: " + origin + "\r\n\r\n");
      assertTrue(raw.head().startsWith("HTTP/1.1 101 "));
      raw.roundTrip();
    }
  }

  @Test
  void aBodyIsNeverTakenForFrames() {
    assertAnswer(400, "GET / HTTP/1.1\r\n" + GOOD + "Content-Length: 10\r\n\r\n0123456789");
    assertAnswer(400, "GET / HTTP/1.1\r\n" + GOOD
        + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  }

  @Test
  void hugeHeadsAreRefused() {
    assertAnswer(414, "GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    assertAnswer(431, "GET / HTTP/1.1\r\n" + GOOD + "X: " + "x".repeat(20_000) + "\r\n\r\n");
  }
}
