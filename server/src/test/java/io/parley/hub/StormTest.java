package io.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.broker.Outcome;
import io.parley.broker.PublishOutcome.Stored;
import io.parley.broker.PublishRequest;
import io.parley.broker.RecordingEvents;
import io.parley.broker.redis.RedisBroker;
import io.parley.broker.redis.RedisBrokerSettings;
import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.channel.Retention;
import io.parley.config.RedisUrl;
import io.parley.encoding.Encoding;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Frames;
import io.parley.encoding.Framing;
import io.parley.hub.Entry.Recovered;
import io.parley.loop.EventLoops;
import io.parley.metric.Metrics;
import io.parley.presence.ScriptedPresence;
import io.parley.redis.RedisConnector;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Ten thousand clients who come back at once, over a real Redis whose commands are counted.
@Timeout(60)
class StormTest {
  private static final int CLIENTS = 10_000;
  private static final int MISSED = 50;
  private static final String ROOM = "room:storm";
  private static final Retention KEPT = new Retention(1_000, Duration.ofDays(7));
  private static final Encoding ENCODING = new Encoding(0,
      (channel, publication, out) -> out.put(publication.data()), new Lines());

  private final EventLoops shardLoops = new EventLoops("io", 2);
  private final EventLoops feedLoops = new EventLoops("feed", 1);
  private final RedisServer redis;
  private final RedisConnector connector;
  private final RedisBroker broker;
  private final Hub hub;

  StormTest() throws IOException {
    redis = new RedisServer();
    redis.start();
    var metrics = new Metrics(new SimpleMeterRegistry());
    connector = new RedisConnector(
        RedisUrl.parse(redis.url()), Duration.ofSeconds(2), feedLoops);
    broker = new RedisBroker(connector, feedLoops.loops().getFirst(), new RedisBrokerSettings(
        "parley:", Duration.ofSeconds(4), Duration.ofSeconds(5), 16 << 20), metrics);
    hub = new Hub(shardLoops.loops(), feedLoops.loops(), broker, new ScriptedPresence(),
        HubSettingsOf.production(List.of(ENCODING), System::nanoTime, metrics));
  }

  @BeforeEach
  void start() {
    broker.start(hub);
    RecordingEvents.await("ready", broker::isReady);
  }

  @AfterEach
  void close() {
    broker.close();
    shardLoops.close();
    connector.close();
    feedLoops.close();
    redis.close();
  }

  private record Lines() implements Framing {
    @Override
    public int begin(FrameBuffer out) {
      return out.length();
    }

    @Override
    public void end(FrameBuffer out, int mark) {
      out.put('\n');
    }
  }

  /// One of the crowd, who counts what he gets. Confined to his shard's loop, but for the counts.
  private static final class Client implements Subscriber {
    private final UUID id = UUID.randomUUID();
    private final AtomicInteger lines = new AtomicInteger();
    private volatile @Nullable Entry entry;

    @Override
    public UUID client() {
      return id;
    }

    @Override
    public Encoding encoding() {
      return ENCODING;
    }

    @Override
    public void onSubscribed(
        Subscription subscription, Entry where, @Nullable Frames missed) {
      if (missed != null) {
        outlet().send(missed);
      }
      entry = where;
    }

    @Override
    public void onLost(Subscription subscription, @Nullable Position position) {
      throw new AssertionError("lost at " + position);
    }

    @Override
    public void onPresence(Subscription subscription, PresenceEvent event) {}

    @Override
    public Outlet outlet() {
      return frames -> {
        for (int i = 0; i < frames.length(); i++) {
          if (frames.bytes()[frames.start() + i] == '\n') {
            lines.incrementAndGet();
          }
        }
      };
    }

    boolean isServed(int expected) {
      return entry != null && lines.get() >= expected;
    }
  }

  private Position publish(String channel, int count) {
    var last = new Outcome();
    for (int i = 0; i < count; i++) {
      last = new Outcome();
      broker.publish(new PublishRequest(channel, new Publication(Content.TEXT,
          ("message " + i).getBytes(StandardCharsets.UTF_8),
          new ClientInfo("alice", new UUID(1, 1))), KEPT, null), last);
    }
    if (last.get() instanceof Stored stored && stored.position() != null) {
      return stored.position();
    }
    throw new AssertionError("outcome: " + last.get() + " (expected: stored)");
  }

  private Client join(int i, String channel, Start start, List<Runnable> leaving) {
    var client = new Client();
    var shard = hub.shards().get(i % 2);
    shard.loop().execute(() -> {
      var subscription = shard.subscribe(channel, client, start, false);
      synchronized (leaving) {
        leaving.add(() -> shard.loop().execute(() -> shard.unsubscribe(subscription)));
      }
    });
    return client;
  }

  private void storm(Position top) {
    long before = redis.calls("evalsha");
    var clients = new ArrayList<Client>();
    var leaving = new ArrayList<Runnable>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(join(i, ROOM, new Start.After(top.at(i % MISSED)), leaving));
    }
    for (int i = 0; i < CLIENTS; i++) {
      var client = clients.get(i);
      int missed = MISSED - i % MISSED;
      RecordingEvents.await("served: client " + i, () -> client.isServed(missed));
      assertEquals(missed, client.lines.get());
      assertEquals(new Entry(top.at(i % MISSED), Recovered.YES), client.entry);
    }
    long reads = redis.calls("evalsha") - before;
    assertTrue(reads <= 10, "reads: " + reads);
    synchronized (leaving) {
      leaving.forEach(Runnable::run);
    }
  }

  @Test
  void tenThousandWhoComeBackToOneRoomCostTenReadsAtMost() {
    var top = publish(ROOM, MISSED);
    storm(top);
    // And again when the node has let go of the room.
    RecordingEvents.await("nobody subscribed", () -> redis.commands().pubsubNumsub(
        "parley:pub:{" + ROOM + "}").values().stream().allMatch(count -> count == 0));
    storm(top);
  }

  @Test
  void ofTenThousandInboxesOnlyThoseThatAskAreRead() {
    var tops = new ArrayList<Position>();
    for (int i = 0; i < 100; i++) {
      tops.add(publish("inbox:#user" + i, 2));
    }
    long before = redis.calls("evalsha");
    var clients = new ArrayList<Client>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(join(i, "inbox:#user" + i,
          i < 100 ? new Start.After(tops.get(i).at(1)) : Start.Now.ANYWHERE,
          new ArrayList<>()));
    }
    for (int i = 0; i < CLIENTS; i++) {
      var client = clients.get(i);
      int missed = i < 100 ? 1 : 0;
      RecordingEvents.await("served: client " + i, () -> client.isServed(missed));
      assertEquals(missed, client.lines.get());
    }
    assertEquals(100, redis.calls("evalsha") - before);
  }
}
