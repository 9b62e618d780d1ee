package io.parley.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.Counter;
import io.parley.log.Trouble;
import io.parley.loop.Loop;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps one connection to Redis open: opens it, asks it now and then whether it lives, and opens
/// the next one when it broke, after a random pause that grows from failure to failure ("full
/// jitter"), so that the nodes of a cluster don't come back in step.
///
/// A connection that is open isn't usable yet: Redis may be loading its data, or not let us do what
/// the connection is for. Its user gets it when it has answered a ping; when he says [#usable], the
/// pause is short again and the log is told that all is well.
///
/// Redis has to be a primary. One that was, and has become a replica, keeps its connections and
/// goes on to pass publications to its subscribers, so nothing looks wrong from here; but what is
/// published here reaches nobody else. So each ping asks, too, what it is.
///
/// Confined to its loop; [#start] and [#close] may be called from any thread.
///
/// @param <C> the kind of connection
public final class RedisLink<C extends StatefulRedisConnection<?, ?>> {
  private static final Logger LOG = System.getLogger(RedisLink.class.getName());
  private static final String PRIMARY = "role:master";
  private static final long PAUSE_MIN_MILLIS = 20;
  private static final long PAUSE_MAX_MILLIS = 1_000;

  private final Loop loop;
  private final Supplier<CompletionStage<C>> connector;
  private final Events<C> events;
  private final LinkSettings settings;
  private final Trouble trouble;
  private final Counter lost;

  /// Whether the connection does what it is for. Others read it.
  private volatile boolean isUsable;

  /// Null while there is none.
  private @Nullable C connection;
  private long pauseMillis = PAUSE_MIN_MILLIS;
  private boolean isClosed;

  /// Whether the connection has answered, and its user has it.
  private boolean isUp;

  /// How a link behaves.
  ///
  /// @param role what the link is for, in the log
  /// @param pingInterval how often it is asked whether it lives
  /// @param pingTimeout how long it may take to answer before it is given up
  public record LinkSettings(String role, Duration pingInterval, Duration pingTimeout) {}

  /// What a link reports, on its loop.
  public interface Events<C> {
    /// A connection is open and answers. It is the only one until [#onDown]. Who gets it says
    /// [RedisLink#usable] or [RedisLink#giveUp] when it is known which.
    void onUp(C connection);

    /// The connection is gone; what was sent on it and not answered has an unknown end.
    void onDown();
  }

  public RedisLink(
      Loop loop, Supplier<CompletionStage<C>> connector, Events<C> events, LinkSettings settings,
      Metrics metrics) {
    this.loop = loop;
    this.connector = connector;
    this.events = events;
    this.settings = settings;
    this.lost = metrics.counter(Metric.REDIS_LOST, settings.role());
    metrics.sum(Metric.REDIS_CONNECTED, settings.role(), () -> isUsable ? 1 : 0);
    this.trouble = new Trouble(LOG, "redis " + settings.role());
  }

  public void start() {
    loop.run(this::open);
  }

  /// Closes the connection and opens none any more.
  ///
  /// @return completes when the connection is closed
  public CompletableFuture<?> close() {
    var closed = new CompletableFuture<Void>();
    loop.run(() -> {
      isClosed = true;
      if (connection == null) {
        closed.complete(null);
      } else {
        connection.closeAsync().whenComplete((none, failure) -> closed.complete(null));
      }
    });
    return closed;
  }

  private void open() {
    if (isClosed) {
      return;
    }
    connector.get().whenComplete((opened, failure) -> loop.run(() -> {
      if (failure != null) {
        onFailure(failure);
      } else {
        onOpened(opened);
      }
    }));
  }

  private void onFailure(Throwable failure) {
    if (!isClosed) {
      trouble.tell("no connection, trying again: " + reasonOf(failure));
    }
    openLater();
  }

  private void openLater() {
    long pause = ThreadLocalRandom.current().nextLong(PAUSE_MIN_MILLIS, pauseMillis + 1);
    pauseMillis = Math.min(PAUSE_MAX_MILLIS, pauseMillis * 2);
    loop.schedule(this::open, pause);
  }

  private void onOpened(C opened) {
    if (isClosed) {
      opened.closeAsync();
      return;
    }
    connection = opened;
    opened.addListener(new RedisConnectionStateListener() {
      @Override
      public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
        loop.run(() -> onClosed(opened, "connection lost, trying again"));
      }
    });
    ping(opened);
    if (!opened.isOpen()) {
      // It broke before anybody listened.
      onClosed(opened, "connection lost, trying again");
    }
  }

  /// The connection does what it is for.
  public void usable(C prepared) {
    if (prepared.equals(connection)) {
      pauseMillis = PAUSE_MIN_MILLIS;
      isUsable = true;
      trouble.over("connected again");
    }
  }

  private void onClosed(C closed, String reason) {
    if (!closed.equals(connection)) {
      return;
    }
    connection = null;
    isUsable = false;
    if (!isClosed) {
      lost.increment();
      trouble.tell(reason);
    }
    if (isUp) {
      isUp = false;
      events.onDown();
    }
    openLater();
  }

  private void pingLater(C pinged) {
    loop.schedule(() -> ping(pinged), settings.pingInterval().toMillis());
  }

  private void ping(C pinged) {
    if (!pinged.equals(connection)) {
      return;
    }
    var deadline = loop.schedule(() -> giveUp(pinged, "PING: no answer"),
        settings.pingTimeout().toMillis());
    var commands = pinged.async();
    var pong = commands.ping();
    var replication = commands.info("replication");
    pinged.flushCommands();
    pong.whenComplete((answer, failure) -> loop.run(() -> {
      if (failure != null) {
        deadline.cancel();
        giveUp(pinged, "PING", failure);
      }
    }));
    replication.whenComplete((answer, failure) -> loop.run(() -> {
      deadline.cancel();
      if (failure != null) {
        giveUp(pinged, "INFO", failure);
      } else if (answer.contains(PRIMARY)) {
        onAnswer(pinged);
      } else {
        giveUp(pinged, "INFO: a replica (expected: a primary)");
      }
    }));
  }

  private void onAnswer(C pinged) {
    if (!pinged.equals(connection)) {
      return;
    }
    pingLater(pinged);
    if (!isUp) {
      isUp = true;
      events.onUp(pinged);
    }
  }

  /// Closes a connection on which a command failed that it can't do without, and opens another.
  public void giveUp(C useless, String command, Throwable failure) {
    // A command also fails because the connection broke; then that is the news.
    giveUp(useless, useless.isOpen() ? command + ": " + reasonOf(failure) : "connection lost");
  }

  /// Closes a connection that is of no use, and opens another. Its end is taken as known at once: a
  /// peer that is frozen would not confirm it.
  public void giveUp(C useless, String reason) {
    if (useless.equals(connection)) {
      onClosed(useless, reason + ", trying again");
      useless.closeAsync();
    }
  }

  /// What Redis answered, as it did; any other failure with its kind.
  private static String reasonOf(Throwable failure) {
    var root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    var answer = root instanceof RedisCommandExecutionException ? root.getMessage() : null;
    return answer == null ? root.toString() : answer;
  }
}
