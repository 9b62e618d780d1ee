package io.parley.broker.memory;

import io.parley.broker.Broker;
import io.parley.broker.BrokerEvents;
import io.parley.broker.History;
import io.parley.broker.HistoryCallback;
import io.parley.broker.HistoryRequest;
import io.parley.broker.PayloadHash;
import io.parley.broker.PublishCallback;
import io.parley.broker.PublishOutcome.Failed;
import io.parley.broker.PublishOutcome.Stored;
import io.parley.broker.PublishRequest;
import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.loop.Loop;
import io.parley.metric.Limit;
import io.parley.metric.Metrics;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The broker of a node that runs alone: a publication goes straight back to the node's own feeds.
/// What it knows dies with the process, and until then a channel's count is never forgotten.
///
/// What it keeps is bounded by each channel's retention and, as a whole, by a budget: beyond, what
/// was said before the longest silence goes first. Only the counts stay, one for each channel.
///
/// Thread-safe: everything is done on its loop, in the order of asking.
public final class MemoryBroker implements Broker {
  private final Loop loop;
  private final InstantSource clock;
  private final Set<String> subscribed = new HashSet<>();
  private final RecentIds ids = new RecentIds();

  /// The one in which something was said last comes last.
  private final SequencedMap<String, Log> logs = new LinkedHashMap<>();
  private final long mostBytes;
  private final Metrics metrics;
  private long bytes;

  /// One epoch for all channels: none of them lived before this process.
  private final long epoch = newEpoch();

  /// Null until started.
  private volatile @Nullable BrokerEvents events;

  /// @param loop owns what the broker knows
  /// @param mostBytes that all channels together keep
  public MemoryBroker(Loop loop, InstantSource clock, long mostBytes, Metrics metrics) {
    this.mostBytes = mostBytes;
    this.metrics = metrics;
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
      publication = keep(request, publication);
      outcome = new Stored(publication.position());
    }
    deliver(request.channel(), publication);
    return outcome;
  }

  private Publication keep(PublishRequest request, Publication publication) {
    var log = logOf(request.channel());
    logs.putLast(request.channel(), log);
    long before = log.bytes();
    var placed = log.append(publication, request.retention(), clock.millis());
    bytes += log.bytes() - before;
    if (bytes > mostBytes) {
      metrics.hit(Limit.HISTORY_MEMORY_BYTES);
      for (var silent = logs.values().iterator(); bytes > mostBytes && silent.hasNext();) {
        forget(silent.next());
      }
    }
    return placed;
  }

  private void forget(Log log) {
    long before = log.bytes();
    long most = Math.max(0, before - (bytes - mostBytes));
    while (log.bytes() > most && !log.isEmpty()) {
      log.forgetOldest();
    }
    bytes += log.bytes() - before;
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
    loop.execute(() -> {
      var log = logs.get(request.channel());
      if (log == null) {
        callback.onHistory(new History(new Position(epoch, 0), History.NO_BASE, List.of()));
        return;
      }
      long before = log.bytes();
      var history = log.read(request, clock.millis());
      bytes += log.bytes() - before;
      callback.onHistory(history);
    });
  }

  @Override
  public void removeHistory(String channel, Consumer<Boolean> isDone) {
    loop.execute(() -> {
      var log = logs.get(channel);
      while (log != null && !log.isEmpty()) {
        long before = log.bytes();
        log.forgetOldest();
        bytes += log.bytes() - before;
      }
      isDone.accept(true);
    });
  }

  @Override
  public void fence(Consumer<Boolean> hasPassed) {
    loop.execute(() -> hasPassed.accept(true));
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
