package io.parley.hub;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.broker.Broker;
import io.parley.broker.BrokerEvents;
import io.parley.broker.History;
import io.parley.broker.HistoryCallback;
import io.parley.broker.HistoryRequest;
import io.parley.broker.PublishCallback;
import io.parley.broker.PublishRequest;
import io.parley.channel.Position;
import io.parley.loop.ManualLoop;
import io.parley.loop.ManualTime;
import io.parley.metric.Metrics;
import io.parley.presence.ScriptedPresence;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A node may have a hundred thousand feeds.
class FeedMemoryTest {
  private static final int CHANNELS = 100_000;
  private static final int MOST_BYTES = 400;

  private final ManualTime time = new ManualTime();
  private final ManualLoop shardLoop = new ManualLoop(time);
  private final ManualLoop feedLoop = new ManualLoop(time);

  /// A broker that confirms at once, and remembers nothing.
  private static final class ForgetfulBroker implements Broker {
    private @Nullable BrokerEvents events;

    @Override
    public void start(BrokerEvents to) {
      events = to;
    }

    @Override
    public void publish(PublishRequest request, PublishCallback callback) {}

    @Override
    public void read(HistoryRequest request, HistoryCallback callback) {
      callback.onHistory(new History(new Position(1, 7), History.NO_BASE, List.of()));
    }

    @Override
    public void removeHistory(String channel, Consumer<Boolean> isDone) {}

    @Override
    public void fence(Consumer<Boolean> hasPassed) {}

    @Override
    public void subscribe(String channel) {
      Objects.requireNonNull(events).onSubscribed(channel);
    }

    @Override
    public void unsubscribe(String channel) {}

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static long usedBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      var runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  /// What a feed takes with its name and its place among the others, as it is when its member has
  /// joined; but without the member and what the shard keeps of him.
  private long bytesPerFeed(String namespace) {
    var broker = new ForgetfulBroker();
    var hub = new Hub(List.of(shardLoop), List.of(feedLoop), broker, new ScriptedPresence(),
        HubSettingsOf.tests(new TestHub(1, 1).encodings(), 1 << 20, time,
            new Metrics(new SimpleMeterRegistry())));
    broker.start(hub);
    var listener = new TestHub(1, 1).listener(0);
    var names = new ArrayList<String>(CHANNELS);
    try {
      long before = usedBytes();
      for (int i = 0; i < CHANNELS; i++) {
        names.add(namespace + ":#user-with-a-name-" + i);
        hub.join(new Subscription(
            hub.shards().getFirst(), names.get(i), listener, Start.Now.ANYWHERE, false));
        if (i % 1_000 == 0) {
          settle();
        }
      }
      settle();
      return (usedBytes() - before) / CHANNELS;
    } finally {
      // Neither was garbage yet.
      Reference.reachabilityFence(hub);
      Reference.reachabilityFence(names);
    }
  }

  /// The members' entries are dropped, with the tasks that would bring them in.
  private void settle() {
    ManualLoop.settle(List.of(feedLoop));
    shardLoop.dropTasks();
  }

  @Test
  void aFeedOfARoomTakesLittle() {
    long bytes = bytesPerFeed("kept");
    assertTrue(bytes < MOST_BYTES, "bytes per feed: " + bytes);
  }

  @Test
  void aLightFeedTakesLittle() {
    long bytes = bytesPerFeed("own");
    assertTrue(bytes < MOST_BYTES, "bytes per feed: " + bytes);
  }
}
