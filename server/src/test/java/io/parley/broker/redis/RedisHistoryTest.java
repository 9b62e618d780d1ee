package io.parley.broker.redis;

import static io.parley.broker.PublishOutcome.Failed.UNKNOWN;
import static io.parley.broker.RecordingEvents.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.FlushMode;
import io.lettuce.core.XAddArgs;
import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.broker.HistoryRequest.End;
import io.parley.broker.Outcome;
import io.parley.broker.PublishOutcome.Stored;
import io.parley.channel.Publication;
import io.parley.channel.Retention;
import io.parley.metric.Limit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// How histories are kept in a real Redis, beyond what every broker does.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(30)
class RedisHistoryTest {
  private static final Retention KEPT = new Retention(100, Duration.ofHours(1));
  private static final String ROOM = "room:a";

  private final RedisCluster cluster;

  RedisHistoryTest() throws IOException {
    cluster = new RedisCluster();
  }

  @BeforeEach
  void nextPrefix() {
    cluster.nextPrefix();
  }

  @AfterEach
  void closeNodes() {
    cluster.closeNodes();
  }

  @AfterAll
  void stopRedis() {
    cluster.close();
  }

  private static HistoryRequest all(Retention retention, End end) {
    return new HistoryRequest(
        ROOM, retention, 0, Long.MAX_VALUE, 10_000, 1 << 20, end, null);
  }

  private static List<String> texts(History history) {
    return history.publications().stream().map(Publication::data)
        .map(data -> new String(data, StandardCharsets.UTF_8)).toList();
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
  }

  private static void store(RedisNode node, Retention retention, int count) {
    for (int i = 1; i <= count; i++) {
      node.store(ROOM, retention, Integer.toString(i), null);
    }
  }

  @Test
  void whatRedisKeepsBeyondTheSizeIsNotAnswered() {
    var node = cluster.node();
    var five = new Retention(5, Duration.ofHours(1));
    store(node, five, 130);
    long kept = cluster.redis.commands().xlen(cluster.key("log", ROOM));
    assertTrue(kept > 5 && kept < 130, kept + " entries (expected: a trimmed node of the stream)");
    assertEquals(numbers(126, 130), texts(node.read(all(five, End.OLDEST))));
    assertEquals(numbers(126, 130), texts(node.read(all(five, End.NEWEST))));
    // The size that counts is the reader's.
    assertEquals(numbers(129, 130),
        texts(node.read(all(new Retention(2, Duration.ofHours(1)), End.OLDEST))));
  }

  @Test
  void aLongStretchComesInOrderFromEitherEnd() {
    var node = cluster.node();
    var large = new Retention(1_000, Duration.ofHours(1));
    store(node, large, 300);
    assertEquals(numbers(1, 300), texts(node.read(all(large, End.OLDEST))));
    var newest = node.read(all(large, End.NEWEST));
    assertEquals(numbers(1, 300), texts(newest));
    assertEquals(LongStream.rangeClosed(1, 300).mapToObj(newest.top()::at).toList(),
        newest.publications().stream().map(Publication::position).toList());
  }

  @Test
  void redisGathersLittleMoreThanTheBytesThatAreAskedFor() {
    var node = cluster.node();
    for (int i = 0; i < 60; i++) {
      node.store(ROOM, KEPT, i + "x".repeat(50_000), null);
    }
    for (var end : End.values()) {
      var calls = cluster.redis.calls("xrange") + cluster.redis.calls("xrevrange");
      var got = node.read(new HistoryRequest(
          ROOM, KEPT, 0, Long.MAX_VALUE, 1_000, 220_000, end, null));
      assertEquals(4, got.publications().size());
      // Four entries first, and then as many as there is room for of the largest: one.
      assertEquals(calls + 2,
          cluster.redis.calls("xrange") + cluster.redis.calls("xrevrange"));
    }
  }

  @Test
  void aHistoryEndsWhereTheLogHasAHole() {
    var node = cluster.node();
    store(node, KEPT, 9);
    assertEquals(1, cluster.redis.commands().xdel(cluster.key("log", ROOM), "5-0"));
    assertEquals(numbers(1, 4), texts(node.read(all(KEPT, End.OLDEST))));
    assertEquals(numbers(6, 9), texts(node.read(all(KEPT, End.NEWEST))));
  }

