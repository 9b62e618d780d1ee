package io.parley.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.event.DefaultEventPublisherOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.parley.config.RedisUrl;
import io.parley.loop.EventLoops;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/// Opens connections to one Redis, on our own event loops.
///
/// Lettuce's reconnecting and replaying is off: a command that was answered with "unknown" must not
/// run later. A connection lives once; [RedisLink] opens the next.
///
/// With sentinels, each connection asks them first where the primary is, so that the next one goes
/// where a failover has moved it.
///
/// With TLS, the certificate has to be for the URL's host and from somebody whom the JVM trusts
/// (`-Djavax.net.ssl.trustStore`).
///
/// Thread-safe.
public final class RedisConnector implements AutoCloseable {
  private final ClientResources resources;
  private final RedisClient client;
  private final RedisURI uri;

  /// Prepares; nothing is opened yet.
  ///
  /// @param connectTimeout how long the socket may take, and then TLS and entering. (For entering
  /// Lettuce would wait for a minute.)
  /// @param loops whose threads the connections live on
  public RedisConnector(RedisUrl url, Duration connectTimeout, EventLoops loops) {
    uri = uriOf(url, connectTimeout);
    resources = DefaultClientResources.builder()
        .eventLoopGroupProvider(new OwnLoops(loops.group()))
        .commandLatencyRecorder(CommandLatencyRecorder.disabled())
        .commandLatencyPublisherOptions(DefaultEventPublisherOptions.disabled())
        .build();
    client = new LeanRedisClient(resources);
    client.setOptions(ClientOptions.builder()
        .autoReconnect(false)
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .socketOptions(SocketOptions.builder().connectTimeout(connectTimeout).build())
        .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
        .build());
  }

  private static RedisURI uriOf(RedisUrl url, Duration timeout) {
    var builder = RedisURI.builder().withSsl(url.tls()).withDatabase(url.database())
        .withClientName("parley").withTimeout(timeout);
    if (url.master() == null) {
      builder.withHost(url.hosts().getFirst().name()).withPort(url.hosts().getFirst().port());
    } else {
      builder.withSentinelMasterId(url.master());
      for (var host : url.hosts()) {
        builder.withSentinel(RedisURI.builder().withHost(host.name()).withPort(host.port())
            .withSsl(url.tls()).withTimeout(timeout).build());
      }
    }
    if (url.password() != null) {
      if (url.user() == null) {
        builder.withPassword(url.password().toCharArray());
      } else {
        builder.withAuthentication(url.user(), url.password().toCharArray());
      }
    }
    return builder.build();
  }

  /// A connection for commands. Commands wait until `flushCommands()`.
  public CompletionStage<StatefulRedisConnection<byte[], byte[]>> connect() {
    return client.connectAsync(ByteArrayCodec.INSTANCE, uri).thenApply(connection -> {
      connection.setAutoFlushCommands(false);
      return connection;
    });
  }

  /// A connection for subscriptions.
  public <V> CompletionStage<StatefulRedisPubSubConnection<String, V>> connectPubSub(
      RedisCodec<String, V> codec) {
    return client.connectPubSubAsync(codec, uri);
  }

  /// The URL without its password.
  @Override
  public String toString() {
    return uri.toString();
  }

  @Override
  public void close() {
    client.shutdownAsync(0, 1, TimeUnit.SECONDS).join();
    resources.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  /// Lends our loops to Lettuce; ending them stays our business.
  private record OwnLoops(EventLoopGroup group) implements EventLoopGroupProvider {
    @Override
    public <T extends EventLoopGroup> T allocate(Class<T> type) {
      return type.cast(group);
    }

    @Override
    public int threadPoolSize() {
      return 1;
    }

    @Override
    public Future<Boolean> release(
        EventExecutorGroup released, long quietPeriod, long timeout, TimeUnit unit) {
      return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }

    @Override
    public Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit timeUnit) {
      return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }
  }
}
