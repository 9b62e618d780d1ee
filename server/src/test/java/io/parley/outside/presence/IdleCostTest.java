package io.parley.outside.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a whole node asks of Redis while its clients just stay, at the usual settings of Redis,
/// presence and history.
@Timeout(240)
class IdleCostTest {
  private static final int CLIENTS = 5_000;
  private static final int ROOMS = 50;

  /// The node's own renewals, looks and signs of life, with what scripts call, are less than two
  /// hundred, and rooms whose position is compared add as many. One command for each client would
  /// be five thousand.
  private static final int COMMANDS_MAX = 1_000;

  private final RedisServer redis;
  private final List<RawClient> clients = new ArrayList<>();

  IdleCostTest() throws IOException {
    redis = new RedisServer();
  }

  @AfterEach
  void stop() {
    clients.forEach(RawClient::close);
    redis.close();
  }

  @Test
  void aMinuteOfFiveThousandClientsWhoJustStayCostsNoCommandForAnyOfThem() throws Exception {
    // These clients are many at one address, and answer no pings. What inboxes keep is compared
    // with Redis, one after the other: that is history's, and not because somebody is there.
    try (var node = TestNode.start("redis.url", redis.url(),
        "limits.connections-per-address", "0", "limits.ping-interval", "10m",
        "namespaces.inbox.history-size", "0", "namespaces.inbox.resume", "false")) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(RawClient.upgraded(node.port(), "/?user=u" + i + "&room=r" + i % ROOMS));
      }
      Awaitility.await("all written").atMost(Duration.ofSeconds(60))
          .until(() -> node.metric("parley_presence_members") == CLIENTS
              && node.metric("parley_presence_changes_total") == CLIENTS);
      long before = redis.stat("total_commands_processed");
      TimeUnit.MINUTES.sleep(1);
      long commands = redis.stat("total_commands_processed") - before;
      assertTrue(commands < COMMANDS_MAX, commands + " commands in a minute");
      assertEquals(CLIENTS, node.metric("parley_connections"));
      assertEquals(CLIENTS, node.metric("parley_presence_changes_total"));
    }
  }
}