  @Test
  void aHistoryEndsAtWhatThisNodeCannotRead() {
    var node = cluster.node();
    store(node, KEPT, 2);
    var later = "\u0007 something of a later version, long enough";
    cluster.redis.commands().xadd(cluster.key("log", ROOM), XAddArgs.Builder.maxlen(100).id("3-0"),
        Map.of("p", later));
    cluster.redis.commands().hset(cluster.key("top", ROOM), "offset", "3");
    assertEquals(4, node.store(ROOM, KEPT, "4", null).offset());
    assertEquals(numbers(1, 2), texts(node.read(all(KEPT, End.OLDEST))));
    assertEquals(numbers(4, 4), texts(node.read(all(KEPT, End.NEWEST))));
  }

  @Test
  void whereAChannelStandsOutlivesItsLogAndReadingKeepsItAlive() {
    var node = cluster.node();
    var top = cluster.key("top", ROOM);
    long day = Duration.ofDays(1).toMillis();
    store(node, KEPT, 1);
    assertWithin(day, cluster.redis.commands().pttl(top));
    cluster.redis.commands().pexpire(top, day / 3);
    node.read(HistoryRequest.top(ROOM, KEPT, null));
    assertWithin(day, cluster.redis.commands().pttl(top));
    node.read(HistoryRequest.top("room:new", new Retention(1, Duration.ofDays(7)), null));
    // Where nothing was ever said, only the question is remembered, and not for long.
    var newTop = cluster.key("top", "room:new");
    assertWithin(Duration.ofHours(1).toMillis(), cluster.redis.commands().pttl(newTop));
    node.store("room:new", new Retention(1, Duration.ofDays(7)), "first", "id");
    assertWithin(14 * day, cluster.redis.commands().pttl(newTop));
  }

  private static void assertWithin(long expected, long millis) {
    assertTrue(millis > expected - 60_000 && millis <= expected,
        millis + " ms (expected: " + expected + ")");
  }

  @Test
  void anIdIsKnownUnderTheRetentionThatItCameWith() {
    var node = cluster.node();
    assertEquals(Stored.NOWHERE,
        node.publish(ROOM, Retention.NONE, "1", "id").get());
    assertEquals(Stored.NOWHERE,
        node.publish(ROOM, KEPT, "1", "id").get());
    var position = node.store(ROOM, KEPT, "2", "id2");
    assertEquals(1, position.offset());
    assertEquals(new Stored(position),
        node.publish(ROOM, Retention.NONE, "2", "id2").get());
  }

  @Test
  void scriptsThatRedisForgotAreLoadedAgainForReadersToo() {
    var node = cluster.node();
    store(node, KEPT, 1);
    cluster.redis.commands().scriptFlush(FlushMode.SYNC);
    assertNull(node.tryRead(all(KEPT, End.OLDEST)));
    await("works again", () -> node.tryRead(all(KEPT, End.OLDEST)) != null);
    assertEquals(2, node.store(ROOM, KEPT, "2", null).offset());
    cluster.redis.commands().scriptFlush(FlushMode.SYNC);
    assertEquals(UNKNOWN, node.publish(ROOM, KEPT, "3", "id").get());
    await("works again", () -> node.publish(ROOM, KEPT, "3", "id").isStored());
    assertEquals(numbers(1, 3), texts(node.read(all(KEPT, End.OLDEST))));
  }

  @Test
  void readsBeyondTheLimitAreAnsweredWithNothingAtOnceAndPublishesGoOn() throws Exception {
    var settings = new RedisBrokerSettings(
        cluster.prefix(), Duration.ofSeconds(1), Duration.ofMinutes(1), 20_000);
    try (var node = new RedisNode(cluster.redis.url(), settings).awaitReady()) {
      store(node, KEPT, 1);
      var answers = new ArrayList<CompletableFuture<@Nullable History>>();
      Outcome publish;
      cluster.redis.freeze();
      try {
        for (int i = 0; i < 50; i++) {
          var answer = new CompletableFuture<@Nullable History>();
          answers.add(answer);
          node.broker.read(new HistoryRequest(
              ROOM, KEPT, 0, Long.MAX_VALUE, 10, 1_000, End.OLDEST, null), answer::complete);
        }
        double refused = node.hits(Limit.REDIS_QUEUE_BYTES);
        // Each counts its answer's 1,000 bytes and about 500 more; the last may go beyond.
        assertEquals(36, refused);
        publish = node.publish(ROOM, KEPT, "2", "id");
        assertEquals(refused, node.hits(Limit.REDIS_QUEUE_BYTES));
        answers.forEach(answer -> assertNull(answer.join()));
        assertEquals(UNKNOWN, publish.get());
      } finally {
        cluster.redis.thaw();
      }
      await("room again", () -> node.tryRead(all(KEPT, End.OLDEST)) != null);
    }
  }
}
