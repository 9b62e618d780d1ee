package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.KillArgs;
import io.parley.redis.LogLines;
import io.parley.redis.RedisServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a node's clients see of its Redis: when it is frozen, away, or hands on what nobody can
/// read. Each test has a Redis of its own.
@Timeout(60)
class OverRedisTest {
  private static final int WINDOW = 256;
  private static final int BEYOND = 300;

  private final RedisServer redis;

  OverRedisTest() throws IOException {
    redis = new RedisServer();
  }

  @AfterEach
  void stopRedis() {
    redis.close();
  }

  private TestNode node(String... changes) {
    var all = new String[changes.length + 2];
    all[0] = "redis.url";
    all[1] = redis.url();
    System.arraycopy(changes, 0, all, 2, changes.length);
    return TestNode.start(all);
  }

  /// A node that drains as soon as it is told to, and whose connections to Redis outlive a short
  /// silence.
  private TestNode drainable(String redisTimeout, String deadline) {
    return node("node.io-threads", "1", "limits.commands-per-second", "0",
        "redis.timeout", redisTimeout, "redis.ping-interval", "1m", "drain.period", "0s",
        "drain.deadline", deadline, "limits.close-timeout", "200ms");
  }

  /// Freezes Redis and has a client publish so much that the node stops reading from it.
  private void fillWindow(TestNode node, RawClient client, Browser bystander) throws Exception {
    redis.freeze();
    var many = new ByteArrayOutputStream();
    for (int i = 0; i < BEYOND; i++) {
      many.writeBytes(RawClient.textFrame("{\"room\":\"r\",\"id\":" + i + "}"));
    }
    client.send(many.toByteArray());
    // The node has one loop for all its clients: what it answers now comes after the above.
    for (int i = 0; i < 5; i++) {
      assertTrue(bystander.say("{\"whoami\":true}").next().startsWith("{\"you\":"));
    }
    assertEquals(0, client.available());
    assertEquals(1, node.hits("limits.publish-window"));
  }

  /// Error 100, for the command with that id.
  private static String unknown(int id) {
    return "{\"error\":{\"code\":100,\"message\":\"internal server error: it may or may not be"
        + " stored, try again with the same id\"},\"id\":" + id + "}";
  }

  private static CompletableFuture<Long> drainMillis(TestNode node) {
    return CompletableFuture.supplyAsync(() -> {
      long start = System.nanoTime();
      node.node().drain();
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    });
  }

  @Test
  void whoIsAtHisWindowWhenTheNodeDrainsGetsHisAcksFirst() throws Exception {
    try (var node = drainable("4500ms", "20s");
        var bystander = node.browser("room=quiet");
        var raw = node.raw("user=alice&room=away")) {
      fillWindow(node, raw, bystander);
      var drained = drainMillis(node);
      // Both were asked to go at once; who waits for nothing goes at once.
      bystander.isClosedWith(3001);
      assertEquals(0, raw.available());
      redis.thaw();
      int acks = 0;
      var next = raw.next();
      for (; next.opcode() == RawClient.TEXT; next = raw.next()) {
        assertEquals("{\"ack\":" + acks++ + "}", Browser.withoutPosition(next.text()));
      }
      assertEquals(3001, next.code());
      assertTrue(acks >= WINDOW, "acks: " + acks);
      assertTrue(drained.get(30, TimeUnit.SECONDS) < 20_000);
    }
  }

  @Test
  void whoIsAtHisWindowWhenTheNodeDrainsGetsErrorsIfRedisStaysFrozen() throws Exception {
    try (var node = drainable("500ms", "20s");
        var bystander = node.browser("room=quiet");
        var raw = node.raw("user=alice&room=away")) {
      fillWindow(node, raw, bystander);
      var drained = drainMillis(node);
      bystander.isClosedWith(3001);
      int errors = 0;
      var next = raw.next();
      for (; next.opcode() == RawClient.TEXT; next = raw.next()) {
        assertEquals(unknown(errors++), next.text());
      }
      assertEquals(3001, next.code());
      assertTrue(errors >= WINDOW, "errors: " + errors);
      assertTrue(drained.get(30, TimeUnit.SECONDS) < 20_000);
    }
  }

