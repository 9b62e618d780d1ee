package io.parley.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.client.ChatClient;
import io.parley.e2e.harness.Cluster;
import io.parley.e2e.harness.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A node hears only what its own clients need: the reason why adding nodes adds capacity. Seen
/// from Redis, which knows who is subscribed to what, and counts the bytes that it sends.
@Timeout(120)
class InterestTest {
  private static final int NODES = 8;
  private static final int MESSAGES = 500;
  private static final int MESSAGE_BYTES = 2_000;
  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  void redisSendsAMessageOnlyToNodesThatWantIt() {
    var clients = new ArrayList<ChatClient>();
    try (var redis = RedisServer.start();
        var cluster = Cluster.up("--redis", redis.url(), "--nodes", Integer.toString(NODES))) {
      assertEquals(List.of(), redis.channels());
      var wanted = new HashSet<String>();
      for (var i = 0; i < NODES; i++) {
        clients.add(enter(cluster, i, "u" + i, "r" + i));
        wanted.addAll(Set.of(inbox("u" + i), room("r" + i)));
      }
      assertEquals(wanted, Set.copyOf(redis.channels()));
      wanted.forEach(channel -> assertEquals(1, redis.subscribers(channel), channel));

      countBytes(redis, clients);
      nodesJoinAndLeave(redis, cluster, clients);

      clients.forEach(ChatClient::close);
      await().atMost(SOON).until(() -> redis.channels().isEmpty());
    } finally {
      clients.forEach(ChatClient::close);
    }
  }

  /// Two nodes get a direct message: the receiver's and, for his other devices, the sender's.
  private static void countBytes(RedisServer redis, List<ChatClient> clients) {
    var sender = clients.getFirst();
    var receiver = clients.getLast();
    var text = "x".repeat(MESSAGE_BYTES);
    var before = redis.info("stats", "total_net_output_bytes");
    for (var i = 1; i <= MESSAGES; i++) {
      sender.send("{\"to\":\"u" + (NODES - 1) + "\",\"text\":\"" + text + "\",\"id\":" + i + "}");
    }
    sender.awaitFrame(("{\"ack\":" + MESSAGES + "}")::equals);
    receiver.awaitFrame(frame -> frame.contains("\"id\":" + MESSAGES + ","));
    var messages = (redis.info("stats", "total_net_output_bytes") - before)
        / (double) (MESSAGES * MESSAGE_BYTES);
    assertTrue(messages >= 2 && messages < 2.5,
        () -> "Redis sent each message " + messages + " times (expected: twice)");
    for (var other : clients.subList(1, NODES - 1)) {
      other.send("mark");
      other.expect("mark");
    }
  }

  /// A second device, on another node; a second member, on the same; and their leaving.
  private static void nodesJoinAndLeave(
      RedisServer redis, Cluster cluster, List<ChatClient> clients) {
    try (var device = enter(cluster, 3, "u0", "r1"); var member = enter(cluster, 1, "u1", "r1")) {
      assertEquals(2, redis.subscribers(inbox("u0")));
      assertEquals(2, redis.subscribers(room("r1")));
      assertEquals(1, redis.subscribers(inbox("u1")));
      device.send("both");
      for (var reader : List.of(device, member, clients.get(1))) {
        reader.expect("both");
      }
    }
    await().atMost(SOON).until(() -> redis.subscribers(inbox("u0")) == 1);
    await().atMost(SOON).until(() -> redis.subscribers(room("r1")) == 1);
    assertEquals(2 * NODES, redis.channels().size());
  }

  /// Connects, and waits until both of its channels are subscribed.
  private static ChatClient enter(Cluster cluster, int node, String user, String room) {
    var client = ChatClient.connect(
        cluster.nodes().get(node).port(), "user=" + user + "&room=" + room);
    client.join("inbox");
    client.join(room);
    return client;
  }

  private static String room(String name) {
    return "parley:pub:{room:" + name + "}";
  }

  private static String inbox(String user) {
    return "parley:pub:{inbox:#" + user + "}";
  }
}
