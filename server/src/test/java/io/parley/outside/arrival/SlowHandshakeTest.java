package io.parley.outside.arrival;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Aftermath;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that take their time on the way to a WebSocket (`limits.handshake-timeout`).
@Timeout(60)
class SlowHandshakeTest {
  private static final String HITS = "parley_limit_hits_total{limit=\"limits.handshake-timeout\"}";
  private static final String CUT = "parley_arrivals_cut_total{reason=\"timeout\"}";
  private static final String TOO_LATE = "parley_http_answers_total{status=\"408\"}";

  private static TestNode impatient(String... changes) {
    var all = new ArrayList<String>();
    all.add("limits.handshake-timeout");
    all.add("300ms");
    all.addAll(java.util.List.of(changes));
    return TestNode.start(all.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n\r"})
  void b19_halfARequestIsAnsweredWith408(String half) {
    try (var node = impatient();
        var aftermath = Aftermath.of(node);
        var raw = RawClient.connect(node.port())) {
      raw.send(half);
      var answer = raw.head();
      assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
      raw.endsAtLast();
      raw.isCutByServer();
      aftermath.isTold(TOO_LATE, 1, "request refused: 408");
      aftermath.rises(HITS, 1);
    }
  }

  @Test
  void b19_halfAProxyHeaderIsCut() {
    try (var node = impatient("proxy.trusted", "127.0.0.1");
        var aftermath = Aftermath.of(node);
        var raw = RawClient.connect(node.port())) {
      raw.sendHex("0d0a0d0a000d0a515549540a 2111");
      assertEquals("", raw.head());
      aftermath.isTold(CUT, 1, "client cut: no WebSocket in time");
      aftermath.rises(HITS, 1);
    }
  }

  /// The socket's end is no fault: the client had its answer.
  @Test
  void b19_whoDoesNotCloseAfterItsAnswerIsCut() {
    try (var node = impatient();
        var aftermath = Aftermath.of(node);
        var raw = RawClient.connect(node.port())) {
      raw.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      assertTrue(raw.head().startsWith("HTTP/1.1 200 "));
      raw.isCutByServer();
      aftermath.rises(CUT, 0);
      aftermath.rises(HITS, 0);
    }
  }

  @Test
  void aWebSocketMayStayAsLongAsItLikes() {
    try (var node = impatient();
        var aftermath = Aftermath.of(node);
        var early = node.raw("room=own");
        var silent = RawClient.connect(node.port())) {
      assertTrue(silent.head().startsWith("HTTP/1.1 408 "));
      early.say("still here").hears("still here");
      aftermath.rises(HITS, 1);
    }
  }

  @Test
  void b19_twoThousandSlowClientsAreAllGoneInTimeAndOthersAreServed() {
    int many = 2_000;
    try (var node = TestNode.start("limits.handshake-timeout", "3s",
        "limits.connections-per-address", "0");
        var aftermath = Aftermath.of(node)) {
      var slow = new ArrayList<RawClient>();
      try {
        var begun = "GET / HTTP/1.1\r\nHost: h\r\nX: ".getBytes(ISO_8859_1);
        for (int i = 0; i < many; i++) {
          var raw = RawClient.connect(node.port());
          slow.add(raw);
          if (i % 2 == 0) {
            raw.send(begun);
          }
        }
        for (int i = 0; i < 10; i++) {
          try (var other = node.browser("user=other&room=others")) {
            other.saysAndHears("served");
          }
          // One more byte of some headers: it buys no time.
          for (int j = 0; j < many; j += 20) {
            slow.get(j).sendOrNot(begun[0]);
          }
        }
        slow.forEach(RawClient::endsAtLast);
        aftermath.rises(HITS, many);
        aftermath.rises(TOO_LATE, many);
      } finally {
        slow.forEach(RawClient::close);
      }
    }
  }
}
