package io.parley.presence.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.parley.presence.RecordedChanges;
import io.parley.redis.PresenceEnvelope;
import io.parley.redis.RedisConnector;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/// Hears what is told in all channels of a prefix.
public final class ToldOverRedis {
  private ToldOverRedis() {}

  public static void listen(RedisConnector connector, String prefix, RecordedChanges told) {
    var codec = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
    var connection = connector.connectPubSub(codec).toCompletableFuture()
        .orTimeout(10, TimeUnit.SECONDS).join();
    listen(connection, prefix, told);
  }

  private static void listen(StatefulRedisPubSubConnection<String, byte[]> connection,
      String prefix, RecordedChanges told) {
    connection.addListener(new RedisPubSubAdapter<>() {
      @Override
      public void message(String pattern, String channel, byte[] message) {
        var event = PresenceEnvelope.decode(ByteBuffer.wrap(message));
        if (event == null) {
          throw new AssertionError("no presence event in " + channel);
        }
        told.add(channel.substring((prefix + "pub:{").length(), channel.length() - 1), event);
      }
    });
    connection.async().psubscribe(prefix + "pub:*").toCompletableFuture()
        .orTimeout(10, TimeUnit.SECONDS).join();
  }
}
