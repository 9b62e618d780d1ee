package io.parley.transport;

import io.parley.config.LimitSettings;
import io.parley.deflate.Inflation;
import io.parley.hub.Shard;
import io.parley.log.QuietLog;
import io.parley.metric.HighWater;
import io.parley.session.CloseCode;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The connections of one shard. One sweep a second looks at all of them, for pings and for what
/// has waited too long, so that an idle connection has no timer.
///
/// Confined to the shard's loop, but for [#count].
final class Connections {
  private static final long SWEEP_MILLIS = 1_000;
  private static final QuietLog QUIET = new QuietLog(Connections.class, System::nanoTime);

  private final Shard shard;
  private final Routes routes;
  private final LimitSettings limits;

  /// For all connections that compress; null: none may.
  private final @Nullable Inflation inflation;
  private final SocketWriter writer;
  private final TransportMeters meters;
  private final HighWater outboxHighest;
  private final List<Connection> all = new ArrayList<>();

  /// How many there are. Others read it.
  private final AtomicInteger count = new AtomicInteger();
  private boolean isShuttingDown;
  private boolean isClosed;

  Connections(
      Shard shard, Routes routes, TransportSettings settings, TransportMeters meters) {
    this.shard = shard;
    this.meters = meters;
    this.outboxHighest = meters.outboxHighest();
    this.writer = new SocketWriter(meters);
    this.routes = routes;
    this.limits = settings.limits();
    this.inflation = settings.compression() ? new Inflation(limits.messageBytes()) : null;
    shard.afterFlushes(writer::fire);
  }

  void start() {
    long pause = Math.min(SWEEP_MILLIS, limits.pongTimeout().toMillis() / 2 + 1);
    shard.loop().schedule(() -> sweep(pause), pause);
  }

  Shard shard() {
    return shard;
  }

  Routes routes() {
    return routes;
  }

  LimitSettings limits() {
    return limits;
  }

  /// What decompresses clients' messages; null: none may be compressed.
  @Nullable
  Inflation inflation() {
    return inflation;
  }

  SocketWriter writer() {
    return writer;
  }

  TransportMeters meters() {
    return meters;
  }

  /// This much is queued for a socket that is full.
  void onQueued(int bytes) {
    outboxHighest.raise(bytes);
  }

  /// The node is closing a connection.
  void onClosing(CloseCode code, String reason, InetAddress client) {
    meters.closed(code);
    if (code != CloseCode.SHUTDOWN) {
      QUIET.tell(code, () -> "close " + code.code() + " " + reason + ", client "
          + client.getHostAddress());
    }
  }

  int count() {
    return count.get();
  }

  void add(Connection connection) {
    connection.index = all.size();
    all.add(connection);
    count.incrementAndGet();
    if (isShuttingDown) {
      // Its handshake was under way when the others were asked to go.
      shard.loop().execute(connection::shutDown);
    }
  }

  void remove(Connection connection) {
    var last = all.removeLast();
    if (last != connection) {
      all.set(connection.index, last);
      last.index = connection.index;
    }
    count.decrementAndGet();
  }

  private void sweep(long pause) {
    if (isClosed) {
      return;
    }
    shard.loop().schedule(() -> sweep(pause), pause);
    long now = System.nanoTime();
    Consumer<Connection> look = connection -> connection.onSweep(now);
    // Backwards: whoever is removed meanwhile gives his place to one who has been seen.
    for (int i = all.size() - 1; i >= 0; i--) {
      guarded(all.get(i), look);
    }
  }

  /// Does something to one connection of many. A bug in it must not keep the others from it.
  private static void guarded(Connection connection, Consumer<Connection> action) {
    try {
      action.accept(connection);
    } catch (RuntimeException bug) {
      connection.onBug(bug);
    }
  }

  /// Asks all connections to go elsewhere, evenly spread over a period.
  void shutDown(long periodMillis) {
    isShuttingDown = true;
    long stepMillis = 50;
    int steps = (int) Math.max(1, periodMillis / stepMillis);
    shutDownNext(List.copyOf(all), 0, Math.ceilDiv(Math.max(1, all.size()), steps), stepMillis);
  }

  private void shutDownNext(List<Connection> going, int from, int batch, long stepMillis) {
    int to = Math.min(going.size(), from + batch);
    for (int i = from; i < to; i++) {
      guarded(going.get(i), Connection::shutDown);
    }
    if (to < going.size()) {
      shard.loop().schedule(() -> shutDownNext(going, to, batch, stepMillis), stepMillis);
    }
  }

  /// Closes what is left, without a word.
  void close() {
    isClosed = true;
    List.copyOf(all).forEach(Connection::abort);
    writer.release();
    if (inflation != null) {
      inflation.close();
    }
  }

  static long nanos(Duration duration) {
    return TimeUnit.MILLISECONDS.toNanos(duration.toMillis());
  }
}
