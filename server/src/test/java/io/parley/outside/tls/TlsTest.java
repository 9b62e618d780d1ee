package io.parley.outside.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Browser;
import io.parley.outside.RawClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Chat over TLS: everything is as without it.
@Timeout(60)
class TlsTest {
  private static final TlsNode NODE = TlsNode.start("limits.commands-per-second", "0",
      "proxy.trusted", "127.0.0.1");

  @AfterAll
  static void stop() {
    NODE.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void clientsTalk(String protocol) {
    var room = "room=" + protocol;
    try (var alice = NODE.browser(protocol, "user=alice&" + room);
        var bob = NODE.browser("user=bob&" + room)) {
      alice.saysAndHears("hello");
      bob.hears("hello");
      bob.say("{\"to\":\"alice\",\"text\":\"hi\"}");
      alice.hears("{\"to\":\"alice\",\"text\":\"hi\",\"from\":\"bob\"}");
    }
  }

  @Test
  void thePageIsServed() throws Exception {
    var page = NODE.http("TLSv1.3").send(
        HttpRequest.newBuilder(URI.create(NODE.url("https", ""))).build(), BodyHandlers.ofString());
    assertEquals(200, page.statusCode());
    assertTrue(page.body().contains("<html"), page::body);
  }

  @ParameterizedTest
  @CsvSource({"https://h,101", "http://h,101", "https://h:8443,403",
      "https://elsewhere.example,403"})
  void pagesOfTheSameOriginAreLetIn(String origin, int status) {
    try (var raw = RawClient.connect(NODE.port()).secured(NODE.trusting(), "TLSv1.3")) {
      raw.send(RawClient.request("/").replace("Host: h\r\n",
          "Host: h\r\nOrigin: " + origin + "\r\n"));
      var head = raw.head();
      assertTrue(head.startsWith("HTTP/1.1 " + status + " "), head);
    }
  }

  @Test
  void messagesLargerThanARecordArriveWhole() {
    try (var alice = NODE.browser("room=big"); var bob = NODE.browser("room=big")) {
      for (int length : new int[]{16_384, 16_385, 60_000, 65_000}) {
        alice.saysAndHears("x".repeat(length));
        bob.hears("x".repeat(length));
      }
    }
  }

  @Test
  void manyMembersHearTheSameInTheSameOrder() {
    var members = new ArrayList<Browser>();
    try {
      for (int i = 0; i < 50; i++) {
        members.add(NODE.browser(i % 2 == 0 ? "TLSv1.3" : "TLSv1.2", "room=many"));
      }
      for (int i = 0; i < 100; i++) {
        members.getFirst().say("message " + i + "x".repeat(i * 10));
      }
      for (var member : members) {
        for (int i = 0; i < 100; i++) {
          member.hears("message " + i + "x".repeat(i * 10));
        }
      }
    } finally {
      members.forEach(Browser::close);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClosingHandshakeIsFollowedByTheGoodbyeOfTls(String protocol) throws IOException {
    try (var tapped = new TappedSocket();
        var client = RawClient.connect(tapped, NODE.port()).secured(NODE.trusting(), protocol)
            .upgraded("/?room=own")) {
      client.roundTrip();
      client.send(RawClient.frame(0x80 | RawClient.CLOSE, new byte[]{3, (byte) 0xe8}));
      assertEquals(1000, client.next().code());
      int before = tapped.pieces().size();
      client.endsByServer();
      var goodbye = tapped.pieces().subList(before, tapped.pieces().size());
      assertEquals(1, goodbye.size());
      assertEquals(protocol.equals("TLSv1.2") ? TappedSocket.ALERT : TappedSocket.DATA,
          goodbye.getFirst().type(), "from TLS 1.3 on everything looks like data");
    }
  }

  @Test
  void theJdksClientClosesCleanly() {
    try (var client = NODE.browser("room=own")) {
      client.sayBinary((byte) 1);
      client.isClosedWith(1003);
    }
  }

  @Test
  void whoLeavesTlsWithoutAFrameIsGoneForOthers() throws IOException {
    try (var raw = NODE.raw("TLSv1.3", "user=leaver&room=leaving")) {
      raw.tls().shutdownOutput();
      raw.endsByServer();
    }
  }

  /// As HAProxy sends it: plain, before TLS begins.
  @Test
  void theProxyProtocolComesBeforeTls() {
    try (var raw = RawClient.connect(NODE.port())) {
      raw.send(HexFormat.of().parseHex(
          "0d0a0d0a000d0a515549540a" + "2111000c" + "c0000207" + "0a000001" + "30391f90"));
      try (var log = new io.parley.redis.LogLines("io.parley");
          var secured = raw.secured(NODE.trusting(), "TLSv1.3").upgraded("/")) {
        secured.send(RawClient.frame(0x80 | RawClient.BINARY, new byte[1]));
        assertEquals(1003, secured.next().code());
        assertTrue(log.linesWith("close 1003").getLast().endsWith(" client 192.0.2.7"));
      }
    }
  }

  @Test
  void whoDoesNotReadIsClosedWith3008() {
    try (var small = TlsNode.start("limits.commands-per-second", "0",
        "limits.outbox-bytes", "128KiB", "limits.outbox-age", "10m", "limits.close-timeout", "1m");
        var reader = small.browser("user=reader&room=busy");
        var slow = RawClient.connect(small.port(), 4_096).secured(small.trusting(), "TLSv1.3")
            .upgraded("/?room=busy")) {
      slow.roundTrip();
      for (int i = 0; i < 200; i++) {
        reader.saysAndHears("x".repeat(60_000));
      }
      slow.isClosedAtLastWith(3008);
      reader.saysAndHears("others go on");
    }
  }
}
