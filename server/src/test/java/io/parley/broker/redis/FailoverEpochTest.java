package io.parley.broker.redis;

import static io.parley.broker.PublishOutcome.Failed.UNKNOWN;
import static io.parley.broker.RecordingEvents.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.parley.channel.Position;
import io.parley.channel.Retention;
import io.parley.redis.RedisServer;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Primaries that become replicas, and replicas that become primaries: a position names one payload
/// for ever. See `docs/decisions/0001-epochs.md`.
@Timeout(60)
class FailoverEpochTest extends EpochScenes {
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
}
