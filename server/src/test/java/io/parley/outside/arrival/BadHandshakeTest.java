package io.parley.outside.arrival;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Aftermath;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that break a rule, or look as if they did, by the numbers of the catalogue of bad input
/// (B1 to B17). Each is sent in one piece, byte by byte, and with more behind it.
@Timeout(60)
class BadHandshakeTest {
  private static final TestNode NODE = TestNode.start();
  private static final String LINE = "GET /?room=bad HTTP/1.1\r\n";
  private static final String HEADERS = """
      Host: h\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      Sec-WebSocket-Version: 13\r
      """;

  /// Longer ones aren't sent byte by byte.
  private static final int SHORT = 1_000;
  private static final byte[] FRAME = RawClient.textFrame("never said");

  @AfterAll
  static void stop() {
    NODE.close();
  }

  /// Checks that it gets one answer with this status, however it is sent, and nothing else.
  ///
  /// @param request up to and without the empty line
  private static void assertRefused(int status, String request) {
    var whole = request + "\r\n";
    try (var aftermath = Aftermath.of(NODE)) {
      assertAnswered(status, whole.getBytes(ISO_8859_1));
      assertAnswered(status, (whole + LINE + HEADERS + "\r\n" + new String(FRAME, ISO_8859_1))
          .getBytes(ISO_8859_1));
      int times = 2;
      if (whole.length() <= SHORT) {
        times++;
        var bytes = new byte[whole.length()][];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = whole.substring(i, i + 1).getBytes(ISO_8859_1);
        }
        assertAnswered(status, bytes);
      }
      aftermath.isTold("parley_http_answers_total{status=\"" + status + "\"}", times,
          "request refused: " + status);
      aftermath.rises("parley_http_answers_total{status=\"101\"}", 0);
    }
  }

  private static void assertAnswered(int status, byte[]... parts) {
    try (var raw = RawClient.connect(NODE.port())) {
      for (var part : parts) {
        raw.send(part);
      }
      var answer = raw.rest();
      assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
      assertEquals(0, answer.indexOf("HTTP/1.1 ", 1) + 1, "never a second answer");
      assertTrue(answer.toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n"), answer);
    }
  }

  /// Checks that it becomes a WebSocket, with a frame in the same segment.
  ///
  /// @return the answer's head, in small letters
  private static String assertUpgraded(String request) {
    try (var raw = RawClient.connect(NODE.port())) {
      raw.send(request + "\r\n" + new String(
          RawClient.textFrame("{\"join\":\"other\"}"), ISO_8859_1));
      var head = raw.head();
      assertTrue(head.startsWith("HTTP/1.1 101 "), head);
      raw.hears("{\"joined\":\"other\"}");
      return head.toLowerCase(Locale.ROOT);
    }
  }

  private static String with(String header) {
    return LINE + HEADERS + header + "\r\n";
  }

  private static String without(String header) {
    return LINE + HEADERS.replaceAll("(?m)^" + header + ": .*\r\n", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "HEAD", "CONNECT", "OPTIONS", "TRACE", "get", "X"})
  void b01_anotherMethod(String method) {
    assertRefused(405, LINE.replace("GET", method) + HEADERS);
    assertRefused(method.equals("HEAD") ? 404 : 405, method + " h:80 HTTP/1.1\r\nHost: h\r\n");
  }

  @ParameterizedTest
  @CsvSource({"HTTP/1.0, 400", "HTTP/1.2, 400", "HTTP/2.0, 505", "HTTP/0.9, 505", "HTTP/3, 400",
      "HTTPS/1.1, 400", "1.1, 400"})
  void b02_anotherVersion(String version, int status) {
    assertRefused(status, LINE.replace("HTTP/1.1", version) + HEADERS);
  }

  @Test
  void b02_thePrefaceOfHttp2() {
    assertRefused(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n");
  }

  @Test
  void b03_hostMissingOrTwice() {
    for (var line : new String[]{LINE, "GET / HTTP/1.1\r\n"}) {
      assertRefused(400, line + HEADERS.replace("Host: h\r\n", ""));
      assertRefused(400, line + HEADERS + "Host: h\r\n");
    }
    assertRefused(400, "GET / HTTP/1.1\r\nX: y\r\n");
    assertRefused(400, "GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n");
    assertRefused(400, LINE + HEADERS.replace("Host: h", "Host:"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upgrade: h2c", "Upgrade: websockets", "Upgrade:", "Connection: close",
      "Connection: keep-alive", "Connection: Upgraded", "Connection:"})
  void b04_upgradeMissingOrWrong(String wrong) {
    var name = wrong.substring(0, wrong.indexOf(':'));
    assertRefused(400, without(name) + wrong + "\r\n");
    assertRefused(400, without(name));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"Upgrade: WebSocket|Connection: upgrade",
      "Upgrade: WEBSOCKET|Connection: keep-alive, Upgrade",
      "Upgrade: h2c, websocket|Connection: Upgrade,keep-alive"})
  void b04_caseAndListsAreAccepted(String upgrade, String connection) {
    assertUpgraded(LINE + HEADERS.replace("Upgrade: websocket", upgrade)
        .replace("Connection: Upgrade", connection));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZTE=",
      "dGhlIHNhbXBsZSBub25jZQ", "!GhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==,x"})
  void b05_keyMissingOrBad(String key) {
    assertRefused(400, without("Sec-WebSocket-Key") + "Sec-WebSocket-Key: " + key + "\r\n");
  }

  @Test
  void b05_noKeyAndTwoKeys() {
    assertRefused(400, without("Sec-WebSocket-Key"));
    assertRefused(400, with("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "7", "8", "12", "14", "13, 8", "+13", "-13", "013", "13.0", "x"})
  void b06_anotherVersionOfWebSocket(String version) {
    var request = without("Sec-WebSocket-Version") + "Sec-WebSocket-Version: " + version + "\r\n";
    assertRefused(426, request);
    try (var raw = RawClient.connect(NODE.port())) {
      raw.send(request + "\r\n");
      assertTrue(raw.head().toLowerCase(Locale.ROOT).contains("\r\nsec-websocket-version: 13\r\n"));
    }
  }

  @Test
  void b06_noVersion() {
    assertRefused(400, without("Sec-WebSocket-Version"));
    assertRefused(426, with("Sec-WebSocket-Version: 8"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 10", "Content-Length: 1", "Transfer-Encoding: chunked",
      "Content-Length: -1", "Content-Length: +1", "Content-Length: x",
      "Content-Length: 99999999999999999999"})
  void b07_aBodyIsSaidAndMayNeverCome(String header) {
    assertRefused(400, with(header));
    assertRefused(400, with(header) + "\r\n0123456789");
    assertRefused(400, "GET / HTTP/1.1\r\nHost: h\r\n" + header + "\r\n");
  }

  @Test
  void b07_noBodyMayBeSaid() {
    assertUpgraded(with("Content-Length: 0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws", "//", "//ws", "/ws/../x", "/..", "/./", "/%2e", "/%2F", "%2F", "*",
      "/connection/websocket/", "/index.html", "?room=bad"})
  void b08_anotherPath(String path) {
    assertRefused(404, "GET " + path + " HTTP/1.1\r\n" + HEADERS);
    assertRefused(404, "GET " + path + " HTTP/1.1\r\nHost: h\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/?user=%zz", "/?user=%", "/?user=%4", "/#x", "/\u0080", "/?user=\u00e9"})
  void b08_noUrl(String url) {
    assertRefused(400, "GET " + url + " HTTP/1.1\r\n" + HEADERS);
  }

  @Test
  void b08_aLongUrl() {
    assertRefused(414, "GET /" + "x".repeat(10_240) + " HTTP/1.1\r\n" + HEADERS);
    assertRefused(414, "GET /?room=" + "x".repeat(10_240) + " HTTP/1.1\r\n" + HEADERS);
  }

  @Test
  void b09_framesBeforeTheAnswerAreServedBehindIt() {
    try (var aftermath = Aftermath.of(NODE); var raw = RawClient.connect(NODE.port())) {
      raw.send(LINE + HEADERS + "\r\n" + new String(RawClient.textFrame("{\"join\":\"a\"}"),
          ISO_8859_1) + new String(RawClient.textFrame("{\"join\":\"b\"}"), ISO_8859_1));
      assertTrue(raw.head().startsWith("HTTP/1.1 101 "));
      raw.hears("{\"joined\":\"a\"}");
      raw.hears("{\"joined\":\"b\"}");
      aftermath.rises("parley_http_answers_total{status=\"101\"}", 1);
    }
  }

  @Test
  void b09_aFrameInsteadOfARequestIsNone() {
    assertRefused(400, new String(FRAME, ISO_8859_1) + LINE + HEADERS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://elsewhere.example", "null", "https://h.evil.example",
      "https://evil.example/?h", "https://evil.example/?://h", "http://h:8080", "https://h:80x",
      "https://h/", "h", "", "https://h, https://h", "https://user@h"})
  void b10_aPageFromElsewhere(String origin) {
    assertRefused(403, with("Origin: " + origin));
  }

  @Test
  void b10_twoOrigins() {
    assertRefused(403, with("Origin: https://h\r\nOrigin: https://h"));
    assertRefused(403, with("Origin: https://h\r\nOrigin: https://elsewhere.example"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://h", "http://h", "HTTPS://H", "http://h:80", "https://h:443"})
  void b10_aPageFromHere(String origin) {
    assertUpgraded(with("Origin: " + origin));
  }

  @ParameterizedTest
  @ValueSource(strings = {"chat", "chat, chat", "a b, (", "", ",,,", "\"", "1000"})
  void b11_noSubprotocolIsEverChosen(String offered) {
    var list = offered.equals("1000") ? "p,".repeat(1_000) : offered;
    var head = assertUpgraded(with("Sec-WebSocket-Protocol: " + list));
    assertFalse(head.contains("sec-websocket-protocol"), head);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-webkit-deflate-frame", "foo; bar=1", ";;,=,\"", "", "a b c", "1000"})
  void b12_unknownExtensionsAreIgnored(String offered) {
    var list = offered.equals("1000") ? "x,".repeat(1_000) : offered;
    var head = assertUpgraded(with("Sec-WebSocket-Extensions: " + list));
    assertFalse(head.contains("sec-websocket-extensions"), head);
  }

  @Test
  void b13_tooMuchOfAHead() {
    assertRefused(431, LINE + HEADERS + "X-H: v\r\n".repeat(2_000));
    assertRefused(431, LINE + HEADERS + "a:\r\n".repeat(2_000));
    assertRefused(431, LINE + HEADERS + "a:\r\n".repeat(100));
    assertRefused(431, with("X: " + "x".repeat(65_536)));
    assertRefused(414, "GET /?" + "x".repeat(65_536) + " HTTP/1.1\r\n" + HEADERS);
    assertRefused(414, "\r\n".repeat(10_000) + LINE + HEADERS);
  }

  @Test
  void b13_aHeadWithoutEnd() {
    assertRefused(414, "GET /" + "x".repeat(200_000));
    assertRefused(431, "GET / HTTP/1.1\r\nX: " + "x".repeat(200_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"X: a\r\n b", "X: a\r\n\tb", "X: a\0b", "X\0: a", "X: a\rb", "XY", "X : y",
          ": y", "X: a\1b", "X: a\177b", "X Y: z", "X: a\nY"})
  void b13_aHeaderThatIsNone(String header) {
    assertRefused(400, with(header));
    assertRefused(400, LINE + header + "\r\n" + HEADERS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET  / HTTP/1.1", "GET\t/\tHTTP/1.1", "GET / x HTTP/1.1", "GET /",
      "GET / HTTP/1.1 ", "GET", "G\1T / HTTP/1.1", "GET /\0 HTTP/1.1", " GET / HTTP/1.1"})
  void b13_aRequestLineThatIsNone(String line) {
    assertRefused(400, line + "\r\n" + HEADERS);
  }

  @Test
  void b14_manyBlanksInAHeader() {
    assertRefused(431, with("Sec-WebSocket-Protocol: b" + " ".repeat(32_000) + "x"));
    assertUpgraded(with("Sec-WebSocket-Protocol: b" + " ".repeat(7_000) + "x"));
    assertUpgraded(with("Sec-WebSocket-Protocol: " + " ,".repeat(3_500)));
    assertRefused(400, without("Connection") + "Connection: " + " ,".repeat(3_500) + "x\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a;b=\"", "\\", "\"\\\"", ";", "=\"\""})
  void b15_deepQuoting(String piece) {
    assertUpgraded(with("Sec-WebSocket-Extensions: a;b=\"" + piece.repeat(7_000 / piece.length())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Transfer-Encoding: chunked\r\nContent-Length: 5",
      "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: xchunked",
      "Transfer-Encoding: identity", "Transfer-Encoding: chunked, identity",
      "Transfer-Encoding:", "Content-Length: 0\r\nContent-Length: 5",
      "Content-Length: 0\r\nContent-Length: 0", "Content-Length: 0, 0", "Content-Length: 00",
      "Content-Length: 0x0", "Content-Length:"})
  void b16_twoLengthsOrNone(String headers) {
    for (var version : new String[]{"HTTP/1.1", "HTTP/1.0"}) {
      assertRefused(400, "GET / " + version + "\r\nHost: h\r\n" + headers + "\r\n");
    }
    assertRefused(400, with(headers));
    assertRefused(400, with(headers) + "\r\n0\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0;a\n\r\n", "0;\0\r\n\r\n", "5\r\nabc", "ffffffffffffffff1\r\n", "-1\r\n"})
  void b16_tricksWithChunks(String body) {
    assertRefused(400, with("Transfer-Encoding: chunked") + "\r\n" + body);
  }

  @Test
  void b16_aSecondRequestIsNeverAnswered() {
    try (var raw = RawClient.connect(NODE.port())) {
      raw.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(3));
      var answer = raw.rest();
      assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
      assertEquals(-1, answer.indexOf("HTTP/1.1 ", 1));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\0", "\1", "\0\1\2", "\t", " ", "\177", "\u00ff", "\r\n\0", "\u0016\3\1"})
  void b17_bytesBeforeTheRequest(String bytes) {
    assertRefused(400, bytes + LINE + HEADERS);
  }

  @Test
  void b17_emptyLinesBeforeItAreAllowed() {
    assertUpgraded("\r\n" + LINE + HEADERS);
  }
}
