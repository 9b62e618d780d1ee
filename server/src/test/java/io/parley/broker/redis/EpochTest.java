package io.parley.broker.redis;

import static io.parley.broker.PublishOutcome.Failed.UNKNOWN;
import static io.parley.broker.RecordingEvents.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RestoreArgs;
import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.broker.HistoryRequest.End;
import io.parley.broker.Outcome;
import io.parley.broker.PublishOutcome.Stored;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.channel.Retention;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// However Redis loses, keeps or gets back what it held: a position names one payload for ever, and
/// what a history says of the epoch before is true. See `docs/decisions/0001-epochs.md`.
@Timeout(60)
class EpochTest {
  private static final String ROOM = "room:a";
  private static final String TOP = "parley:top:{room:a}";
  private static final String LOG = "parley:log:{room:a}";
  private static final Retention KEPT = new Retention(1_000, Duration.ofHours(1));
  private static final RedisBrokerSettings SETTINGS = new RedisBrokerSettings(
      "parley:", Duration.ofSeconds(2), Duration.ofMillis(100), 16 << 20);

  private final Ledger ledger = new Ledger();
  private final List<AutoCloseable> open = new ArrayList<>();
  private int published;

  /// The last position that was acknowledged; null: none was.
  private @Nullable Position seen;

  @AfterEach
  void close() throws Exception {
    for (var one : open.reversed()) {
      one.close();
    }
  }

  private RedisServer redis(String... options) throws IOException {
    var redis = new RedisServer(options);
    open.add(redis);
    return redis;
  }

  private RedisNode node(String url) {
    var node = new RedisNode(url, SETTINGS);
    open.add(node);
    node.awaitReady().subscribe(ROOM);
    return node;
  }

  /// Publishes, and tries again what isn't acknowledged, until everything is.
  private void publish(RedisNode node, int count) {
    for (int i = 0; i < count; i++) {
      var text = "text " + ++published;
      await(text, () -> isAcknowledged(node.publish(ROOM, KEPT, text, text), text));
    }
  }

  private boolean isAcknowledged(Outcome outcome, String text) {
    if (outcome.get() instanceof Stored stored && stored.position() != null) {
      ledger.note(stored.position(), text);
      seen = stored.position();
      return true;
    }
    return false;
  }

  private static HistoryRequest all(@Nullable Position seen) {
    return new HistoryRequest(
        ROOM, KEPT, 0, Long.MAX_VALUE, 1_000, 1 << 20, End.OLDEST, seen);
  }

  private History read(RedisNode node, @Nullable Position asSeen) {
    await("history", () -> node.tryRead(all(asSeen)) != null);
    var history = node.read(all(asSeen));
    ledger.noteRead(history);
    return history;
  }

  /// Publishes and reads as before the fault; what stands there afterwards.
  private Position before(RedisNode node) {
    publish(node, 30);
    var top = read(node, null).top();
    assertEquals(30, top.offset());
    assertEquals(30, ledger.known(top));
    return top;
  }

  /// Goes on after the fault, and looks at everything that anybody was told.
  ///
  /// @param isReadFirst whether a reader comes first, with all that it has seen; or a publisher
  /// @return what was read first
  private History after(RedisNode node, boolean isReadFirst) {
    node.awaitReady();
    var first = isReadFirst ? read(node, seen) : null;
    publish(node, 20);
    if (first == null) {
      first = read(node, seen);
    }
    publish(node, 20);
    var last = read(node, seen);
    assertEquals(seen, last.top());
    await("the last", () -> node.events.texts(ROOM).contains("text " + published));
    ledger.noteHeard(node.events);
    assertEquals(List.of(), ledger.complaints());
    return first;
  }

  private static void restart(RedisServer redis, RedisNode node) throws Exception {
    redis.kill();
    await("not ready", () -> !node.broker.isReady());
    redis.start();
    node.awaitReady();
  }

  /// Every position up to here can be resumed.
  private static void assertGoesOnFrom(Position base, History after) {
    assertNotEquals(base.epoch(), after.top().epoch());
    assertEquals(base, after.base());
    assertHasAll(after);
  }

  /// What is left is read as before, in the new epoch.
  private static void assertHasAll(History history) {
    assertEquals(LongStream.rangeClosed(1, history.top().offset()).mapToObj(history.top()::at)
        .toList(), history.publications().stream().map(Publication::position).toList());
  }

