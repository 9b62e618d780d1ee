package io.parley.presence.memory;

import io.micrometer.core.instrument.Counter;
import io.parley.channel.ClientInfo;
import io.parley.channel.PresenceEvent;
import io.parley.loop.Loop;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.presence.Clients;
import io.parley.presence.ClientsCallback;
import io.parley.presence.Departures;
import io.parley.presence.Presence;
import io.parley.presence.PresenceRules;
import io.parley.presence.Who;
import io.parley.presence.WhoCallback;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/// The presence of a node that runs alone. What happens in a tick is told at its end; in a large
/// channel once a second.
///
/// Thread-safe: everything is done on its loop, in the order of asking.
public final class MemoryPresence implements Presence {
  private static final long MAINTENANCE_MILLIS = 100;
  private static final long BATCH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Loop loop;
  private final PresenceRules rules;
  private final BiConsumer<String, PresenceEvent> told;
  private final LongSupplier nanoClock;
  private final Metrics metrics;
  private final Counter changes;
  private final Departures departures;
  private final Map<String, Attendance> channels = new HashMap<>();

  /// The highest version that a channel had when its last one left. Versions of all channels go on
  /// above it, so that none starts again.
  private long version;

  /// Channels with changes that nobody was told of.
  private final Set<Attendance> untold = new LinkedHashSet<>();

  /// Other threads read it.
  private final AtomicInteger members = new AtomicInteger();
  private boolean tellingAsked;
  private boolean isClosed;

  /// @param told is told what has changed, on the loop; where the channel stands is for it to add
  /// @param nanoClock monotonic time
  public MemoryPresence(Loop loop, PresenceRules rules, BiConsumer<String, PresenceEvent> told,
      LongSupplier nanoClock, Metrics metrics) {
    this.loop = loop;
    this.rules = rules;
    this.told = told;
    this.nanoClock = nanoClock;
    this.metrics = metrics;
    this.changes = metrics.counter(Metric.PRESENCE_CHANGES);
    this.departures = new Departures(rules.leaveDelay());
    metrics.sum(Metric.PRESENCE_MEMBERS, members::get);
    loop.run(this::maintain);
  }

  @Override
  public void join(String channel, ClientInfo client) {
    loop.execute(() -> {
      if (!isClosed) {
        departures.callOff(channel, client.client());
        var attendance = channels.computeIfAbsent(channel,
            name -> new Attendance(name, version, nanoClock.getAsLong()));
        if (attendance.join(client)) {
          members.incrementAndGet();
        }
        onChange(attendance);
      }
    });
  }

  @Override
  public void leave(String channel, UUID client) {
    loop.execute(() -> onLeave(channel, client));
  }

  private void onLeave(String channel, UUID client) {
    departures.callOff(channel, client);
    var attendance = channels.get(channel);
    if (attendance != null && attendance.leave(client)) {
      members.decrementAndGet();
      onChange(attendance);
    }
  }

  @Override
  public void leaveLater(String channel, UUID client) {
    loop.execute(() -> {
      var attendance = channels.get(channel);
      if (rules.leaveDelay().isZero()) {
        onLeave(channel, client);
      } else if (attendance != null && attendance.has(client)) {
        departures.add(channel, client, nanoClock.getAsLong());
      }
    });
  }

  @Override
  public void who(String channel, WhoCallback callback) {
    loop.execute(() -> {
      var attendance = channels.get(channel);
      callback.onWho(attendance == null
          ? new Who(version, 0, 0, Map.of(), true)
          : shown(attendance));
    });
  }

  @Override
  public void clients(String channel, int most, ClientsCallback callback) {
    loop.execute(() -> {
      var attendance = channels.get(channel);
      if (attendance == null) {
        callback.onClients(new Clients(List.of(), true));
        return;
      }
      tell(attendance);
      callback.onClients(attendance.some(most));
    });
  }

  private Who shown(Attendance attendance) {
    // What is known now may not have been told yet.
    tell(attendance);
    var users = attendance.users();
    if (users.size() <= rules.whoUsers()) {
      return new Who(attendance.version(), attendance.clients(), users.size(), users, true);
    }
    metrics.hit(Limit.PRESENCE_WHO_USERS);
    var some = new LinkedHashMap<String, Integer>();
    users.entrySet().stream().limit(rules.whoUsers())
        .forEach(each -> some.put(each.getKey(), each.getValue()));
    return new Who(attendance.version(), attendance.clients(), users.size(), some, false);
  }

  /// Whoever could come back would have to come here, so there is nothing to wait for.
  @Override
  public CompletableFuture<?> settle() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<?> close() {
    var closed = new CompletableFuture<Void>();
    loop.execute(() -> {
      isClosed = true;
      channels.clear();
      untold.clear();
      members.set(0);
      closed.complete(null);
    });
    return closed;
  }

  private void onChange(Attendance attendance) {
    untold.add(attendance);
    if (!tellingAsked) {
      tellingAsked = true;
      loop.atTickEnd(this::tellAll);
    }
  }

  private void tellAll() {
    tellingAsked = false;
    long now = nanoClock.getAsLong();
    Set.copyOf(untold).stream().filter(each -> each.notBeforeNanos() - now <= 0)
        .forEach(this::tell);
  }

  private void tell(Attendance attendance) {
    if (!untold.remove(attendance)) {
      return;
    }
    var event = attendance.takeEvent(rules.batchFrom(), rules.batchNames());
    if (event != null) {
      changes.increment(event.changes().size() + event.hidden());
      if (event.clients() > rules.batchFrom()) {
        attendance.holdUntil(nanoClock.getAsLong() + BATCH_NANOS);
      }
      if (rules.tells().test(attendance.channel())) {
        told.accept(attendance.channel(), event);
      }
    }
    if (attendance.isOver() && channels.remove(attendance.channel(), attendance)) {
      version = Math.max(version, attendance.version());
    }
  }

  /// How many channels it keeps. On its loop.
  int channels() {
    return channels.size();
  }

  private void maintain() {
    boolean areMoreDue = departures.takeDue(nanoClock.getAsLong(), this::onLeave);
    tellAll();
    if (!isClosed) {
      loop.schedule(this::maintain, areMoreDue ? 0 : MAINTENANCE_MILLIS);
    }
  }
}
