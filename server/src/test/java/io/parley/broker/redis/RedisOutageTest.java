package io.parley.broker.redis;

import static io.parley.broker.PublishOutcome.Failed.UNKNOWN;
import static io.parley.broker.PublishOutcome.Stored.NOWHERE;
import static io.parley.broker.RecordingEvents.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.AclSetuserArgs;
import io.parley.broker.Outcome;
import io.parley.broker.RecordingEvents.Interrupted;
import io.parley.broker.RecordingEvents.Subscribed;
import io.parley.broker.RecordingEvents.Unsubscribed;
import io.parley.redis.LogLines;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Redis goes away and comes back, or doesn't let a node in. Each test has a Redis of its own.
@Timeout(30)
class RedisOutageTest {
  private final RedisServer redis;

  RedisOutageTest() throws IOException {
    redis = new RedisServer();
    redis.commands().aclSetuser("chat", AclSetuserArgs.Builder.on().allKeys().allChannels()
        .allCommands().addPassword("s3cret:@/"));
  }

  @AfterEach
  void stopRedis() {
    redis.close();
  }

  @Test
  void everythingComesBackByItselfBeforeTheNodeIsReady() throws Exception {
    try (var node = new RedisNode(redis.url(), RedisNode.SETTINGS).awaitReady()) {
      var channels = IntStream.range(0, 5_000).mapToObj(i -> "room:" + i)
          .collect(Collectors.toSet());
      channels.forEach(node.broker::subscribe);
      await("all subscribed", () -> subscribed(node).size() == 5_000);
      var underWay = IntStream.range(0, 20)
          .mapToObj(i -> node.publish("room:0", "late" + i, "late" + i)).toList();
      node.events.clear();
      long killed = System.nanoTime();
      redis.kill();
      underWay.forEach(Outcome::get);
      await("not ready", () -> !node.broker.isReady());
      await("interrupted", () -> node.events.count(new Interrupted()) == 1);
      assertTrue(System.nanoTime() - killed < Duration.ofSeconds(5).toNanos());

      var away = node.publish("room:0", "away", "away");
      assertEquals(UNKNOWN, away.get());
      assertTrue(System.nanoTime() - killed < Duration.ofSeconds(5).toNanos());
      node.broker.unsubscribe("room:1");
      node.events.awaitEvent(new Unsubscribed("room:1"));
      node.broker.subscribe("room:new");

      redis.start();
      await("ready", node.broker::isReady);
      var wanted = new HashSet<>(channels);
      wanted.remove("room:1");
      wanted.add("room:new");
      assertEquals(wanted, subscribed(node));
      assertEquals(wanted.stream().map(c -> "parley:pub:{" + c + "}").collect(Collectors.toSet()),
          Set.copyOf(redis.commands().pubsubChannels()));
      assertEquals(1, node.events.count(new Interrupted()));
      assertEquals(5_000, node.events.all().stream().filter(Subscribed.class::isInstance).count());
      assertEquals(NOWHERE, node.publish("room:0", "back", "back").get());
      node.events.awaitTexts("room:0", 1);
      underWay.forEach(outcome -> assertEquals(1, outcome.calls()));
      assertEquals(1, away.calls());
    }
  }

  private static Set<String> subscribed(RedisNode node) {
    return node.events.all().stream().filter(Subscribed.class::isInstance)
        .map(event -> ((Subscribed) event).channel()).collect(Collectors.toSet());
  }

  @Test
  void whatWasBeingUnsubscribedWhenRedisWentAwayIsAnswered() throws Exception {
    try (var node = new RedisNode(redis.url(), RedisNode.SETTINGS).awaitReady()) {
      node.subscribe("room:a");
      node.subscribe("room:b");
      redis.commands().clientPause(20_000);
      node.broker.unsubscribe("room:a");
      redis.kill();
      node.events.awaitEvent(new Unsubscribed("room:a"));
      node.events.awaitEvent(new Interrupted());
      redis.start();
      await("ready", node.broker::isReady);
      assertEquals(List.of("parley:pub:{room:b}"), redis.commands().pubsubChannels());
      assertEquals(1, node.events.count(new Unsubscribed("room:a")));
    }
  }

  @Test
  void aRedisThatIsFrozenIsGivenUpAndItsReturnIsNoticed() {
    var settings = new RedisBrokerSettings("parley:", Duration.ofMillis(300),
        Duration.ofMillis(200), 16 << 20);
    try (var node = new RedisNode(redis.url(), settings).awaitReady()) {
      node.subscribe("room:a");
      redis.commands().clientPause(1_500);
      await("given up", () -> !node.broker.isReady());
      await("ready", node.broker::isReady);
      assertEquals(NOWHERE, node.publish("room:a", "1", "id").get());
      node.events.awaitTexts("room:a", 1);
      assertEquals(List.of("1"), node.events.texts("room:a"));
      assertTrue(node.events.count(new Interrupted()) >= 1);
    }
  }

  @Test
  void userPasswordAndDatabaseAreTheUrls() {
    redis.commands().configSet("requirepass", "other");
    var url = "redis://chat:s3cret%3A%40%2F@127.0.0.1:" + redis.port() + "/3";
    try (var node = new RedisNode(url, RedisNode.SETTINGS).awaitReady()) {
      assertEquals(NOWHERE, node.publish("room:a", "1", "id").get());
    }
    // This connection entered before there was a password.
    redis.commands().select(3);
    assertEquals(1L, redis.commands().dbsize());
    var passwordOnly = "redis://:other@127.0.0.1:" + redis.port();
    try (var node = new RedisNode(passwordOnly, RedisNode.SETTINGS).awaitReady()) {
      assertEquals(NOWHERE, node.publish("room:a", "1", "id").get());
    }
  }

  @Test
  void withAWrongPasswordTheNodeIsNotReadyAndSaysSoOnce() {
    long connections = redis.stat("total_connections_received");
    var url = "redis://chat:wrong-one@127.0.0.1:" + redis.port();
    try (var log = new LogLines("io.parley.redis.RedisLink");
        var node = new RedisNode(url, RedisNode.SETTINGS)) {
      // It goes on trying, in case somebody mends it at Redis.
      await("tries", () -> redis.stat("total_connections_received") >= connections + 8);
      assertFalse(node.broker.isReady());
      assertEquals(UNKNOWN, node.publish("room:a", "1", null).get());
      // One for each of the two connections. (When Redis hangs up early, Lettuce may have another
      // word for it.)
      var warnings = log.warnings();
      assertEquals(2, warnings.stream().filter(line -> line.contains("WRONGPASS")).count(),
          warnings.toString());
      warnings.forEach(line -> assertFalse(line.contains("wrong-one"), line));

      redis.commands().aclSetuser("chat", AclSetuserArgs.Builder
          .addPassword("wrong-one"));
      node.awaitReady();
    }
  }

  @Test
  void aNodeThatStartsBeforeRedisBecomesReadyOnceItIsThere() throws Exception {
    redis.kill();
    try (var node = new RedisNode(redis.url(), RedisNode.SETTINGS)) {
      var channels = new ArrayList<>(List.of("room:a", "room:b"));
      channels.forEach(node.broker::subscribe);
      var early = node.publish("room:a", "early", "1");
      assertTrue(early.isThere());
      assertEquals(UNKNOWN, early.get());
      redis.start();
      node.awaitReady();
      assertEquals(NOWHERE, node.publish("room:a", "early", "1").get());
      node.events.awaitTexts("room:a", 1);
      assertEquals(Set.copyOf(channels), subscribed(node));
    }
  }
}
