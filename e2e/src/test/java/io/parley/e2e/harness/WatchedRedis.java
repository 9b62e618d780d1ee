package io.parley.e2e.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A primary and its replica, and three sentinels that move the primary when it is gone, or when
/// they are told to. Confined to the test's thread.
public final class WatchedRedis implements AutoCloseable {
  private static final String NAME = "chat";
  private static final int SENTINELS = 3;
  private static final int QUORUM = 2;
  private static final int DOWN_AFTER_MILLIS = 1_000;
  private static final int FAILOVER_WITHIN_MILLIS = 5_000;
  private static final Duration PROMOTED_WITHIN = Duration.ofSeconds(60);
  private static final Duration WHOLE_WITHIN = Duration.ofSeconds(90);

  private final List<RedisServer> both = new ArrayList<>();
  private final List<RedisServer> sentinels = new ArrayList<>();

  private WatchedRedis() {}

  /// Starts all five in folders of their own within this one, and waits until they have found each
  /// other.
  ///
  /// @param isCopied neither of the two takes a write while the other is no replica
  ///     (`min-replicas-to-write`)
  public static WatchedRedis startIn(Path folder, String fsync, boolean isCopied) {
    var watched = new WatchedRedis();
    try {
      var settings = List.of("--min-replicas-to-write", isCopied ? "1" : "0",
          "--min-replicas-max-lag", "10", "--repl-diskless-sync-delay", "0");
      var primary = RedisServer.startOn(
          Files.createDirectory(folder.resolve("first")), fsync, settings);
      watched.both.add(primary);
      var replica = new ArrayList<>(settings);
      replica.addAll(List.of("--replicaof", "127.0.0.1 " + primary.port()));
      watched.both.add(RedisServer.startOn(
          Files.createDirectory(folder.resolve("second")), fsync, replica));
      for (var i = 1; i <= SENTINELS; i++) {
        var file = Files.createDirectory(folder.resolve("sentinel" + i)).resolve("sentinel.conf");
        Files.write(file, List.of(
            "sentinel monitor " + NAME + " 127.0.0.1 " + primary.port() + " " + QUORUM,
            "sentinel down-after-milliseconds " + NAME + " " + DOWN_AFTER_MILLIS,
            "sentinel failover-timeout " + NAME + " " + FAILOVER_WITHIN_MILLIS));
        watched.sentinels.add(RedisServer.startSentinel(file));
      }
      watched.awaitWhole();
      return watched;
    } catch (IOException cause) {
      watched.close();
      throw new UncheckedIOException(cause);
    } catch (AssertionError | RuntimeException notReady) {
      watched.close();
      throw notReady;
    }
  }

  /// How nodes find the primary.
  public String url() {
    return sentinels.stream().map(sentinel -> "127.0.0.1:" + sentinel.port())
        .collect(Collectors.joining(",", "redis-sentinel://", "?master=" + NAME));
  }

  /// Waits until the replica has caught up, and the sentinels agree that all is well.
  public void awaitWhole() {
    await("a primary with a replica, and sentinels that know both").atMost(WHOLE_WITHIN)
        .until(() -> both.stream().filter(WatchedRedis::isPrimary).count() == 1
            && isPrimary(primary())
            && replica().says("replication", "master_link_status:up")
            && primary().says("replication", "connected_slaves:1")
            && sentinels.stream().allMatch(this::isContent));
  }

  private boolean isContent(RedisServer sentinel) {
    return sentinel.says("sentinel", "master0:name=" + NAME + ",status=ok,address=127.0.0.1:"
        + primary().port() + ",slaves=1,sentinels=" + SENTINELS);
  }

  private static boolean isPrimary(RedisServer redis) {
    return redis.says("replication", "role:master");
  }

  /// As the first sentinel has it.
  private RedisServer primary() {
    var port = sentinels.getFirst().ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME).getLast();
    return both.stream().filter(redis -> Integer.toString(redis.port()).equals(port)).findFirst()
        .orElseThrow(() -> new AssertionError("the primary is at port " + port));
  }

  private RedisServer replica() {
    var primary = primary();
    return both.stream().filter(redis -> redis != primary).findFirst().orElseThrow();
  }

  /// Tells the sentinels to move the primary, though nothing is wrong with it, and waits until it
  /// has moved.
  public void failOver() {
    var next = replica();
    sentinels.getFirst().ask("SENTINEL", "FAILOVER", NAME);
    awaitPromoted(next);
  }

  /// Kills the primary, waits until the sentinels have moved it, and starts the killed one again:
  /// which takes itself for a primary still, until the sentinels tell it.
  public void killPrimary() {
    var next = replica();
    var victim = primary();
    victim.kill();
    awaitPromoted(next);
    victim.startAgain();
  }

  private void awaitPromoted(RedisServer next) {
    await("the promotion of the replica").atMost(PROMOTED_WITHIN)
        .until(() -> isPrimary(next) && primary() == next);
  }

  @Override
  public void close() {
    sentinels.forEach(RedisServer::close);
    both.forEach(RedisServer::close);
  }
}
