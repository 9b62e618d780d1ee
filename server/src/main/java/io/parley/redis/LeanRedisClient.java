package io.parley.redis;

import io.lettuce.core.RedisChannelWriter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisReactiveCommandsImpl;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StatefulRedisConnectionImpl;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.protocol.PushHandler;
import io.lettuce.core.pubsub.PubSubEndpoint;
import io.lettuce.core.pubsub.RedisPubSubReactiveCommandsImpl;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnectionImpl;
import io.lettuce.core.pubsub.api.sync.RedisPubSubCommands;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;

/// Lettuce's client whose connections have asynchronous commands and no others. For blocking ones
/// Lettuce makes a proxy of many hundred methods with each kind of connection: half of the CPU that
/// a node takes to start, for what nobody here calls.
///
/// Thread-safe.
final class LeanRedisClient extends RedisClient {
  LeanRedisClient(ClientResources resources) {
    super(resources, new RedisURI());
  }

  @Override
  protected <K, V> StatefulRedisConnectionImpl<K, V> newStatefulRedisConnection(
      RedisChannelWriter writer, PushHandler pushes, RedisCodec<K, V> codec, Duration timeout) {
    return new Commands<>(writer, pushes, codec, timeout);
  }

  @Override
  protected <K, V> StatefulRedisPubSubConnectionImpl<K, V> newStatefulRedisPubSubConnection(
      PubSubEndpoint<K, V> endpoint, RedisChannelWriter writer, RedisCodec<K, V> codec,
      Duration timeout) {
    return new Subscriptions<>(endpoint, writer, codec, timeout);
  }

  private static final class Commands<K, V> extends StatefulRedisConnectionImpl<K, V> {
    Commands(RedisChannelWriter writer, PushHandler pushes, RedisCodec<K, V> codec,
        Duration timeout) {
      super(writer, pushes, codec, timeout);
    }

    @Override
    @SuppressWarnings("NullAway")
    protected RedisCommands<K, V> newRedisSyncCommandsImpl() {
      return null;
    }

    @Override
    @SuppressWarnings("NullAway")
    protected RedisReactiveCommandsImpl<K, V> newRedisReactiveCommandsImpl() {
      return null;
    }
  }

  private static final class Subscriptions<K, V> extends StatefulRedisPubSubConnectionImpl<K, V> {
    Subscriptions(PubSubEndpoint<K, V> endpoint, RedisChannelWriter writer,
        RedisCodec<K, V> codec, Duration timeout) {
      super(endpoint, writer, codec, timeout);
    }

    @Override
    @SuppressWarnings("NullAway")
    protected RedisPubSubCommands<K, V> newRedisSyncCommandsImpl() {
      return null;
    }

    @Override
    @SuppressWarnings("NullAway")
    protected RedisPubSubReactiveCommandsImpl<K, V> newRedisReactiveCommandsImpl() {
      return null;
    }
  }
}
