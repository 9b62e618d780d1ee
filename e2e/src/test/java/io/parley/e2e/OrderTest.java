package io.parley.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.client.ChatClient;
import io.parley.e2e.harness.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Everybody in a room reads the same conversation.
@Timeout(120)
class OrderTest {
  private static final int MESSAGES = 10_000;
  private static final int SENDERS = 50;
  private static final int MEMBERS = 20;
  private static final int NODES = 3;
  private static final Duration ALL_WITHIN = Duration.ofSeconds(60);

  @Test
  void allMembersGetAllMessagesInOneOrder() {
    var clients = new ArrayList<ChatClient>();
    try (var cluster = Cluster.up("--nodes", Integer.toString(NODES))) {
      var members = new ArrayList<ChatClient>();
      for (var i = 0; i < MEMBERS; i++) {
        var member = connect(cluster, clients, i, "room=order");
        member.join("order");
        members.add(member);
      }
      var senders = new ArrayList<ChatClient>();
      for (var i = 0; i < SENDERS; i++) {
        senders.add(connect(cluster, clients, i, "room=elsewhere"));
      }
      var threads = new ArrayList<Thread>();
      for (var i = 0; i < SENDERS; i++) {
        var sender = senders.get(i);
        var name = "s" + i;
        threads.add(Thread.ofVirtual().start(() -> {
          for (var n = 0; n < MESSAGES / SENDERS; n++) {
            sender.send("{\"room\":\"order\",\"m\":\"" + name + ":" + n + "\"}");
          }
        }));
      }
      members.forEach(member -> member.awaitCount(1 + MESSAGES, ALL_WITHIN));
      threads.forEach(OrderTest::join);

      var first = messages(members.getFirst());
      assertEquals(MESSAGES, new HashSet<>(first).size());
      assertEachSenderInOrder(first);
      for (var member : members) {
        // Not by assertEquals, which would print twenty thousand lines.
        assertTrue(first.equals(messages(member)), () -> "order differs at " + member);
      }
    } finally {
      clients.forEach(ChatClient::close);
    }
  }

  private static ChatClient connect(
      Cluster cluster, List<ChatClient> clients, int number, String query) {
    var client = ChatClient.connect(cluster.nodes().get(number % NODES).port(), query);
    clients.add(client);
    return client;
  }

  private static List<String> messages(ChatClient member) {
    return member.frames().stream().skip(1)
        .map(frame -> ChatClient.member(frame, "m")).toList();
  }

  private static void assertEachSenderInOrder(List<String> messages) {
    var next = new int[SENDERS];
    for (var message : messages) {
      var colon = message.indexOf(':');
      var sender = Integer.parseInt(message.substring(1, colon));
      assertEquals(next[sender]++, Integer.parseInt(message.substring(colon + 1)), message);
    }
  }

  private static void join(Thread thread) {
    try {
      assertTrue(thread.join(ALL_WITHIN));
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
