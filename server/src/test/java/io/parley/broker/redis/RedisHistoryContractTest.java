package io.parley.broker.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.broker.HistoryContract;
import io.parley.broker.RecordingEvents;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/// The histories' contract over a real Redis, with two nodes.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisHistoryContractTest extends HistoryContract {
  private final RedisCluster cluster;

  RedisHistoryContractTest() throws IOException {
    cluster = new RedisCluster();
  }

  @AfterAll
  void stopRedis() {
    cluster.close();
  }

  @Override
  protected Node openNode() {
    cluster.nextPrefix();
    return openOther();
  }

  @Override
  protected Node openOther(Node first) {
    return openOther();
  }

  private Node openOther() {
    var node = cluster.node();
    return new Node(node.broker, node.events);
  }

  @Override
  protected void expire(String channel) {
    var log = cluster.key("log", channel);
    var left = cluster.redis.commands().pttl(log);
    assertTrue(left > 3_600_000 && left <= 3_600_000 * 33 / 32,
        left + " ms (expected: the hour of its ttl, and a little more)");
    assertTrue(cluster.redis.commands().pexpire(log, 1));
    RecordingEvents.await("expired", () -> cluster.redis.commands().exists(log) == 0);
    assertEquals(1, cluster.redis.commands().exists(cluster.key("top", channel)));
  }

  @Override
  protected void closeNodes() {
    cluster.closeNodes();
  }
}
