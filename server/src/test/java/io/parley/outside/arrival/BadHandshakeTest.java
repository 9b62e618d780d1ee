package io.parley.outside.arrival;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Aftermath;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Opening handshakes that break a rule.
@Timeout(30)
class BadHandshakeTest {
  private static final TestNode NODE = TestNode.start();

  @AfterAll
  static void stop() {
    NODE.close();
  }

  @Test
  void b08_unknownPath() {
    try (var aftermath = Aftermath.of(NODE); var raw = RawClient.connect(NODE.port())) {
      raw.send(RawClient.request("/ws"));
      assertTrue(raw.head().startsWith("HTTP/1.1 404 "));
      aftermath.isTold("parley_http_answers_total{status=\"404\"}", 1, "request refused: 404");
    }
  }
}