  @Test
  void drainingEndsByItsDeadlineThoughRedisAnswersNobody() throws Exception {
    try (var node = drainable("4500ms", "1500ms");
        var bystander = node.browser("room=quiet");
        var raw = node.raw("user=alice&room=away")) {
      fillWindow(node, raw, bystander);
      var drained = drainMillis(node);
      bystander.isClosedWith(3001);
      // It is cut while its publishes are under way: the deadline goes before them.
      assertTrue(drained.get(30, TimeUnit.SECONDS) < 4_000);
    }
  }

  @Test
  void anInterruptedSubscriptionIsAnnouncedWhereItIsntKnownWhatWasMissed() throws Exception {
    try (var node = node();
        var alice = node.browser("user=alice&room=news");
        var bob = node.browser("user=bob&room=news&as=json")) {
      assertTrue(redis.commands().clientKill(KillArgs.Builder.typePubsub()) > 0);
      // Of the room it is known: nothing.
      alice.hears("{\"lost\":\"inbox\"}");
      bob.hears("{\"lost\":\"inbox\"}");
      alice.saysAndHears("after");
      bob.hears("{\"text\":\"after\",\"from\":\"alice\",\"room\":\"news\"}");
      alice.hearsNothing();
      bob.hearsNothing();
    }
  }

  @Test
  void whenRedisIsBackMembersHearThatTheyMissedSomethingAndWhoCameMeanwhileDoesNot()
      throws Exception {
    try (var node = node(); var alice = node.browser("user=alice&room=news")) {
      redis.kill();
      Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5))
          .until(() -> node.health("/health/ready").statusCode() == 503);
      assertEquals("Redis is away\n", node.health("/health/ready").body());
      assertEquals(200, node.health("/health/live").statusCode());
      alice.say("{\"text\":\"missed\",\"id\":1}").hears(unknown(1));
      try (var late = Browser.open(node.port(), "user=late&room=news")) {
        redis.start();
        Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5))
            .until(() -> node.health("/health/ready").statusCode() == 200);
        alice.hearsInAnyOrder("{\"lost\":\"news\"}", "{\"lost\":\"inbox\"}");
        late.settled();
        alice.saysAndHears("after");
        late.hears("after");
      }
    }
  }

  @Test
  void joinsThatWaitForRedisAreAnsweredInOrderAndThoseBeyondTheLimitAtOnce() throws Exception {
    try (var node = node("limits.rooms-per-connection", "3"); var alice = node.browser("")) {
      redis.kill();
      Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5))
          .until(() -> node.health("/health/ready").statusCode() == 503);
      for (int i = 0; i < 6; i++) {
        alice.say("{\"join\":\"news\",\"id\":" + i + "}");
      }
      for (int i = 4; i < 6; i++) {
        alice.hears("{\"error\":{\"code\":106,\"message\":\"limit exceeded: too many unanswered"
            + " joins\"},\"id\":" + i + "}");
      }
      redis.start();
      var joined = new ArrayList<String>();
      for (int i = 0; i < 6; i++) {
        var next = alice.next();
        if (!next.startsWith("{\"lost\"")) {
          joined.add(next);
        }
      }
      assertEquals(List.of("{\"joined\":\"news\",\"id\":0}", "{\"joined\":\"news\",\"id\":1}",
          "{\"joined\":\"news\",\"id\":2}", "{\"joined\":\"news\",\"id\":3}"), joined);
      alice.say("{\"join\":\"news\",\"id\":7}").hears("{\"joined\":\"news\",\"id\":7}");
    }
  }

  @Test
  void aPublicationThatNobodyCanEncodeIsDroppedAndTheNextOnesCome() {
    try (var log = new LogLines("io.parley");
        var node = node();
        var alice = node.browser("user=alice&room=news");
        var bob = node.browser("user=bob&room=news&as=json")) {
      // What a broken node might send: an envelope of version 1, marked as JSON, without any.
      var envelope = "\1\1" + "\0".repeat(16) + "\0\1x";
      assertEquals(1, redis.commands().publish("parley:pub:{room:news}", envelope));
      for (int i = 0; i < 3; i++) {
        alice.saysAndHears("after " + i);
        bob.hears("{\"text\":\"after " + i + "\",\"from\":\"alice\",\"room\":\"news\"}");
      }
      // For each of the two encodings.
      assertEquals(2, log.linesWith("can't be encoded").size());
    }
  }
}
