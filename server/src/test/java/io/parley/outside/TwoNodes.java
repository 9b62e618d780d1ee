package io.parley.outside;

import io.parley.redis.RedisServer;
import java.io.IOException;
import java.util.stream.Stream;

/// Two nodes on one Redis, named `near` and `far`. Whoever starts them closes them.
public final class TwoNodes implements AutoCloseable {
  public final TestNode near;
  public final TestNode far;
  public final RedisServer redis;

  /// @param settings keys and values in turn, for both
  public TwoNodes(String... settings) throws IOException {
    redis = new RedisServer();
    near = start("near", settings);
    far = start("far", settings);
  }

  private TestNode start(String name, String... settings) {
    return TestNode.start(Stream
        .concat(Stream.of("redis.url", redis.url(), "node.name", name), Stream.of(settings))
        .toArray(String[]::new));
  }

  @Override
  public void close() {
    near.close();
    far.close();
    redis.close();
  }
}
