package io.parley.outside.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.outside.TestNode;
import io.parley.outside.centrifuge.SdkClient;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From where on a backend reads, and how much of it, on a node that runs alone.
@Timeout(60)
class ReadingTest {
  private final TestNode node = TestNode.start("api.keys", "backend=" + Backend.KEY,
      "api.channels", "3", "api.presence-clients", "1");
  private final Backend backend = Backend.of(node);

  @AfterEach
  void close() {
    node.close();
  }

  private void publish(int count) {
    for (int i = 1; i <= count; i++) {
      backend.result("publish", "{\"channel\":\"room:a\",\"data\":{\"n\":" + i + "}}");
    }
  }

  private List<String> since(String place) {
    return Pattern.compile("\"n\":(\\d)").matcher(backend.result("history",
        "{\"channel\":\"room:a\",\"limit\":-1,\"since\":" + place + "}")).results()
        .map(found -> found.group(1)).toList();
  }

  @Test
  void aPlaceNeedsNoEpochButAForeignOneIsNoPlace() {
    publish(5);
    assertEquals(List.of("4", "5"), since("{\"offset\":3}"));
    assertEquals(List.of("1", "2", "3", "4", "5"), since("{\"offset\":0}"));
    assertEquals(List.of("5"), since("{\"offset\":4,\"epoch\":\"\"}"));
    for (var foreign : List.of("{\"offset\":0,\"epoch\":\"no\"}",
        "{\"epoch\":\"0000000000000000\"}", "{\"offset\":3,\"epoch\":\"0123456789abcdef\"}")) {
      backend.fails(112, "history", "{\"channel\":\"room:a\",\"since\":" + foreign + "}");
    }
  }

  @Test
  void clientsAreGivenAChannelFromItsBeginningOn() {
    publish(2);
    try (var bob = SdkClient.connected(node.port(), "bob")) {
      backend.result("subscribe",
          "{\"user\":\"bob\",\"channel\":\"room:a\",\"recover_since\":{\"offset\":0}}");
      bob.hears("room:a",
          "\"subscribe\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\"EPOCH\"}",
          "\"pub\":{\"data\":{\"n\":1},\"offset\":1}", "\"pub\":{\"data\":{\"n\":2},\"offset\":2}");
    }
  }

  @Test
  void aPatternIsNoLongerThanAName() {
    backend.fails(107, "channels", "{\"pattern\":\"" + "x".repeat(256) + "\"}");
    assertEquals("{\"channels\":{}}",
        backend.result("channels", "{\"pattern\":\"" + "*x".repeat(127) + "*\"}"));
  }

  @Test
  void whatIsCutSaysSo() {
    try (var alice = SdkClient.connected(node.port(), "alice");
        var bob = SdkClient.connected(node.port(), "bob")) {
      for (var each : List.of(alice, bob)) {
        each.asks("subscribe", "{\"channel\":\"room:a\"}",
            "\"subscribe\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\"EPOCH\"}");
      }
      assertEquals("{\"channels\":{\"inbox:#alice\":{\"num_clients\":1},"
          + "\"inbox:#bob\":{\"num_clients\":1},\"room:a\":{\"num_clients\":2}}}",
          backend.result("channels", "{}"));
      assertEquals(0, node.hits("api.channels"));
      alice.ask("subscribe", "{\"channel\":\"room:b\"}");
      assertEquals("{\"channels\":{\"inbox:#alice\":{\"num_clients\":1},"
          + "\"inbox:#bob\":{\"num_clients\":1},\"room:a\":{\"num_clients\":2}},"
          + "\"truncated\":true}", backend.result("channels", "{}"));
      assertEquals(1, node.hits("api.channels"));
      assertEquals("true", backend.result("presence", "{\"channel\":\"room:a\"}")
          .replaceAll(".*,\"truncated\":(true)}", "$1"));
      assertEquals(1, node.hits("api.presence-clients"));
    }
  }
}
