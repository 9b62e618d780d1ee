package io.parley.broker.memory;

import io.parley.broker.Broker;
import io.parley.broker.BrokerEvents;
import io.parley.broker.HistoryCallback;
import io.parley.broker.HistoryRequest;
import io.parley.broker.PayloadHash;
import io.parley.broker.PublishCallback;
import io.parley.broker.PublishOutcome.Failed;
import io.parley.broker.PublishOutcome.Stored;
import io.parley.broker.PublishRequest;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.loop.Loop;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The broker of a node that runs alone: a publication goes straight back to the node's own feeds.
/// What it knows dies with the process, and until then a channel's count is never forgotten.
///
/// What it keeps is bounded by each channel's retention, not as a whole: it is for trying things
/// out, and for those who have few channels.
///
/// Thread-safe: everything is done on its loop, in the order of asking.
public final class MemoryBroker implements Broker {
  private final Loop loop;
  private final InstantSource clock;
  private final Set<String> subscribed = new HashSet<>();
  private final RecentIds ids = new RecentIds();
  private final Map<String, Log> logs = new HashMap<>();

  /// One epoch for all channels: none of them lived before this process.
  private final long epoch = newEpoch();

  /// Null until started.
  private volatile @Nullable BrokerEvents events;

  /// @param loop owns what the broker knows
  public MemoryBroker(Loop loop, InstantSource clock) {
    this.loop = loop;
    this.clock = clock;
  }

  private static long newEpoch() {
    return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
  }

  @Override
  public void start(BrokerEvents events) {
    this.events = events;
  }

  @Override
  public void publish(PublishRequest request, PublishCallback callback) {
    loop.execute(() -> onPublish(request, callback));
  }

  private void onPublish(PublishRequest request, PublishCallback callback) {
    var id = request.id();
    if (id == null) {
      callback.onOutcome(store(request));
      return;
    }
    var hash = PayloadHash.of(request.publication());
    long now = clock.millis();
    var seen = ids.find(request, id, now);
    if (seen == null) {
      var outcome = store(request);
      ids.add(request, id, hash, outcome, now);
      callback.onOutcome(outcome);
    } else {
      callback.onOutcome(
          Arrays.equals(seen.hash(), hash) ? seen.outcome() : Failed.ID_CONFLICT);
    }
  }

  private Stored store(PublishRequest request) {
    var publication = request.publication();
    var outcome = Stored.NOWHERE;
    if (request.retention().keeps()) {
      publication = logOf(request.channel()).append(
          publication, request.retention(), clock.millis());
      outcome = new Stored(publication.position());
    }
    deliver(request.channel(), publication);
    return outcome;
  }

  private void deliver(String channel, Publication publication) {
    if (subscribed.contains(channel)) {
      events().onPublication(channel, publication);
    }
  }

  /// Tells those who are subscribed to a channel who joins and leaves, in order with its
  /// publications.
  ///
  /// @param event to which it is for the broker to add where the channel stands
  public void tell(String channel, PresenceEvent event) {
    loop.run(() -> {
      if (subscribed.contains(channel)) {
        var log = logs.get(channel);
        events().onPresence(channel, event.at(log == null ? null : log.top()));
      }
    });
  }

  private Log logOf(String channel) {
    return logs.computeIfAbsent(channel, _ -> new Log(epoch));
  }

  @Override
  public void read(HistoryRequest request, HistoryCallback callback) {
    loop.execute(() -> callback.onHistory(
        logOf(request.channel()).read(request, clock.millis())));
  }

  @Override
  public void subscribe(String channel) {
    loop.execute(() -> {
      subscribed.add(channel);
      events().onSubscribed(channel);
    });
  }

  @Override
  public void unsubscribe(String channel) {
    loop.execute(() -> {
      subscribed.remove(channel);
      events().onUnsubscribed(channel);
    });
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void close() {
    loop.execute(subscribed::clear);
  }

  private BrokerEvents events() {
    var started = events;
    if (started == null) {
      throw new IllegalStateException("broker: not started (expected: start() before anything)");
    }
    return started;
  }
}
