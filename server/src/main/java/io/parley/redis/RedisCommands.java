package io.parley.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.micrometer.core.instrument.Timer;
import io.parley.loop.Loop;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.redis.RedisLink.LinkSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A connection for commands, and the commands on it that have no answer yet.
///
/// # One write per tick
///
/// What is sent during a tick of the loop is written to Redis at its end, in one go.
///
/// # Every command has one end
///
/// Commands wait in the order of sending. A reply ends one; so does the timeout, which looks at the
/// oldest only; so does a broken connection, which ends all of them as unknown. A reply that comes
/// after that is ignored. Nothing is sent a second time by us.
///
/// One that has ended as unknown may still be on its way. With a [#fence] it is done before
/// anything that is sent on the next connection, or never.
///
/// How much may wait is for the senders to bound, who know what it weighs.
///
/// # Scripts
///
/// A connection may be used once its scripts are loaded: Redis forgets them when it restarts. If it
/// forgets them while the connection lives, they are loaded again.
///
/// Confined to its loop; [#start], [#close] and [#isOpen] may be called from any thread.
public final class RedisCommands
    implements
      RedisLink.Events<StatefulRedisConnection<byte[], byte[]>> {
  private static final long SWEEP_MILLIS = 250;
  private static final String SCRIPT_GONE = "NOSCRIPT";
  private static final String REPLICA = "READONLY";

  private final Loop loop;
  private final Metrics metrics;
  private final Timer roundTrip;
  private final List<Script> scripts;
  private final long timeoutNanos;
  private final RedisLink<StatefulRedisConnection<byte[], byte[]>> link;

  /// Commands in the order of sending; those at the head may have ended.
  private final ArrayDeque<Sent<?>> pending = new ArrayDeque<>();

  /// The connection that may be used: its scripts are loaded. Other threads read whether there is
  /// one.
  private volatile @Nullable StatefulRedisConnection<byte[], byte[]> open;

  /// The connection on which scripts are being loaded; null if on none.
  private @Nullable StatefulRedisConnection<byte[], byte[]> loading;

  /// The connection that is up and may not be used before the fence is passed; null if there is
  /// none.
  private @Nullable StatefulRedisConnection<byte[], byte[]> arriving;

  /// Null: what was sent on one connection may be done after what is sent on the next.
  private @Nullable Fence fence;
  private boolean flushAsked;
  private boolean isClosed;
  private final List<Watcher> watchers = new ArrayList<>();

  /// Is told when commands can be sent, on the loop.
  public interface Watcher {
    /// From here on they can, perhaps to another Redis than before.
    void onOpen();

    /// They can't any more; what was sent and not answered has ended as unknown.
    void onLost();
  }

  /// Is told, once, how a command ended; on the loop.
  ///
  /// @param <T> what Redis answers
  public interface End<T> {
    /// Redis has done it.
    ///
    /// @param answer null for an answer without a value
    void onAnswer(@Nullable T answer);

    /// Redis has not done it.
    ///
    /// @param error as it said
    void onRefused(String error);

    /// It may have done it or not: there was no answer in time, or is no connection.
    void onUnknown();
  }

  /// @param scripts what is called by digest on this connection
  public RedisCommands(
      RedisConnector connector, Loop loop, LinkSettings settings, List<Script> scripts,
      Metrics metrics) {
    this.loop = loop;
    this.metrics = metrics;
    this.roundTrip = metrics.timer(Metric.REDIS_ROUND_TRIP, "");
    this.scripts = List.copyOf(scripts);
    this.timeoutNanos = settings.pingTimeout().toNanos();
    this.link = new RedisLink<>(loop, connector::connect, this, settings, metrics);
  }

  /// Before the start.
  public void watch(Watcher watcher) {
    watchers.add(watcher);
  }

  /// Before the start: from the first command on a connection on, nothing is done any more of what
  /// was sent on the one before.
  public void fence() {
    fence = new Fence(loop);
  }

  public void start() {
    link.start();
    loop.run(this::sweep);
  }

  /// Whether commands can be sent just now.
  public boolean isOpen() {
    return open != null;
  }

  /// How long a command may take: after that long nothing is to be expected any more.
  public long timeoutNanos() {
    return timeoutNanos;
  }

  /// Sends a command at the end of this tick.
  public <T> void send(CommandType type, CommandArgs<byte[], byte[]> args,
      CommandOutput<byte[], byte[], T> output, End<T> end) {
    assert loop.inLoop();
    var connection = open;
    if (connection == null || isClosed) {
      end.onUnknown();
      return;
    }
    var command = new Sent<>(type, args, output, end);
    command.isTimed = !flushAsked;
    pending.add(command);
    connection.dispatch(command);
    if (!flushAsked) {
      flushAsked = true;
      loop.atTickEnd(this::flush);
    }
  }

  private void flush() {
    flushAsked = false;
    var connection = open;
    if (connection != null) {
      connection.flushCommands();
    }
  }

  @Override
  public void onUp(StatefulRedisConnection<byte[], byte[]> connection) {
    var passed = fence;
    if (passed == null) {
      loadScripts(connection);
      return;
    }
    arriving = connection;
    passed.pass(connection, () -> {
      if (connection.equals(arriving)) {
        loadScripts(connection);
      }
    });
  }

  private void loadScripts(StatefulRedisConnection<byte[], byte[]> connection) {
    if (connection.equals(loading)) {
      return;
    }
    loading = connection;
    loadNext(connection, scripts.iterator());
  }

  private void loadNext(
      StatefulRedisConnection<byte[], byte[]> connection, Iterator<Script> rest) {
    if (!rest.hasNext()) {
      loading = null;
      boolean isNew = open == null;
      open = connection;
      link.usable(connection);
      if (isNew) {
        watchers.forEach(Watcher::onOpen);
      }
      return;
    }
    connection.async().scriptLoad(rest.next().source())
        .whenComplete((digest, failure) -> loop.run(() -> {
          if (!connection.equals(loading)) {
            return;
          }
          if (failure == null) {
            loadNext(connection, rest);
          } else {
            loading = null;
            link.giveUp(connection, "SCRIPT LOAD", failure);
          }
        }));
    connection.flushCommands();
  }

  @Override
  public void onDown() {
    open = null;
    loading = null;
    arriving = null;
    while (!pending.isEmpty()) {
      pending.remove().endAsUnknown();
    }
    watchers.forEach(Watcher::onLost);
  }

  private void sweep() {
    long deadline = System.nanoTime() - timeoutNanos;
    while (!pending.isEmpty()
        && (pending.peek().isEnded || pending.peek().sinceNanos - deadline <= 0)) {
      var oldest = pending.remove();
      if (!oldest.isEnded) {
        metrics.hit(Limit.REDIS_TIMEOUT);
        oldest.endAsUnknown();
      }
    }
    if (!isClosed) {
      loop.schedule(this::sweep, SWEEP_MILLIS);
    }
  }

  /// Whether a refusal is over with the next connection, or as soon as scripts are loaded again: a
  /// retry is all that it takes.
  public static boolean isPassing(String error) {
    return error.startsWith(SCRIPT_GONE) || error.startsWith(REPLICA);
  }

  private void onError(String error) {
    var connection = open;
    if (connection == null) {
      return;
    }
    if (error.startsWith(SCRIPT_GONE)) {
      loadScripts(connection);
    } else if (error.startsWith(REPLICA)) {
      // It isn't the primary any more, and the next connection may find that.
      link.giveUp(connection, error);
    }
  }

  /// Ends everything that is under way as unknown.
  public CompletableFuture<?> close() {
    loop.run(() -> {
      isClosed = true;
      onDown();
    });
    return link.close();
  }

  /// A command that reports to its sender without a future in between. Completed on the thread that
  /// answers are read on; the rest is confined to the loop.
  private final class Sent<T> extends Command<byte[], byte[], T> {
    private final End<T> end;
    private final long sinceNanos = System.nanoTime();

    /// Whether its round trip is measured: it is the first of those that leave together.
    boolean isTimed;
    boolean isEnded;

    Sent(CommandType type, CommandArgs<byte[], byte[]> args,
        CommandOutput<byte[], byte[], T> output, End<T> end) {
      super(type, output, args);
      this.end = end;
    }

    void endAsUnknown() {
      if (!isEnded) {
        isEnded = true;
        end.onUnknown();
      }
    }

    private void onReply() {
      if (isTimed) {
        roundTrip.record(System.nanoTime() - sinceNanos, TimeUnit.NANOSECONDS);
      }
      var error = getOutput().getError();
      if (!isEnded) {
        isEnded = true;
        if (error == null) {
          end.onAnswer(getOutput().get());
        } else {
          end.onRefused(error);
        }
      }
      if (error != null) {
        onError(error);
      }
      while (!pending.isEmpty() && pending.peek().isEnded) {
        pending.remove();
      }
    }

    @Override
    public void complete() {
      super.complete();
      loop.run(this::onReply);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
      loop.run(this::endAsUnknown);
      return super.completeExceptionally(failure);
    }

    @Override
    public void cancel() {
      super.cancel();
      loop.run(this::endAsUnknown);
    }
  }
}
