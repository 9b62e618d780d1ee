package io.parley.broker.redis;

import static io.parley.broker.PublishOutcome.Failed.UNKNOWN;
import static io.parley.broker.PublishOutcome.Stored.NOWHERE;
import static io.parley.broker.RecordingEvents.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.FlushMode;
import io.parley.broker.Outcome;
import io.parley.broker.RecordingEvents.Subscribed;
import io.parley.broker.RecordingEvents.Unsubscribed;
import io.parley.metric.Limit;
import io.parley.redis.LogLines;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What the broker asks of a Redis that works, and how it lives with one that is odd.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(30)
class RedisBrokerTest {
  private final RedisServer redis;
  private final List<RedisNode> open = new ArrayList<>();
  private int prefixes;

  RedisBrokerTest() throws IOException {
    redis = new RedisServer();
  }

  @BeforeAll
  void look() {
    assertEquals("PONG", redis.commands().ping());
  }

  @AfterAll
  void stopRedis() {
    redis.close();
  }

  @AfterEach
  void closeNodes() {
    open.forEach(RedisNode::close);
    open.clear();
  }

  private RedisNode node(RedisBrokerSettings settings) {
    var node = new RedisNode(redis.url(), settings);
    open.add(node);
    return node.awaitReady();
  }

  private RedisNode node() {
    return node(RedisNode.settings("test" + ++prefixes + ":", Duration.ofSeconds(4)));
  }

  private Set<String> channelsAtRedis() {
    return new HashSet<>(redis.commands().pubsubChannels("test" + prefixes + ":*"));
  }

  private String pub(String channel) {
    return "test" + prefixes + ":pub:{" + channel + "}";
  }

  @Test
  void redisIsToldOfExactlyTheChannelsThatAreWanted() {
    var node = node();
    assertEquals(Set.of(), channelsAtRedis());
    for (var channel : List.of("room:a", "room:b", "room:c")) {
      node.subscribe(channel);
    }
    assertEquals(Set.of(pub("room:a"), pub("room:b"), pub("room:c")), channelsAtRedis());
    node.broker.unsubscribe("room:b");
    node.events.awaitEvent(new Unsubscribed("room:b"));
    assertEquals(Set.of(pub("room:a"), pub("room:c")), channelsAtRedis());
    node.publish("room:z", "1", "id").get();
    assertEquals(Set.of(pub("room:a"), pub("room:c")), channelsAtRedis());
  }

