package io.parley.arrival;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.parley.auth.Origins;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {
  private static final Origins ALL = new Origins(List.of("*"));
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private static HttpRequest request(HttpMethod method, HttpVersion version) {
    var request = new DefaultHttpRequest(version, method, "/");
    request.headers().set("Host", "h").set("Upgrade", "websocket").set("Connection", "Upgrade")
        .set("Sec-WebSocket-Version", "13").set("Sec-WebSocket-Key", KEY);
    return request;
  }

  private static HttpRequest request() {
    return request(HttpMethod.GET, HttpVersion.HTTP_1_1);
  }

  private static void assertRefused(int status, HttpRequest request) {
    var refusal = Handshake.refusal(request, ALL);
    assertNotNull(refusal, request::toString);
    assertEquals(status, refusal.status().code(), refusal::detail);
  }

  @Test
  void theRfcsKeyHasTheRfcsAnswer() {
    assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Handshake.accept(KEY));
    assertNull(Handshake.refusal(request(), ALL));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"websocket|Upgrade", "WebSocket|upgrade",
      "WEBSOCKET|keep-alive, Upgrade", "websocket|Upgrade,keep-alive", "h2c, websocket|,UPGRADE ,"})
  void caseAndListsDoNotMatter(String upgrade, String connection) {
    var request = request();
    request.headers().set("Upgrade", upgrade).set("Connection", connection);
    assertNull(Handshake.refusal(request, ALL));
  }

  @Test
  void tokensMayStandInSeveralHeaders() {
    var request = request();
    request.headers().set("Connection", "keep-alive").add("Connection", "Upgrade");
    assertNull(Handshake.refusal(request, ALL));
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "HEAD", "CONNECT", "OPTIONS"})
  void onlyGetWillDo(String method) {
    assertRefused(405, request(HttpMethod.valueOf(method), HttpVersion.HTTP_1_1));
  }

  @Test
  void onlyHttpOnePointOneWillDo() {
    assertRefused(400, request(HttpMethod.GET, HttpVersion.HTTP_1_0));
    assertRefused(400, request(HttpMethod.GET, HttpVersion.valueOf("HTTP/2.0")));
  }

  @Test
  void exactlyOneHostIsNeeded() {
    var none = request();
    none.headers().remove("Host");
    assertRefused(400, none);
    var two = request();
    two.headers().add("Host", "h");
    assertRefused(400, two);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"Upgrade|h2c", "Upgrade|websockets", "Upgrade|''",
      "Connection|keep-alive", "Connection|close", "Connection|Upgrades"})
  void bothUpgradeHeadersAreNeeded(String header, String value) {
    var other = request();
    other.headers().set(header, value);
    assertRefused(400, other);
    var none = request();
    none.headers().remove(header);
    assertRefused(400, none);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZTE=",
      "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=",
      "!GhlIHNhbXBsZSBub25jZQ==",
      "dGhlIHNhbXBsZSBub25j ZQ=="})
  void theKeyIsBase64OfSixteenBytes(String key) {
    var request = request();
    request.headers().set("Sec-WebSocket-Key", key);
    assertRefused(400, request);
  }

  @Test
  void exactlyOneKeyIsNeeded() {
    var none = request();
    none.headers().remove("Sec-WebSocket-Key");
    assertRefused(400, none);
    var two = request();
    two.headers().add("Sec-WebSocket-Key", KEY);
    assertRefused(400, two);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "7", "8", "12", "14", "13, 8", "+13", "", "013"})
  void anotherVersionIsToldWhichIsNeeded(String version) {
    var request = request();
    request.headers().set("Sec-WebSocket-Version", version);
    assertRefused(426, request);
  }

  @Test
  void aMissingVersionIsABadRequest() {
    var none = request();
    none.headers().remove("Sec-WebSocket-Version");
    assertRefused(400, none);
    var two = request();
    two.headers().add("Sec-WebSocket-Version", "8");
    assertRefused(426, two);
  }

  @Test
  void aKeyOrAnUpgradeAsksForAWebSocket() {
    assertTrue(Handshake.isAskedFor(request()));
    var keyOnly = request();
    keyOnly.headers().remove("Upgrade");
    assertTrue(Handshake.isAskedFor(keyOnly));
    var http2 = request();
    http2.headers().remove("Sec-WebSocket-Key").set("Upgrade", "h2c");
    assertFalse(Handshake.isAskedFor(http2));
    assertFalse(Handshake.isAskedFor(
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/")));
  }

  @Test
  void onlyPagesOfTheServersOwnOriginAreLetInUnlessOthersAreNamed() {
    var request = request();
    request.headers().set("Origin", "https://elsewhere.example");
    assertNull(Handshake.refusal(request, ALL));
    var refusal = Handshake.refusal(request, new Origins(List.of()));
    assertNotNull(refusal);
    assertEquals(403, refusal.status().code());
    assertEquals("Origin: https://elsewhere.example (expected: one that access.origins allows)",
        refusal.detail());
    request.headers().set("Origin", "https://h");
    assertNull(Handshake.refusal(request, new Origins(List.of())));
  }
}
