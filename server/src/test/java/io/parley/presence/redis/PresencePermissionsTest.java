package io.parley.presence.redis;

import static io.parley.presence.RecordedChanges.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.channel.ClientInfo;
import io.parley.presence.PresenceRules;
import io.parley.redis.DocumentedPermissions;
import io.parley.redis.LogLines;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The permissions that are documented are enough for presence, leases and sweeps.
@Timeout(60)
class PresencePermissionsTest {
  private static final String ROOM = "room:a";
  private static final String PREFIX = "parley:";

  /// More users than are read at once.
  private static final int MANY = 600;

  private static PresenceNode open(RedisServer redis) {
    return new PresenceNode("redis://chat:pass@127.0.0.1:" + redis.port(), PREFIX,
        Duration.ofSeconds(4), new PresenceRules(
            channel -> true, Duration.ofMillis(300), 200, 50, 1_000, 1_000))
        .awaitId();
  }

  @Test
  void thePermissionsThatAreDocumentedAreEnough() throws IOException {
    try (var redis = new RedisServer(); var log = new LogLines("io.parley")) {
      DocumentedPermissions.grant(redis, "chat");
      // For the test's own witness.
      redis.acl("chat", "+psubscribe", "&" + PREFIX + "pub:*");
      var dead = open(redis);
      try (var node = open(redis)) {
        node.presence.join(ROOM, new ClientInfo("alice", new UUID(1, 1)));
        node.presence.leave(ROOM, new UUID(1, 1));
        node.node().awaitWho(ROOM, Map.of());
        node.presence.join(ROOM, new ClientInfo("alice", new UUID(1, 1)));
        IntStream.range(0, MANY).forEach(
            i -> dead.presence.join(ROOM, new ClientInfo("user" + i, new UUID(2, i))));
        await("all there", () -> node.node().who(ROOM).users() == MANY + 1);
        dead.die();
        node.node().awaitWho(ROOM, Map.of("alice", 1));
        await("swept", () -> redis.commands().hlen(PREFIX + "nodes") == 1);
        // What only repairs ask for.
        redis.commands().del(PREFIX + "lease:" + node.ids.getFirst());
        await("renewed",
            () -> redis.commands().exists(PREFIX + "lease:" + node.ids.getFirst()) == 1);
        node.node().awaitWho(ROOM, Map.of("alice", 1));
        assertTrue(node.presence.close().orTimeout(10, TimeUnit.SECONDS).join());
      }
      assertEquals(0, redis.commands().aclLog().size(), () -> "" + redis.commands().aclLog());
      assertEquals(List.of(), log.warnings());
    }
  }
}
