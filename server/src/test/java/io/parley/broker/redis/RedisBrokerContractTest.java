package io.parley.broker.redis;

import io.parley.broker.BrokerContract;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/// The contract over a real Redis, with two nodes.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisBrokerContractTest extends BrokerContract {
  private final RedisCluster cluster;

  RedisBrokerContractTest() throws IOException {
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
  protected void closeNodes() {
    cluster.closeNodes();
  }
}
