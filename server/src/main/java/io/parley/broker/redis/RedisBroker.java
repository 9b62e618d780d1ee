package io.parley.broker.redis;

import io.parley.broker.Broker;
import io.parley.broker.BrokerEvents;
import io.parley.broker.HistoryCallback;
import io.parley.broker.HistoryRequest;
import io.parley.broker.PublishCallback;
import io.parley.broker.PublishRequest;
import io.parley.loop.Loop;
import io.parley.metric.Metrics;
import io.parley.redis.RedisCommands;
import io.parley.redis.RedisConnector;
import io.parley.redis.RedisLink.LinkSettings;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The broker of a cluster, over one Redis, on two connections: one for subscriptions, one for the
/// commands that publish and that read. These share one because reads are few: feeds ask once for
/// all their subscribers, and every answer has a limit. Redis answers them one after the other
/// anyway, so what a publish waits behind a long answer is the answer's way over the network.
///
/// Thread-safe.
public final class RedisBroker implements Broker {
  private static final int CLOSE_SECONDS = 1;

  private final RedisConnector connector;
  private final Loop loop;
  private final RedisBrokerSettings settings;
  private final Metrics metrics;
  private final Keys keys;
  private final RedisCommands commands;
  private final RedisPublisher publisher;
  private final RedisReader reader;

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
    this.commands = new RedisCommands(connector, loop,
        new LinkSettings("publishing", settings.pingInterval(), settings.timeout()),
        List.of(RedisPublisher.SCRIPT, RedisReader.SCRIPT), metrics);
    var epochs = new Epochs();
    this.publisher = new RedisPublisher(commands, loop, keys, epochs, settings, metrics);
    this.reader = new RedisReader(commands, loop, keys, epochs, settings, metrics);
  }

  @Override
  public void start(BrokerEvents events) {
    var started = new RedisSubscriber(connector, loop, keys, settings, events, metrics);
    subscriber = started;
    commands.start();
    started.start();
  }

  @Override
  public void publish(PublishRequest request, PublishCallback callback) {
    publisher.publish(request, callback);
  }

  @Override
  public void read(HistoryRequest request, HistoryCallback callback) {
    reader.read(request, callback);
  }

  @Override
  public void removeHistory(String channel, Consumer<Boolean> isDone) {
    reader.remove(channel, isDone);
  }

  @Override
  public void fence(Consumer<Boolean> hasPassed) {
    subscriber().fence(hasPassed);
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
    return commands.isOpen() && subscriber().isCaughtUp();
  }

  @Override
  public void close() {
    var closed = CompletableFuture.allOf(commands.close(), subscriber().close());
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
