package io.parley.outside.arrival;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import io.parley.redis.LogLines;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whom a node believes when he says where a client is (`proxy.trusted`). These tests are a proxy
/// at 127.0.0.1.
@Timeout(30)
class ProxyTest {
  /// The PROXY protocol, version 2: from 192.0.2.7.
  private static final byte[] HEADER = HexFormat.of().parseHex(
      "0d0a0d0a000d0a515549540a" + "2111000c" + "c0000207" + "0a000001" + "30391f90");
  private static final byte[] NONE = {};

  private final LogLines log = new LogLines("io.parley");

  @AfterEach
  void stopRecording() {
    log.close();
  }

  private static TestNode nodeTrusting(String proxies) {
    return TestNode.start("proxy.trusted", proxies);
  }

  private static String request(String... forwardedFor) {
    var headers = new StringBuilder("Host: h\r\n");
    for (var each : forwardedFor) {
      headers.append("X-Forwarded-For: ").append(each).append("\r\n");
    }
    return RawClient.request("/").replace("Host: h\r\n", headers);
  }

  /// What the node takes for the client's address; its log says so when it closes a connection.
  private String addressOf(TestNode node, byte[] before, String... forwardedFor) {
    try (var raw = RawClient.connect(node.port())) {
      raw.send(before);
      raw.send(request(forwardedFor));
      assertTrue(raw.head().startsWith("HTTP/1.1 101 "));
      raw.send(RawClient.frame(0x80 | RawClient.BINARY, new byte[1]));
      assertEquals(1003, raw.next().code());
    }
    return log.linesWith("close 1003").getLast().replaceFirst(".* client ", "")
        .replaceFirst(" \\(and [0-9]+ more .*", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.0.0.0/8,127.0.0.0/8"})
  void aTrustedProxysHeaderIsBelieved(String proxies) {
    try (var node = nodeTrusting(proxies)) {
      assertEquals("192.0.2.7", addressOf(node, HEADER));
      assertEquals("127.0.0.1", addressOf(node, NONE), "it may leave the header out");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "192.0.2.7,10.0.0.1", "127.0.0.2"})
  void anybodyElsesHeaderIsNoRequest(String proxies) {
    try (var node = nodeTrusting(proxies);
        var bystander = node.browser("");
        var raw = RawClient.connect(node.port())) {
      raw.send(HEADER);
      raw.send(request());
      var answer = raw.head();
      assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
      assertEquals("127.0.0.1", addressOf(node, NONE));
      bystander.saysAndHears("still here");
    }
  }

  @Test
  void whatATrustedProxySaysWasForwardedIsBelieved() {
    try (var node = nodeTrusting("127.0.0.1,10.0.0.0/8")) {
      assertEquals("192.0.2.9", addressOf(node, NONE, "192.0.2.9"));
      assertEquals("2001:db8:0:0:0:0:0:9", addressOf(node, NONE, "2001:db8::9"));
      assertEquals("192.0.2.9", addressOf(node, NONE, "203.0.113.1, 192.0.2.9, 10.0.0.2"));
      assertEquals("192.0.2.9", addressOf(node, NONE, "203.0.113.1, 192.0.2.9", "10.0.0.2"));
      assertEquals("127.0.0.1", addressOf(node, NONE, "unknown"));
    }
  }

  @Test
  void whatAnybodyElseSaysWasForwardedIsNot() {
    for (var proxies : new String[]{"", "192.0.2.9", "127.0.0.2"}) {
      try (var node = nodeTrusting(proxies)) {
        assertEquals("127.0.0.1", addressOf(node, NONE, "192.0.2.9"));
      }
    }
  }

  /// A client behind a layer 4 balancer can write any header that it likes.
  @Test
  void aClientOfATrustedProxyIsNotBelieved() {
    try (var node = nodeTrusting("127.0.0.1")) {
      assertEquals("192.0.2.7", addressOf(node, HEADER, "192.0.2.9"));
    }
  }
}
