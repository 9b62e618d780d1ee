package io.parley.broker.redis;

import io.parley.broker.Broker;
import io.parley.broker.BrokerEvents;
import io.parley.broker.HistoryCallback;
import io.parley.broker.HistoryRequest;
import io.parley.broker.PublishCallback;
import io.parley.broker.PublishRequest;
import io.parley.loop.Loop;
import io.parley.metric.Metrics;
import io.parley.redis.RedisConnector;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The broker of a cluster, over one Redis. Publishing and subscribing have a connection each.
///
/// Thread-safe.
public final class RedisBroker implements Broker {
  private static final int CLOSE_SECONDS = 1;

  private final RedisConnector connector;
  private final Loop loop;
  private final RedisBrokerSettings settings;
  private final Metrics metrics;
  private final Keys keys;
  private final RedisPublisher publisher;

  /// Null until started.
  private volatile @Nullable RedisSubscriber subscriber;

  /// @param loop owns the state of both connections
  public RedisBroker(
      RedisConnector connector, Loop loop, RedisBrokerSettings settings, Metrics metrics) {
    this.metrics = metrics;
    this.connector = connector;
    this.loop = loop;
    this.settings = settings;
    this.keys = new Keys(settings.prefix());
    this.publisher = new RedisPublisher(connector, loop, keys, settings, metrics);
  }

  @Override
  public void start(BrokerEvents events) {
    var started = new RedisSubscriber(connector, loop, keys, settings, events, metrics);
    subscriber = started;
    publisher.start();
    started.start();
  }

  @Override
  public void publish(PublishRequest request, PublishCallback callback) {
    publisher.publish(request, callback);
  }

  @Override
  public void read(HistoryRequest request, HistoryCallback callback) {
    callback.onHistory(null);
  }

  @Override
  public void subscribe(String channel) {
    subscriber().subscribe(channel);
  }

  @Override
  public void unsubscribe(String channel) {
    subscriber().unsubscribe(channel);
  }

  @Override
  public boolean isReady() {
    return publisher.isOpen() && subscriber().isCaughtUp();
  }

  @Override
  public void close() {
    var closed = CompletableFuture.allOf(publisher.close(), subscriber().close());
    closed.completeOnTimeout(null, CLOSE_SECONDS, TimeUnit.SECONDS).join();
  }

  private RedisSubscriber subscriber() {
    var started = subscriber;
    if (started == null) {
      throw new IllegalStateException("broker: not started (expected: start() before anything)");
    }
    return started;
  }
}
