package io.parley.outside.presence;

import static io.parley.presence.RecordedChanges.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.parley.config.RedisUrl;
import io.parley.loop.EventLoops;
import io.parley.outside.Browser;
import io.parley.outside.TestNode;
import io.parley.presence.RecordedChanges;
import io.parley.presence.redis.ToldOverRedis;
import io.parley.redis.RedisConnector;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the others hear of a user whose node is drained. Two nodes, and a Redis of their own.
@Timeout(60)
class DrainedUserTest {
  private static final String ROOM = "room:news";

  private final RedisServer redis;
  private final EventLoops loops = new EventLoops("witness", 1);
  private final RedisConnector connector;
  private final RecordedChanges told = new RecordedChanges();

  DrainedUserTest() throws IOException {
    redis = new RedisServer();
    connector = new RedisConnector(RedisUrl.parse(redis.url()), Duration.ofSeconds(2), loops);
    ToldOverRedis.listen(connector, "parley:", told);
  }

  @AfterEach
  void stop() {
    connector.close();
    loops.close();
    redis.close();
  }

  /// @param leaveDelay how long there is to come back
  private TestNode node(String name, String leaveDelay, String deadline) {
    return TestNode.start("node.name", name, "redis.url", redis.url(),
        "presence.leave-delay", leaveDelay, "drain.period", "0s", "drain.deadline", deadline,
        "limits.close-timeout", "200ms");
  }

  private Browser member(TestNode node, String user) {
    var client = node.browser("user=" + user + "&room=news");
    await(user + " joined", () -> told.changes(ROOM).contains("+" + user));
    return client;
  }

  /// Drains a node, and waits until its last client is gone.
  private static CompletableFuture<Void> drain(TestNode node, Browser last) {
    var drained = CompletableFuture.runAsync(node.node()::drain);
    last.isClosedWith(3001);
    await("nobody left", () -> node.metric("parley_connections") == 0);
    return drained;
  }

  private static void finish(CompletableFuture<Void> drained) throws Exception {
    drained.get(20, TimeUnit.SECONDS);
  }

  @Test
  void whoComesBackToAnotherNodeInTimeNeverLeaves() throws Exception {
    try (var old = node("old", "4s", "20s");
        var other = node("other", "4s", "20s");
        var bob = member(other, "bob");
        var alice = member(old, "alice")) {
      var drained = drain(old, alice);
      try (var again = other.browser("user=alice&room=news")) {
        finish(drained);
        bob.say("{\"who\":\"news\"}").hears("{\"who\":\"news\",\"users\":["
            + "{\"user\":\"alice\",\"connections\":1},{\"user\":\"bob\",\"connections\":1}]}");
        told.awaitChanges(ROOM, List.of("+bob", "+alice", "(+alice)", "(-alice)"));
        again.hearsNothing();
      }
    }
  }

  @Test
  void whoDoesNotComeBackLeavesBeforeTheNodeIsGone() throws Exception {
    try (var old = node("old", "300ms", "20s"); var alice = member(old, "alice")) {
      finish(drain(old, alice));
      told.awaitChanges(ROOM, List.of("+alice", "-alice"));
      assertEquals(0, redis.commands().exists("parley:nodes"));
    }
  }

  @Test
  void aNodeThatIsHurriedWaitsForNobody() throws Exception {
    try (var old = node("old", "10m", "10m"); var alice = member(old, "alice")) {
      var drained = drain(old, alice);
      assertFalse(drained.isDone());
      old.node().hurry();
      finish(drained);
      told.awaitChanges(ROOM, List.of("+alice", "-alice"));
    }
  }

  @Test
  void theDeadlineGoesBeforeTheWaiting() throws Exception {
    try (var old = node("old", "10m", "3s"); var alice = member(old, "alice")) {
      finish(drain(old, alice));
      told.awaitChanges(ROOM, List.of("+alice", "-alice"));
      assertEquals(0, redis.commands().exists("parley:nodes"));
    }
  }
}
