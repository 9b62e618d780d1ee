package io.parley.broker.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.parley.broker.Broker;
import io.parley.broker.BrokerEvents;
import io.parley.broker.PayloadHash;
import io.parley.broker.PublishCallback;
import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishRequest;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The broker of a node that runs alone: a publication goes straight back to the node's own feeds.
/// What it knows dies with the process.
///
/// Thread-safe.
public final class MemoryBroker implements Broker {
  /// How many ids are remembered at most; beyond, the oldest is forgotten before its time.
  private static final int IDS_MAX = 1_000_000;

  private final InstantSource clock;
  private final Set<String> subscribed = ConcurrentHashMap.newKeySet();

  /// Ids by age, oldest first.
  @GuardedBy("ids")
  private final Map<Key, Seen> ids = new LinkedHashMap<>();

  /// Null until started.
  private volatile @Nullable BrokerEvents events;

  public MemoryBroker(InstantSource clock) {
    this.clock = clock;
  }

  private record Key(String channel, String user, String id) {}

  private record Seen(byte[] hash, long untilMillis) {}

  @Override
  public void start(BrokerEvents events) {
    this.events = events;
  }

  @Override
  public void publish(PublishRequest request, PublishCallback callback) {
    var outcome = PublishOutcome.STORED;
    boolean isNew = true;
    if (request.id() != null) {
      var hash = PayloadHash.of(request.publication());
      var seen = remember(request, request.id(), hash);
      if (seen != null) {
        isNew = false;
        outcome = Arrays.equals(seen, hash) ? PublishOutcome.STORED : PublishOutcome.ID_CONFLICT;
      }
    }
    if (isNew && subscribed.contains(request.channel())) {
      events().onPublication(request.channel(), request.publication());
    }
    callback.onOutcome(outcome);
  }

  /// Notes the id; returns the payload hash that it was noted with before, or null.
  private byte @Nullable [] remember(PublishRequest request, String id, byte[] hash) {
    long now = clock.millis();
    var key = new Key(request.channel(), request.publication().publisher().user(), id);
    synchronized (ids) {
      var oldest = ids.values().iterator();
      while (oldest.hasNext() && (oldest.next().untilMillis <= now || ids.size() >= IDS_MAX)) {
        oldest.remove();
      }
      var seen = ids.putIfAbsent(key, new Seen(hash, now + PublishRequest.ID_LIFE_SECONDS * 1000L));
      return seen == null ? null : seen.hash;
    }
  }

  @Override
  public void subscribe(String channel) {
    subscribed.add(channel);
    events().onSubscribed(channel);
  }

  @Override
  public void unsubscribe(String channel) {
    subscribed.remove(channel);
    events().onUnsubscribed(channel);
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void close() {
    subscribed.clear();
  }

  private BrokerEvents events() {
    var started = events;
    if (started == null) {
      throw new IllegalStateException("broker: not started (expected: start() before anything)");
    }
    return started;
  }
}
