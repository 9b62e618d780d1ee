package io.parley.e2e.workload;

import io.parley.e2e.harness.RedisRelay;
import io.parley.e2e.harness.RedisServer;
import io.parley.e2e.harness.WatchedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;

/// The Redis of a run, and the way to it. It keeps what it has on disk. Confined to the test's
/// thread.
sealed interface Store extends AutoCloseable {
  /// What there is.
  enum Kind {
    /// One Redis.
    ALONE,
    /// One Redis, and for each node a way of its own to it.
    BEHIND_RELAYS,
    /// A primary, its replica, and sentinels.
    WATCHED
  }

  /// What its acknowledgements are worth.
  ///
  /// @param fsync when its file is made safe: `always`, or `everysec`
  /// @param isCopied where there is a replica, nothing is taken while that isn't connected
  record Durability(String fsync, boolean isCopied) {
    boolean isSynced() {
      return fsync.equals("always");
    }
  }

  /// Starts it.
  ///
  /// @param nodes how many will use it
  static Store start(Kind kind, int nodes, Durability durability) {
    try {
      var folder = Files.createTempDirectory("checker-redis");
      return switch (kind) {
        case ALONE -> new Alone(RedisServer.startOn(folder, durability.fsync()));
        case BEHIND_RELAYS -> {
          var redis = RedisServer.startOn(folder, durability.fsync());
          yield new BehindRelays(redis,
              Stream.generate(() -> RedisRelay.before(redis)).limit(nodes).toList());
        }
        case WATCHED -> new Watched(WatchedRedis.startIn(
            folder, durability.fsync(), durability.isCopied()));
      };
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /// Where a node finds it.
  String url(int node);

  /// Waits until it is as it was in the beginning.
  void awaitWhole();

  @Override
  void close();

  record Alone(RedisServer redis) implements Store {
    @Override
    public String url(int node) {
      return redis.url();
    }

    @Override
    public void awaitWhole() {
      // Whoever starts it again waits for its answer.
    }

    @Override
    public void close() {
      redis.close();
    }
  }

  /// One Redis that nodes reach by relays.
  ///
  /// @param relays of the nodes, in their order
  record BehindRelays(RedisServer redis, List<RedisRelay> relays) implements Store {
    @Override
    public String url(int node) {
      return relays.get(node).url();
    }

    @Override
    public void awaitWhole() {
      // Whoever starts it again waits for its answer, and whoever cuts the way mends it.
    }

    @Override
    public void close() {
      relays.forEach(RedisRelay::close);
      redis.close();
    }
  }

  record Watched(WatchedRedis redis) implements Store {
    @Override
    public String url(int node) {
      return redis.url();
    }

    @Override
    public void awaitWhole() {
      redis.awaitWhole();
    }

    @Override
    public void close() {
      redis.close();
    }
  }
}
