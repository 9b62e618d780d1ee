package io.parley.broker.redis;

import static io.parley.broker.RecordingEvents.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.broker.Outcome;
import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishRequest;
import io.parley.broker.RecordingEvents;
import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.channel.Retention;
import io.parley.config.RedisUrl;
import io.parley.loop.EventLoops;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.redis.RedisConnector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A node as far as Redis sees it: loops, connector and broker, with two loops, so that connections
/// may live on another thread than the broker's state.
final class RedisNode implements AutoCloseable {
  static final RedisBrokerSettings SETTINGS = settings("parley:", Duration.ofSeconds(4));

  final RecordingEvents events = new RecordingEvents();
  final EventLoops loops = new EventLoops("feed", 2);
  final RedisBroker broker;
  private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
  private final RedisConnector connector;

  RedisNode(String url, RedisBrokerSettings settings) {
    connector = new RedisConnector(RedisUrl.parse(url), Duration.ofSeconds(2), loops);
    broker = new RedisBroker(connector, loops.loops().getFirst(), settings, metrics);
    broker.start(events);
  }

  static RedisBrokerSettings settings(String prefix, Duration timeout) {
    return new RedisBrokerSettings(prefix, timeout, Duration.ofSeconds(5), 16 << 20);
  }

  /// How often a limit was hit.
  double hits(Limit limit) {
    return metrics.counter(Metric.LIMIT_HITS, limit.key()).count();
  }

  RedisNode awaitReady() {
    await("ready", broker::isReady);
    return this;
  }

  void subscribe(String channel) {
    broker.subscribe(channel);
    events.awaitEvent(new RecordingEvents.Subscribed(channel));
  }

  Outcome publish(String channel, String text, @Nullable String id) {
    return publish(channel, Retention.NONE, text, id);
  }

  Outcome publish(String channel, Retention retention, String text, @Nullable String id) {
    var outcome = new Outcome();
    broker.publish(new PublishRequest(channel, new Publication(Content.TEXT,
        text.getBytes(StandardCharsets.UTF_8), new ClientInfo("alice", new UUID(1, 1))), retention,
        id), outcome);
    return outcome;
  }

  /// Publishes into a history; the position that it got there.
  Position store(String channel, Retention retention, String text, @Nullable String id) {
    var outcome = publish(channel, retention, text, id).get();
    if (outcome instanceof PublishOutcome.Stored stored && stored.position() != null) {
      return stored.position();
    }
    throw new AssertionError("outcome: " + outcome + " (expected: a position)");
  }

  /// Null if it can't be read.
  @Nullable
  History tryRead(HistoryRequest request) {
    var answer = new CompletableFuture<@Nullable History>();
    broker.read(request, answer::complete);
    return answer.orTimeout(10, TimeUnit.SECONDS).join();
  }

  History read(HistoryRequest request) {
    var history = tryRead(request);
    if (history == null) {
      throw new AssertionError("history of " + request.channel() + ": can't be read");
    }
    return history;
  }

  @Override
  public void close() {
    broker.close();
    connector.close();
    loops.close();
  }
}
