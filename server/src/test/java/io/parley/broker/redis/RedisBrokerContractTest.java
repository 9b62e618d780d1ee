package io.parley.broker.redis;

import io.parley.broker.BrokerContract;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/// The contract over a real Redis, with two nodes; each test has a prefix of its own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisBrokerContractTest extends BrokerContract {
  private @Nullable RedisServer redis;
  private final List<RedisNode> open = new ArrayList<>();
  private int prefixes;

  @BeforeAll
  void startRedis() throws IOException {
    redis = new RedisServer();
  }

  @AfterAll
  void stopRedis() {
    redis().close();
  }

  private RedisServer redis() {
    if (redis == null) {
      throw new IllegalStateException("not started");
    }
    return redis;
  }

  @Override
  protected Node openNode() {
    prefixes++;
    return one();
  }

  @Override
  protected Node openOther(Node first) {
    return one();
  }

  private Node one() {
    var node = new RedisNode(redis().url(),
        RedisNode.settings("test" + prefixes + ":", Duration.ofSeconds(4)));
    open.add(node);
    node.awaitReady();
    return new Node(node.broker, node.events);
  }

  @Override
  protected void closeNodes() {
    open.forEach(RedisNode::close);
    open.clear();
  }
}
