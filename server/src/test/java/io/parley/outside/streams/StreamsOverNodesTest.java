package io.parley.outside.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.TestNode;
import io.parley.outside.TwoNodes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients without a WebSocket whose commands land on another node than their stream.
@Timeout(60)
class StreamsOverNodesTest {
  private static final String WHO = "{\"id\":9,\"rpc\":{\"method\":\"whoami\"}}";
  private static final int WINDOW = 4;

  private final TwoNodes nodes;
  private final TestNode near;
  private final TestNode far;

  StreamsOverNodesTest() throws IOException {
    nodes = new TwoNodes("limits.commands-per-second", "0", "limits.emulation-timeout", "1s",
        "limits.publish-window", Integer.toString(WINDOW), "redis.queue-bytes", "64KiB");
    near = nodes.near;
    far = nodes.far;
  }

  @AfterEach
  void close() {
    nodes.close();
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
      nodes.redis.freeze();
      assertEquals(500, alice.post(far, "{}"));
      assertEquals(1, far.hits("limits.emulation-timeout"));
      alice.say(near, WHO).hearsStart("{\"id\":9,");
      nodes.redis.thaw();
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
      nodes.redis.freeze();
      for (int i = 0; i < 2 * WINDOW; i++) {
        patient.say(near, publish(i));
        hasty.say(near, publish(i));
      }
      hasty.say(near, publish(-1));
      hasty.isClosedWith(3013);
      assertEquals(404, hasty.post(near, "{}"));
      nodes.redis.thaw();
      for (int i = 0; i < 2 * WINDOW; i++) {
        patient.hears("{\"id\":" + (i + 10) + ",\"publish\":{}}");
      }
      assertEquals(0, near.metric("parley_inbound_bytes"));
    }
  }

  @Test
  void strangersFillNoQueue() throws Exception {
    try (var strangers = Executors.newVirtualThreadPerTaskExecutor();
        var alice = StreamClient.of(near, "alice")) {
      settle(alice);
      nodes.redis.freeze();
      var answers = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 20; i++) {
        answers.add(strangers.submit(
            () -> StreamClient.post(far, "a".repeat(32), "x-1", "x".repeat(20_000))));
      }
      for (var answer : answers) {
        assertEquals(500, answer.get(20, TimeUnit.SECONDS));
      }
      assertTrue(far.hits("redis.queue-bytes") >= 16);
      assertTrue(far.metric("parley_redis_queue_bytes") <= 65_536);
      nodes.redis.thaw();
      Awaitility.await("nothing waits").atMost(Duration.ofSeconds(20))
          .until(() -> far.metric("parley_redis_queue_bytes") == 0);
    }
  }

  @Test
  void whatAClientSaysCannotBeReadOnItsWay() {
    try (var alice = StreamClient.of(near, "alice")) {
      settle(alice);
      nodes.redis.commands().configSet("slowlog-log-slower-than", "0");
      alice.say(far, "{\"id\":3,\"refresh\":{\"token\":\"a-very-secret-token\"}}")
          .isClosedWith(3500);
      var log = nodes.redis.commands().slowlogGet(1_000).stream().map(StreamsOverNodesTest::words)
          .toList();
      assertTrue(log.stream().anyMatch(line -> line.startsWith("PUBLISH parley:ctl:near-")),
          log::toString);
      assertTrue(log.stream().noneMatch(
          line -> line.contains("secret-token") || line.contains(alice.session())), log::toString);
    }
  }

  /// What a command was, of an entry of Redis' slow log.
  private static String words(Object entry) {
    return ((List<?>) ((List<?>) entry).get(3)).stream()
        .map(String::valueOf)
        .collect(Collectors.joining(" "));
  }

  private static String publish(int number) {
    return "{\"id\":" + (number + 10) + ",\"publish\":{\"channel\":\"room:a\",\"data\":\"" + number
        + "\"}}";
  }
}
