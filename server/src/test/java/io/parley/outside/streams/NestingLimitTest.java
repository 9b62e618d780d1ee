package io.parley.outside.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.TestNode;
import io.parley.outside.api.Backend;
import io.parley.outside.centrifuge.ProtobufClient;
import io.parley.outside.centrifuge.SdkClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// By every way, what is published may be three levels deep and no deeper, as the settings of this
/// node have it.
@Timeout(60)
class NestingLimitTest {
  private static final String CHANNEL = "\"channel\":\"room:n\"";
  private static final String GOOD = "[{\"a\":[]}]";
  private static final String DEEP = "[{\"a\":[[]]}]";
  private static final String SAID = "at most 3 in what is published, which is"
      + " limits.nesting-levels";

  private final TestNode node = TestNode.start(
      "limits.nesting-levels", "3", "api.keys", "backend=" + Backend.KEY);

  @AfterEach
  void close() {
    node.close();
  }

  private void hits(int expected) {
    assertEquals(expected, node.hits("limits.nesting-levels"));
  }

  private static void tells(String answer) {
    assertTrue(answer.contains("107") && answer.contains(SAID), answer);
  }

  @Test
  void holdsForPlainClients() {
    try (var alice = node.browser("user=alice&room=n")) {
      alice.say("{\"a\":{\"b\":[]}}");
      assertTrue(alice.nextWhole().startsWith("{\"a\":{\"b\":[]},"));
      alice.say("{\"a\":{\"b\":[[]]}}");
      tells(alice.nextWhole());
      hits(1);
    }
  }

  @Test
  void holdsForJsonClients() {
    try (var alice = SdkClient.connected(node.port(), "alice")) {
      alice.asks("publish", "{" + CHANNEL + ",\"data\":" + GOOD + "}", "\"publish\":{}");
      tells(alice.ask("publish", "{" + CHANNEL + ",\"data\":" + DEEP + "}"));
      hits(1);
      tells(alice.ask("rpc", "{\"method\":\"direct\",\"data\":{\"to\":\"bob\",\"data\":"
          + DEEP + "}}"));
      hits(2);
      tells(alice.ask("rpc", "{\"method\":\"publish\",\"data\":{" + CHANNEL + ",\"data\":"
          + DEEP + "}}"));
      hits(3);
      alice.say("{\"id\":9,\"publish\":{" + CHANNEL + ",\"data\":" + "[".repeat(1_100))
          .isClosedWith(3501);
      hits(4);
    }
  }

  @Test
  void holdsForStreams() {
    try (var alice = StreamClient.of(node, "alice")) {
      alice.say(node, "{\"id\":2,\"publish\":{" + CHANNEL + ",\"data\":" + GOOD + "}}")
          .hears("{\"id\":2,\"publish\":{}}");
      alice.say(node, "{\"id\":3,\"publish\":{" + CHANNEL + ",\"data\":" + DEEP + "}}");
      tells(alice.next());
      hits(1);
    }
  }

  @Test
  void whatProtobufClientsSayIsBytesThen() {
    try (var alice = ProtobufClient.connected(node.port(), "alice");
        var bob = SdkClient.connected(node.port(), "bob")) {
      bob.ask("subscribe", "{" + CHANNEL + "}");
      alice.publishes("room:n", GOOD.getBytes(UTF_8));
      assertTrue(bob.push().contains("{\"data\":" + GOOD), "JSON");
      hits(0);
      alice.publishes("room:n", DEEP.getBytes(UTF_8));
      assertTrue(bob.push().contains("{\"data\":{\"base64\":\""), "bytes");
      hits(1);
    }
  }

  @Test
  void holdsForTheBackend() {
    var backend = Backend.of(node);
    backend.result("publish", "{" + CHANNEL + ",\"data\":" + GOOD + "}");
    tells(backend.ask("publish", "{" + CHANNEL + ",\"data\":" + DEEP + "}"));
    hits(1);
    tells(backend.ask("broadcast", "{\"channels\":[\"room:n\"],\"data\":" + DEEP + "}"));
    tells(backend.ask("direct", "{\"user\":\"alice\",\"data\":" + DEEP + "}"));
    hits(3);
    tells(backend.ask("subscribe", "{" + CHANNEL + ",\"user\":\"alice\",\"info\":" + DEEP + "}"));
    hits(4);
  }
}
