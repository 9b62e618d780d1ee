package io.parley.presence.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.presence.NodePresence;
import io.parley.presence.PresenceContract;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/// The contract over a real Redis, with two nodes; each test has a prefix of its own, under which
/// nothing is left but what was remembered for a time.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisPresenceContractTest extends PresenceContract {
  private @Nullable RedisServer redis;
  private final List<PresenceNode> open = new ArrayList<>();
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

  private String prefix() {
    return "test" + prefixes + ":";
  }

  @Override
  protected NodePresence openNode() {
    prefixes++;
    return one();
  }

  @Override
  protected NodePresence openOther(NodePresence first) {
    return one();
  }

  private NodePresence one() {
    var node = new PresenceNode(redis().url(), prefix(), Duration.ofSeconds(15), RULES);
    open.add(node);
    return node.awaitId().node();
  }

  @Override
  protected void closeNodes() {
    open.forEach(PresenceNode::close);
    open.clear();
    var commands = redis().commands();
    assertEquals(List.of(), commands.keys(prefix() + "*").stream()
        .filter(key -> commands.pttl(key) < 0).toList());
  }
}