  /// Nothing of before can be resumed. What is said in the new epoch counts on from an offset.
  private static void assertBeginsAnew(Position before, long begin, History after) {
    assertNotEquals(before.epoch(), after.top().epoch());
    assertEquals(new Position(Position.NO_EPOCH, begin), after.base());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void killedWithEveryWriteOnDiskNothingIsLost(boolean isReadFirst) throws Exception {
    var redis = redis("--appendonly", "yes", "--appendfsync", "always");
    var node = node(redis.url());
    var before = before(node);
    restart(redis, node);
    assertGoesOnFrom(before, after(node, isReadFirst));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void restartedWithoutPersistenceItBeginsAnew(boolean isReadFirst) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    var before = before(node);
    restart(redis, node);
    var after = after(node, isReadFirst);
    assertBeginsAnew(before, 0, after);
    assertEquals(isReadFirst ? 0 : 20, after.top().offset());
  }

  /// A killed process has handed everything to its kernel; what a machine loses with its power is
  /// cut off here.
  @ParameterizedTest
  @ValueSource(strings = {"everysec", "no"})
  void killedBeforeTheTailWasOnDiskItGoesOnFromWhereItIsCut(String policy) throws Exception {
    var redis = redis("--appendonly", "yes", "--appendfsync", policy);
    var node = node(redis.url());
    for (boolean isReadFirst : new boolean[]{true, false}) {
      publish(node, 30);
      var top = read(node, null).top();
      redis.kill();
      await("not ready", () -> !node.broker.isReady());
      cutTail(redis, 1_500);
      redis.start();
      // The numbers of what was lost are given out again, and meet the others in the ledger.
      var history = after(node, isReadFirst);
      assertHasAll(history);
      var base = history.base();
      assertEquals(top.epoch(), base.epoch());
      assertTrue(base.offset() < top.offset() && base.offset() > top.offset() - 20,
          base + " (expected: a few less than " + top + ")");
    }
  }

  private static void cutTail(RedisServer redis, int bytes) throws IOException {
    try (var files = Files.list(redis.directory().resolve("appendonlydir"))) {
      var log = files.filter(file -> file.toString().endsWith(".incr.aof")).findFirst()
          .orElseThrow();
      try (var file = FileChannel.open(log, StandardOpenOption.WRITE)) {
        file.truncate(file.size() - bytes);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void emptiedItBeginsAnew(boolean isReadFirst) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    var before = before(node);
    redis.commands().flushall();
    assertBeginsAnew(before, 0, after(node, isReadFirst));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void startedFromAnOldDumpItGoesOnFromThere(boolean isReadFirst) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    publish(node, 20);
    redis.commands().save();
    var dumped = read(node, null).top();
    publish(node, 10);
    restart(redis, node);
    assertGoesOnFrom(dumped, after(node, isReadFirst));
    // The same dump once more: two lives have gone on from it, and this is a third.
    restart(redis, node);
    assertGoesOnFrom(dumped, after(node, isReadFirst));
  }

  /// Both sides of a split: what either tells goes into one ledger.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStaleReplicaThatIsPromotedGoesOnFromWhereItStopped(boolean isReadFirst) throws Exception {
    var redis = redis();
    var stale = redis();
    var node = node(redis.url());
    var cut = publishBeyond(stale, redis, node);
    assertGoesOnFrom(cut, after(node(stale.url()), isReadFirst));
    publish(node, 30);
    read(node, null);
    ledger.noteHeard(node.events);
    assertEquals(List.of(), ledger.complaints());
  }

  /// Publishes what a replica gets, and then what it doesn't.
  ///
  /// @return where the replica stands
  private Position publishBeyond(RedisServer replica, RedisServer primary, RedisNode node) {
    publish(node, 20);
    // The first replica of a primary changes its replication id, and so the epoch.
    replica.follow(primary);
    publish(node, 5);
    var replicated = read(node, null).top();
    awaitReplicated(replica, replicated);
    replica.commands().replicaofNoOne();
    publish(node, 10);
    assertEquals(replicated.at(35), read(node, null).top());
    return replicated;
  }

  private static void awaitReplicated(RedisServer replica, Position position) {
    await("replicated", () -> position.epochText().equals(replica.commands().hget(TOP, "epoch"))
        && Long.toString(position.offset()).equals(replica.commands().hget(TOP, "offset")));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPrimaryThatIsDemotedAndPromotedAgainGoesOnFromWhatItKept(boolean isReadFirst)
      throws Exception {
    var redis = redis();
    var other = redis();
    var node = node(redis.url());
    var cut = publishBeyond(other, redis, node);
    var run = runOf(redis);
    redis.follow(other);
    // The node doesn't stay with a replica, however quiet it is.
    await("given up", () -> !node.broker.isReady());
    assertEquals(UNKNOWN, node.publish(ROOM, KEPT, "too late", "too late").get());
    assertNull(node.tryRead(all(null)));
    redis.commands().replicaofNoOne();
    assertGoesOnFrom(cut, after(node, isReadFirst));
    assertEquals(run, runOf(redis));
  }

  private static String runOf(RedisServer redis) {
    return redis.commands().info("server").lines().filter(line -> line.startsWith("run_id:"))
        .findFirst().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aReplicaAcknowledgesNoIdThatItKnows(boolean isKept) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    var retention = isKept ? KEPT : Retention.NONE;
    assertNotEquals(UNKNOWN, node.publish(ROOM, retention, "once", "once").get());
    redis.commands().replicaof("127.0.0.1", 1);
    assertEquals(UNKNOWN, node.publish(ROOM, retention, "once", "once").get());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPrimaryThatIsDemotedForAMomentKeepsEverything(boolean isReadFirst) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    var before = before(node);
    redis.commands().replicaof("127.0.0.1", 1);
    redis.commands().replicaofNoOne();
    assertGoesOnFrom(before, after(node, isReadFirst));
  }

  @Test
  void aFailoverIsFollowedWithoutARestart() throws Exception {
    var first = redis();
    var second = redis();
    second.follow(first);
    var sentinel = RedisServer.sentinelOf(first);
    open.add(sentinel);
    awaitReplicas(sentinel);
    var node = node(sentinel.sentinelUrl());
    var before = before(node);
    awaitReplicated(second, before);
    first.kill();
    awaitRole(second, "master");
    assertGoesOnFrom(before, after(node, false));

    // It comes back as a replica, and then as the primary, with nobody lost on the way.
    first.start();
    first.follow(second);
    publish(node, 10);
    var moved = read(node, null).top();
    awaitReplicated(first, moved);
    Awaitility.await("sentinel").atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
      sentinel.failOver();
      return true;
    });
    awaitRole(second, "slave");
    assertGoesOnFrom(moved, after(node, true));
  }

  /// A Sentinel cuts the connections of whom it promotes or demotes.
  private static void awaitRole(RedisServer redis, String role) {
    Awaitility.await(role).atMost(Duration.ofSeconds(30)).ignoreExceptions()
        .until(() -> redis.commands().info("replication").contains("role:" + role));
  }

  private static void awaitReplicas(RedisServer sentinel) {
    Awaitility.await("sentinel").atMost(Duration.ofSeconds(30))
        .until(() -> sentinel.commands().info("sentinel").contains("status=ok")
            && sentinel.commands().info("sentinel").contains("slaves=1"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRewoundCountIsNoticedByTheLog(boolean isReadFirst) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    var before = before(node);
    redis.commands().hset(TOP, "offset", "10");
    var after = after(node, isReadFirst);
    assertBeginsAnew(before, 30, after);
    assertEquals(isReadFirst ? 30 : 50, after.top().offset());
    assertHasAll(after);
  }

  /// Where nothing in Redis shows it (a virtual machine was put back, say), a reader that has seen
  /// more does.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsPutBackAltogetherIsNoticedByWhoHasSeenMore(boolean isLogThere) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    publish(node, 20);
    var top = redis.commands().dump(TOP);
    var log = redis.commands().dump(LOG);
    publish(node, 10);
    redis.commands().restore(TOP, top, RestoreArgs.Builder.ttl(1_000_000).replace());
    redis.commands().del(LOG);
    if (isLogThere) {
      redis.commands().restore(LOG, log, RestoreArgs.Builder.ttl(1_000_000));
    }
    var before = new Position(Position.epochOf(redis.commands().hget(TOP, "epoch")), 20);
    var after = after(node, true);
    assertBeginsAnew(before, 20, after);
    assertEquals(20, after.top().offset());
    assertEquals(isLogThere ? 20 : 0, after.publications().size());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withoutItsTopALogGoesOnInANewEpoch(boolean isReadFirst) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    var before = before(node);
    redis.commands().del(TOP);
    var after = after(node, isReadFirst);
    assertBeginsAnew(before, 30, after);
    assertEquals(isReadFirst ? 30 : 50, after.top().offset());
    assertHasAll(after);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withoutItsLogACountGoesOn(boolean isReadFirst) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    var before = before(node);
    redis.commands().del(LOG);
    var after = after(node, isReadFirst);
    assertEquals(before.at(isReadFirst ? 30 : 50), after.top());
    assertEquals(isReadFirst ? 0 : 20, after.publications().size());
  }

  @Test
  void aLedgerComplainsOfASecondPayloadAndOfAFalseClaim() {
    var position = new Position(7, 1);
    ledger.note(position, "a");
    ledger.note(position, "a");
    assertEquals(List.of(), ledger.complaints());
    ledger.note(position.at(2), "b");
    ledger.note(new Position(8, 2), "c");
    ledger.noteRead(new History(new Position(8, 2), position, List.of()));
    assertEquals(List.of(), ledger.complaints());
    ledger.noteRead(new History(new Position(8, 2), position.at(2), List.of()));
    assertEquals(1, ledger.complaints().size());
    ledger.note(position, "d");
    assertEquals(2, ledger.complaints().size());
  }
}
