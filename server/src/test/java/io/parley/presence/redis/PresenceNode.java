package io.parley.presence.redis;

import static io.parley.presence.RecordedChanges.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.cluster.ClusterRules;
import io.parley.cluster.NodeEvents;
import io.parley.cluster.redis.NodeLease;
import io.parley.config.RedisUrl;
import io.parley.loop.EventLoops;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.presence.NodePresence;
import io.parley.presence.PresenceRules;
import io.parley.presence.RecordedChanges;
import io.parley.redis.RedisCommands;
import io.parley.redis.RedisConnector;
import io.parley.redis.RedisLink.LinkSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A node as far as presence goes: loops, connector, commands, lease and presence.
final class PresenceNode implements AutoCloseable {
  final EventLoops loops = new EventLoops("presence", 2);
  final RecordedChanges told = new RecordedChanges();
  final RedisPresence presence;
  final NodeLease lease;

  /// Its ids, one after the other.
  final List<String> ids = new CopyOnWriteArrayList<>();
  private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
  private final RedisConnector connector;
  private final RedisCommands commands;

  /// Null but while it is frozen.
  private volatile @Nullable CountDownLatch frozen;

  PresenceNode(String url, String prefix, Duration lease, PresenceRules rules) {
    connector = new RedisConnector(RedisUrl.parse(url), Duration.ofSeconds(2), loops);
    var loop = loops.loops().getFirst();
    commands = new RedisCommands(connector, loop,
        new LinkSettings("presence", Duration.ofSeconds(5), Duration.ofSeconds(2)),
        Stream.concat(RedisPresence.scripts().stream(), NodeLease.scripts().stream()).toList(),
        metrics);
    var place = new CompletableFuture<NodeLease>();
    presence = new RedisPresence(commands, loop, prefix, rules,
        () -> place.isDone() && place.join().isHeld(), System::nanoTime, metrics);
    this.lease = new NodeLease(commands, loop, new ClusterRules(prefix, "n", lease),
        new NodeEvents() {
          @Override
          public void onNode(String id) {
            ids.add(id);
            presence.onNode(id);
          }

          @Override
          public void onDoubt() {
            presence.onDoubt();
          }

          @Override
          public void sweep(String id, Consumer<Boolean> done) {
            presence.sweep(id, done);
          }
        }, System::nanoTime, metrics);
    place.complete(this.lease);
    ToldOverRedis.listen(connector, prefix, told);
    commands.start();
    this.lease.start();
  }

  /// Stops its loop, so that nothing comes from it, as a stopped process would.
  void freeze() {
    var latch = new CountDownLatch(1);
    frozen = latch;
    loops.loops().forEach(loop -> loop.execute(() -> {
      try {
        latch.await(60, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }));
  }

  void thaw() {
    var latch = frozen;
    if (latch != null) {
      latch.countDown();
    }
  }

  PresenceNode awaitId() {
    await("an id", () -> !ids.isEmpty());
    return this;
  }

  NodePresence node() {
    return new NodePresence(presence, told);
  }

  double count(Metric metric) {
    return metrics.counter(metric).count();
  }

  /// Ends as `kill -9` does.
  void die() {
    commands.close().orTimeout(10, TimeUnit.SECONDS).join();
    connector.close();
    loops.close();
  }

  /// Leaves in order.
  @Override
  public void close() {
    presence.close().thenCompose(lease::close)
        .completeOnTimeout(null, 2, TimeUnit.SECONDS).join();
    die();
  }
}
