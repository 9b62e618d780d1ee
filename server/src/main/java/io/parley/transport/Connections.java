package io.parley.transport;

import io.netty.channel.unix.Errors.NativeIoException;
import io.parley.config.LimitSettings;
import io.parley.deflate.Inflation;
import io.parley.frame.Holders;
import io.parley.hub.Shard;
import io.parley.log.QuietLog;
import io.parley.metric.HighWater;
import io.parley.metric.Limit;
import io.parley.outbox.FullSockets;
import io.parley.outbox.SocketWriter;
import io.parley.session.CloseCode;
import io.parley.session.Session;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The connections of one shard. One sweep a second looks at all of them, for pings and for what
/// has waited too long, so that an idle connection has no timer.
///
/// Confined to the shard's loop, but for [#count].
final class Connections {
  private static final long SWEEP_MILLIS = 1_000;

  /// Linux' number for a connection whose other end has been silent for too long.
  private static final int ETIMEDOUT = 110;
  private static final QuietLog QUIET = new QuietLog(Connections.class, System::nanoTime);

  private final Shard shard;
  private final Routes routes;
  private final LimitSettings limits;

  /// For all connections that compress; null: none may.
  private final @Nullable Inflation inflation;
  private final SocketWriter writer;
  private final Budgets budgets;
  private final Streams streams;
  private final FullSockets fullSockets;
  private final Holders holders;
  private final TransportMeters meters;
  private final HighWater outboxHighest;
  private final List<Client> all = new ArrayList<>();

  /// How many there are. Others read it.
  private final AtomicInteger count = new AtomicInteger();

  /// Counts seconds, as far as the sweep sees them, and when the present one began.
  private int second;
  private long secondSinceNanos = System.nanoTime();
  private boolean isShuttingDown;
  private boolean isClosed;

  Connections(
      Shard shard, Routes routes, TransportSettings settings, Budgets budgets,
      Streams streams, TransportMeters meters) {
    this.shard = shard;
    this.budgets = budgets;
    this.streams = streams;
    this.fullSockets = new FullSockets(shard.loop(), budgets.outbound());
    this.holders = new Holders(budgets.inbound());
    this.meters = meters;
    this.outboxHighest = meters.outboxHighest();
    this.writer = new SocketWriter(meters.sent, meters.writes);
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

  Budgets budgets() {
    return budgets;
  }

  /// Those of all shards.
  Streams streams() {
    return streams;
  }

  FullSockets fullSockets() {
    return fullSockets;
  }

  /// Whoever keeps something of what clients have sent.
  Holders holders() {
    return holders;
  }

  TransportMeters meters() {
    return meters;
  }

  /// A number that changes once a second, for what is counted per second.
  int second() {
    return second;
  }

  /// This much is queued for a socket that is full.
  void onQueued(int bytes) {
    outboxHighest.raise(bytes);
  }

  /// The node is closing a connection.
  void onClosing(CloseCode code, String reason, InetAddress client) {
    meters.closed(code);
    if (code != CloseCode.SHUTDOWN) {
      tellOfClosing(code, code.code(), reason, client);
    }
  }

  /// The node is closing a connection because the backend wants it.
  void onDisconnecting(int code, String reason, InetAddress client) {
    meters.closed(CloseCode.FORCED);
    tellOfClosing(CloseCode.FORCED, code, reason, client);
  }

  private static void tellOfClosing(Object kind, int code, String reason, InetAddress client) {
    QUIET.tell(kind, () -> "close " + code + " " + reason + ", client "
        + client.getHostAddress());
  }

  /// A bug ends a connection.
  void onBug(Throwable bug) {
    meters.bugs.increment();
    QUIET.alarm("connection ended by a bug", bug);
  }

  /// The network has given a client up.
  void onBroken(Throwable cause) {
    if (cause instanceof NativeIoException failed && -failed.expectedErr() == ETIMEDOUT) {
      meters.metrics.hit(Limit.TCP_USER_TIMEOUT);
    }
  }

  int count() {
    return count.get();
  }

  void add(Client client) {
    client.index = all.size();
    all.add(client);
    count.incrementAndGet();
    if (isShuttingDown) {
      // Its handshake was under way when the others were asked to go.
      shard.loop().execute(client::shutDown);
    }
  }

  void remove(Client client) {
    var last = all.removeLast();
    if (last.index != client.index) {
      all.set(client.index, last);
      last.index = client.index;
    }
    count.decrementAndGet();
  }

  private void sweep(long pause) {
    if (isClosed) {
      return;
    }
    // Asked before the next sweep is: so that it finds a second gone.
    long now = System.nanoTime();
    shard.loop().schedule(() -> sweep(pause), pause);
    if (now - secondSinceNanos >= TimeUnit.SECONDS.toNanos(1)) {
      second++;
      secondSinceNanos = now;
    }
    fullSockets.look();
    long unixSeconds = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
    Consumer<Client> look = client -> client.onSweep(now, unixSeconds);
    // Backwards: whoever is removed meanwhile gives his place to one who has been seen.
    for (int i = all.size() - 1; i >= 0; i--) {
      guarded(all.get(i), look);
    }
  }

  /// Does something to one connection of many. A bug in it must not keep the others from it.
  private static void guarded(Client client, Consumer<Client> action) {
    try {
      action.accept(client);
    } catch (RuntimeException bug) {
      client.onBug(bug);
    }
  }

  /// Asks all connections to go elsewhere, in batches of one size, as small as the period allows.
  /// Where there are few, the last goes long before the period is over.
  void shutDown(long periodMillis) {
    isShuttingDown = true;
    long stepMillis = 50;
    int steps = (int) Math.max(1, periodMillis / stepMillis);
    shutDownNext(List.copyOf(all), 0, Math.ceilDiv(Math.max(1, all.size()), steps), stepMillis);
  }

  private void shutDownNext(List<Client> going, int from, int batch, long stepMillis) {
    int to = Math.min(going.size(), from + batch);
    for (int i = from; i < to; i++) {
      guarded(going.get(i), Client::shutDown);
    }
    if (to < going.size()) {
      shard.loop().schedule(() -> shutDownNext(going, to, batch, stepMillis), stepMillis);
    }
  }

  /// Shows all connections that have a session, which may be closed meanwhile.
  void forEachSession(BiConsumer<Client, Session> visitor) {
    assert shard.loop().inLoop();
    // Backwards: whoever is removed meanwhile gives his place to one who has been seen.
    for (int i = all.size() - 1; i >= 0; i--) {
      guarded(all.get(i), connection -> {
        var session = connection.session();
        if (session != null) {
          visitor.accept(connection, session);
        }
      });
    }
  }

  /// Closes what is left, without a word.
  void close() {
    isClosed = true;
    List.copyOf(all).forEach(Client::abort);
    writer.release();
    if (inflation != null) {
      inflation.close();
    }
  }

  static long nanos(Duration duration) {
    return TimeUnit.MILLISECONDS.toNanos(duration.toMillis());
  }
}
