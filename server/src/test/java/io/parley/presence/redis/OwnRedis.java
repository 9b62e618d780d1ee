package io.parley.presence.redis;

import io.parley.presence.PresenceRules;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/// Nodes on a Redis of the test's own, so that it may be killed.
@Timeout(90)
abstract class OwnRedis {
  static final String ROOM = "room:a";
  static final String PREFIX = "parley:";
  static final PresenceRules RULES = new PresenceRules(
      channel -> true, Duration.ofMillis(300), 200, 50, 1_000, 1_000);

  /// Long enough for a machine that is busy with other tests.
  static final Duration LEASE = Duration.ofSeconds(4);

  final RedisServer redis;
  private final List<PresenceNode> open = new ArrayList<>();

  OwnRedis() throws IOException {
    redis = new RedisServer();
  }

  @AfterEach
  void stop() {
    open.forEach(PresenceNode::close);
    redis.close();
  }

  PresenceNode open() {
    return open(LEASE);
  }

  PresenceNode open(Duration lease) {
    return open(redis.url(), lease);
  }

  PresenceNode open(String url, Duration lease) {
    var node = new PresenceNode(url, PREFIX, lease, RULES);
    open.add(node);
    return node.awaitId();
  }

  void leave(PresenceNode node) {
    open.remove(node);
    node.close();
  }

  /// As if killed.
  void die(PresenceNode node) {
    open.remove(node);
    node.die();
  }

  static UUID client(int number) {
    return new UUID(0x5678_0000_0000_0000L, number);
  }
}
