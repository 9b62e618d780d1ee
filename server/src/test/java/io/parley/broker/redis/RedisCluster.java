package io.parley.broker.redis;

import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A Redis and the nodes that a test opens over it; each test has a prefix of its own.
///
/// Confined to the test's thread.
final class RedisCluster implements AutoCloseable {
  final RedisServer redis;
  private final List<RedisNode> open = new ArrayList<>();
  private int prefixes;

  RedisCluster() throws IOException {
    redis = new RedisServer();
  }

  void nextPrefix() {
    prefixes++;
  }

  String prefix() {
    return "test" + prefixes + ":";
  }

  /// One more node, which is ready.
  RedisNode node() {
    var node = new RedisNode(redis.url(),
        RedisNode.settings(prefix(), Duration.ofSeconds(4)));
    open.add(node);
    return node.awaitReady();
  }

  /// A channel's key of a kind: `log`, `top`.
  String key(String kind, String channel) {
    return prefix() + kind + ":{" + channel + "}";
  }

  void closeNodes() {
    open.forEach(RedisNode::close);
    open.clear();
  }

  @Override
  public void close() {
    closeNodes();
    redis.close();
  }
}