  @Test
  void publishesOfOneTickLeaveInOneWrite() throws InterruptedException {
    var node = node();
    redis.commands().ping();
    // All are handed over while the loop is busy, so that they are one tick's.
    var busy = new CountDownLatch(1);
    var loop = node.loops.loops().getFirst();
    loop.execute(() -> awaitQuietly(busy));
    var outcomes = new ArrayList<Outcome>();
    for (int i = 0; i < 60; i++) {
      outcomes.add(node.publish("room:a", "t" + i, i % 2 == 0 ? "id" + i : null));
    }
    long before = redis.stat("total_reads_processed");
    busy.countDown();
    outcomes.forEach(outcome -> assertEquals(NOWHERE, outcome.get()));
    // One read is that of the second look itself; 16 KiB are a read of Redis'.
    long reads = redis.stat("total_reads_processed") - before - 1;
    assertTrue(reads <= 3, reads + " reads for 60 publishes (expected: 1)");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void scriptsThatRedisForgotAreLoadedAgain() {
    var node = node();
    assertEquals(NOWHERE, node.publish("room:a", "1", "first").get());
    redis.commands().scriptFlush(FlushMode.SYNC);
    assertEquals(UNKNOWN, node.publish("room:a", "2", "second").get());
    await("works again", () -> node.publish("room:a", "2", "second").get().equals(NOWHERE));
  }

  @Test
  void howeverManyPublishesMissTheScriptItIsLoadedOnceAndToldOfOnce() {
    var node = node();
    redis.commands().scriptFlush(FlushMode.SYNC);
    long loads = redis.calls("script|load");
    try (var log = new LogLines(RedisPublisher.class.getName())) {
      var outcomes = new ArrayList<Outcome>();
      for (int i = 0; i < 200; i++) {
        outcomes.add(node.publish("room:a", "t" + i, "id" + i));
      }
      outcomes.forEach(Outcome::get);
      await("works again", () -> node.publish("room:a", "t", "id").get().equals(NOWHERE));
      assertEquals(UNKNOWN, outcomes.getFirst().get());
      // Both scripts, for one and the same connection.
      assertEquals(loads + 2, redis.calls("script|load"));
      assertEquals(1, log.warnings().size(), log.warnings()::toString);
    }
  }

  /// A node that gives a publish up after so long, while its connections outlive a short silence.
  private RedisNode patientNode(Duration timeout, long queueBytes) {
    return node(new RedisBrokerSettings(
        "test" + ++prefixes + ":", timeout, Duration.ofMinutes(1), queueBytes));
  }

  @Test
  void whatRedisDoesNotAnswerInTimeIsUnknownAndARetryIsNoSecondMessage() throws Exception {
    var node = patientNode(Duration.ofMillis(500), 16 << 20);
    node.subscribe("room:a");
    assertEquals(NOWHERE, node.publish("room:a", "before", "0").get());
    Outcome first;
    redis.freeze();
    try {
      long since = System.nanoTime();
      first = node.publish("room:a", "once", "1");
      assertEquals(UNKNOWN, first.get());
      long millis = Duration.ofNanos(System.nanoTime() - since).toMillis();
      assertTrue(millis >= 490, millis + " ms (expected: 500 and a bit)");
      assertEquals(1, node.hits(Limit.REDIS_TIMEOUT));
    } finally {
      redis.thaw();
    }
    await("stored by a retry", () -> node.publish("room:a", "once", "1").get().equals(NOWHERE));
    assertEquals(NOWHERE, node.publish("room:a", "after", "2").get());
    await("the last", () -> node.events.texts("room:a").contains("after"));
    assertEquals(List.of("before", "once", "after"), node.events.texts("room:a"));
    assertEquals(1, first.calls());
  }

  @Test
  void publishesBeyondTheQueuesLimitAreUnknownAtOnce() throws Exception {
    var node = patientNode(Duration.ofSeconds(1), 20_000);
    var outcomes = new ArrayList<Outcome>();
    redis.freeze();
    try {
      for (int i = 0; i < 50; i++) {
        outcomes.add(node.publish("room:a", "x".repeat(1_000), null));
      }
      // A publish counts its data and about 500 bytes more; the last may go beyond the limit.
      double refused = node.hits(Limit.REDIS_QUEUE_BYTES);
      assertTrue(refused >= 34 && refused <= 37, refused + " at once (expected: about 36)");
      assertTrue(outcomes.stream().filter(Outcome::isThere).count() >= refused, "at once");
      outcomes.forEach(outcome -> assertEquals(UNKNOWN, outcome.get()));
      assertEquals(50 - refused, node.hits(Limit.REDIS_TIMEOUT));
    } finally {
      redis.thaw();
    }
    await("room again", () -> node.publish("room:a", "x", null).get().equals(NOWHERE));
    outcomes.forEach(outcome -> assertEquals(1, outcome.calls()));
  }

  @Test
  void whatIsNoPublicationIsPassedOver() {
    var node = node();
    node.subscribe("room:a");
    var junk = List.of("", "x", "\u0001", "\u0002 something of a later version, long enough",
        "\u0001 0123456789abcdef\u007f\u007f too short for its user");
    junk.forEach(text -> redis.commands().publish(pub("room:a"), text));
    assertEquals(NOWHERE, node.publish("room:a", "good", null).get());
    node.events.awaitTexts("room:a", 1);
    assertEquals(List.of("good"), node.events.texts("room:a"));
  }

  @Test
  void fromManyThreadsEachKeepsItsOrder() throws InterruptedException {
    var node = node();
    node.subscribe("room:a");
    var threads = IntStream.range(0, 4).mapToObj(t -> Thread.ofPlatform().start(() -> {
      for (int i = 0; i < 1_000; i++) {
        node.publish("room:a", t + ":" + i, i % 2 == 0 ? t + "id" + i : null);
      }
    })).toList();
    for (var thread : threads) {
      thread.join();
    }
    node.events.awaitTexts("room:a", 4_000);
    for (int t = 0; t < 4; t++) {
      var start = t + ":";
      assertEquals(IntStream.range(0, 1_000).mapToObj(i -> start + i).toList(),
          node.events.texts("room:a").stream().filter(text -> text.startsWith(start)).toList());
    }
  }

  @Test
  void closingEndsWhatIsUnderWayAsUnknown() throws Exception {
    var node = node();
    redis.freeze();
    try {
      var outcome = node.publish("room:a", "1", null);
      node.close();
      open.remove(node);
      assertEquals(UNKNOWN, outcome.get());
      assertEquals(1, outcome.calls());
      assertEquals(0, node.hits(Limit.REDIS_TIMEOUT));
    } finally {
      redis.thaw();
    }
  }

  @Test
  void channelsThatAreWantedBeforeRedisAnswersAreSubscribedAllTheSame() {
    var node = new RedisNode(redis.url(), RedisNode.settings("test" + ++prefixes + ":",
        Duration.ofSeconds(4)));
    open.add(node);
    node.broker.subscribe("room:a");
    node.awaitReady();
    node.events.awaitEvent(new Subscribed("room:a"));
    assertEquals(1, node.events.count(new Subscribed("room:a")));
    assertFalse(channelsAtRedis().isEmpty());
  }
}
