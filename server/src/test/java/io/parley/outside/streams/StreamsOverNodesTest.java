package io.parley.outside.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.TestNode;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients without a WebSocket whose commands land on another node than their stream.
@Timeout(60)
class StreamsOverNodesTest {
  private static final String WHO = "{\"id\":9,\"rpc\":{\"method\":\"whoami\"}}";
  private static final int WINDOW = 4;

  private final RedisServer redis;
  private final TestNode near;
  private final TestNode far;

  StreamsOverNodesTest() throws IOException {
    redis = new RedisServer();
    near = node("near");
    far = node("far");
  }

  private TestNode node(String name) {
    return TestNode.start("redis.url", redis.url(), "node.name", name,
        "limits.commands-per-second", "0", "limits.emulation-timeout", "1s",
        "limits.publish-window", Integer.toString(WINDOW));
  }

  @AfterEach
  void close() {
    near.close();
    far.close();
    redis.close();
  }

  /// Until the nodes have found each other: a node hears others a moment after it is ready.
  private void settle(StreamClient client) {
    Awaitility.await("forwarded").until(
        () -> client.post(far, WHO) == 204);
    client.hearsStart("{\"id\":9,\"rpc\":");
  }

  @Test
  void commandsComeFromAnyNodeInTheirOrder() {
    try (var alice = StreamClient.of(near, "alice");
        var bob = far.browser("room=a&user=bob")) {
      settle(alice);
      assertTrue(alice.node().startsWith("near-"), alice.node());
      alice.say(far, "{\"id\":2,\"subscribe\":{\"channel\":\"room:a\"}}")
          .hearsStart("{\"id\":2,\"subscribe\":");
      for (int i = 0; i < 50; i++) {
        alice.say(i % 5 == 4 ? near : far,
            publish(i));
      }
      for (int i = 0; i < 50; i++) {
        bob.hears(Integer.toString(i));
      }
    }
  }

  @Test
  void bytesComeFromAnyNode() {
    byte[] bytes = {0, (byte) 0xff, '\n'};
    try (var json = StreamClient.of(near, "json");
        var alice = ProtobufStream.of(near, "alice")) {
      settle(json);
      alice.say(far, ProtobufStream.subscribe(2, "room:a"));
      assertTrue(alice.answer(2).getSubscribe().getPositioned());
      alice.say(far, ProtobufStream.publish(3, "room:a", bytes));
      alice.hearsOwn(3, "room:a", bytes, 1);
      assertEquals(404, ProtobufStream.post(
          far, alice.request(bytes).setSession("a".repeat(32))));
    }
  }

  @Test
  void nodesAndSessionsThatAreNotThereAreNotFound() {
    try (var alice = StreamClient.of(near, "alice")) {
      settle(alice);
      assertEquals(404, StreamClient.post(far, "a".repeat(32), alice.node(), "{}"));
      assertEquals(404, StreamClient.post(far, alice.session(), "near-0", "{}"));
      assertEquals(404, StreamClient.post(far, alice.session(), "", "{}"));
      alice.say(far, WHO).hearsStart("{\"id\":9,");
    }
  }

  @Test
  void aNodeThatDoesNotAnswerIsGivenUp() throws IOException, InterruptedException {
    try (var alice = StreamClient.of(near, "alice")) {
      settle(alice);
      redis.freeze();
      assertEquals(500, alice.post(far, "{}"));
      assertEquals(1, far.hits("limits.emulation-timeout"));
      alice.say(near, WHO).hearsStart("{\"id\":9,");
      redis.thaw();
      Awaitility.await("there again").atMost(Duration.ofSeconds(20))
          .until(() -> alice.post(far, WHO) == 204);
      alice.hearsStart("{\"id\":9,");
    }
  }

  @Test
  void whatComesWhileTheWindowIsFullWaitsAndNotWithoutEnd()
      throws IOException, InterruptedException {
    try (var patient = StreamClient.of(near, "patient");
        var hasty = StreamClient.of(near, "hasty")) {
      redis.freeze();
      for (int i = 0; i < 2 * WINDOW; i++) {
        patient.say(near, publish(i));
        hasty.say(near, publish(i));
      }
      hasty.say(near, publish(-1));
      hasty.isClosedWith(3013);
      assertEquals(404, hasty.post(near, "{}"));
      redis.thaw();
      for (int i = 0; i < 2 * WINDOW; i++) {
        patient.hears("{\"id\":" + (i + 10) + ",\"publish\":{}}");
      }
      assertEquals(0, near.metric("parley_inbound_bytes"));
    }
  }

  private static String publish(int number) {
    return "{\"id\":" + (number + 10) + ",\"publish\":{\"channel\":\"room:a\",\"data\":\"" + number
        + "\"}}";
  }
}
