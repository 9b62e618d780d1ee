package io.parley.broker.redis;

import static io.parley.broker.PublishOutcome.Failed.ID_CONFLICT;
import static io.parley.broker.PublishOutcome.Failed.REFUSED;
import static io.parley.broker.PublishOutcome.Stored.NOWHERE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.broker.Outcome;
import io.parley.broker.PublishOutcome.Stored;
import io.parley.channel.Retention;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is published in one tick goes to Redis together, and each publication has an end of its
/// own.
@Timeout(30)
class RedisBatchTest {
  private static final Retention KEPT = new Retention(100, Duration.ofHours(1));

  private final RedisCluster cluster;

  /// Null outside of a test.
  private @Nullable RedisNode node;

  RedisBatchTest() throws IOException {
    cluster = new RedisCluster();
  }

  @BeforeEach
  void open() {
    node = cluster.node();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private RedisNode node() {
    if (node == null) {
      throw new IllegalStateException("node: none (expected: called within a test)");
    }
    return node;
  }

  /// Hands everything over while the loop is busy, so that it is one tick's.
  private List<Outcome> inOneTick(List<Supplier<Outcome>> publishes) {
    var busy = new CountDownLatch(1);
    node().loops.loops().getFirst().execute(() -> awaitQuietly(busy));
    var outcomes = publishes.stream().map(Supplier::get).toList();
    busy.countDown();
    return outcomes;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long positions(List<Outcome> outcomes) {
    return outcomes.stream().map(Outcome::get).filter(Stored.class::isInstance).count();
  }

  @Test
  void sixteenAreOneCall() {
    long before = cluster.redis.calls("evalsha");
    var publishes = IntStream.range(0, 40).<Supplier<Outcome>>mapToObj(
        i -> () -> node().publish("room:" + i % 3, KEPT, "t" + i, "id" + i)).toList();
    assertEquals(40, positions(inOneTick(publishes)));
    assertEquals(3, cluster.redis.calls("evalsha") - before);
  }

  @Test
  void longOnesAreFewToACall() {
    long before = cluster.redis.calls("evalsha");
    var publishes = IntStream.range(0, 9).<Supplier<Outcome>>mapToObj(
        i -> () -> node().publish("room:a", KEPT, "x".repeat(30_000), null)).toList();
    assertEquals(9, positions(inOneTick(publishes)));
    assertEquals(3, cluster.redis.calls("evalsha") - before);
  }

  @Test
  void eachGetsItsOwnEnd() {
    var node = node();
    node.subscribe("room:a");
    node.subscribe("room:b");
    var first = node.store("room:a", KEPT, "1", "id1");
    cluster.redis.commands().set(cluster.key("top", "room:broken"), "no hash");
    var outcomes = inOneTick(List.of(
        () -> node.publish("room:a", KEPT, "2", "id2"),
        () -> node.publish("room:broken", KEPT, "lost", "id"),
        () -> node.publish("room:a", KEPT, "1", "id1"),
        () -> node.publish("room:a", KEPT, "another", "id1"),
        () -> node.publish("room:b", "plain", null),
        () -> node.publish("room:a", KEPT, "3", null),
        () -> node.publish("room:b", "once", "id"),
        () -> node.publish("room:b", "once", "id"),
        () -> node.publish("room:a", KEPT, "2", "id2"),
        () -> node.publish("room:b", KEPT, "kept", null)));
    var ends = new ArrayList<>(outcomes.stream().map(Outcome::get).toList());
    var last = (Stored) ends.removeLast();
    assertEquals(List.of(new Stored(first.at(2)), REFUSED, new Stored(first), ID_CONFLICT, NOWHERE,
        new Stored(first.at(3)), NOWHERE, NOWHERE, new Stored(first.at(2))), ends);
    assertEquals(1, last.position() == null ? 0 : last.position().offset());
    node.events.awaitTexts("room:a", 3);
    node.events.awaitTexts("room:b", 3);
    assertEquals(List.of("1", "2", "3"), node.events.texts("room:a"));
    assertEquals(List.of("plain", "once", "kept"), node.events.texts("room:b"));
  }

  @Test
  void aLogThatWasDeletedLivesNoLongerThanAnother() {
    var node = node();
    var log = cluster.key("log", "room:a");
    node.store("room:a", KEPT, "1", null);
    cluster.redis.commands().del(log);
    var second = node.store("room:a", KEPT, "2", null);
    assertEquals(2, second.offset());
    long hour = Duration.ofHours(1).toMillis();
    long left = cluster.redis.commands().pttl(log);
    assertEquals(1, Math.ceilDiv(left, hour * 17 / 16), left + " ms (expected: about an hour)");
  }

  @Test
  void aLongerLifeHoldsFromTheNextPublicationOn() {
    var node = node();
    var log = cluster.key("log", "room:a");
    node.store("room:a", KEPT, "1", null);
    long before = cluster.redis.calls("pexpire");
    node.store("room:a", KEPT, "2", null);
    assertEquals(before, cluster.redis.calls("pexpire"));
    node.store("room:a", new Retention(100, Duration.ofDays(7)), "3", null);
    assertEquals(7, cluster.redis.commands().pttl(log) / Duration.ofDays(1).toMillis());
    node.store("room:a", KEPT, "4", null);
    assertEquals(1, cluster.redis.commands().pttl(log) / Duration.ofHours(1).toMillis());
  }
}
