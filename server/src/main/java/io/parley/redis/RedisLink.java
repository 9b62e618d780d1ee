package io.parley.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.parley.loop.Loop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps one connection to Redis open: opens it, asks it now and then whether it lives, and opens
/// the next one when it broke, after a random pause that grows from failure to failure ("full
/// jitter"), so that the nodes of a cluster don't come back in step.
///
/// Confined to its loop; [#start] and [#close] may be called from any thread.
///
/// @param <C> the kind of connection
public final class RedisLink<C extends StatefulConnection<?, ?>> {
  private static final Logger LOG = System.getLogger(RedisLink.class.getName());
  private static final long PAUSE_MIN_MILLIS = 20;
  private static final long PAUSE_MAX_MILLIS = 1_000;

  private final Loop loop;
  private final Supplier<CompletionStage<C>> connector;
  private final Function<C, CompletionStage<?>> ping;
  private final Events<C> events;
  private final LinkSettings settings;

  /// Null while there is none.
  private @Nullable C connection;
  private long pauseMillis = PAUSE_MIN_MILLIS;
  private boolean isClosed;

  /// Whether the last thing that was logged is that there is no connection: one line per change.
  private boolean warned;

  /// How a link behaves.
  ///
  /// @param role what the link is for, in the log
  /// @param pingInterval how often it is asked whether it lives
  /// @param pingTimeout how long it may take to answer before it is given up
  public record LinkSettings(String role, Duration pingInterval, Duration pingTimeout) {}

  /// What a link reports, on its loop.
  public interface Events<C> {
    /// A connection is open. It is the only one until [#onDown].
    void onUp(C connection);

    /// The connection is gone; what was sent on it and not answered has an unknown end.
    void onDown();
  }

  public RedisLink(
      Loop loop, Supplier<CompletionStage<C>> connector,
      Function<C, CompletionStage<?>> ping, Events<C> events, LinkSettings settings) {
    this.loop = loop;
    this.connector = connector;
    this.ping = ping;
    this.events = events;
    this.settings = settings;
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
    if (!warned && !isClosed) {
      warned = true;
      LOG.log(Level.WARNING, "redis " + settings.role() + ": no connection, trying again: "
          + rootOf(failure));
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
    pauseMillis = PAUSE_MIN_MILLIS;
    if (warned) {
      warned = false;
      LOG.log(Level.INFO, "redis " + settings.role() + ": connected again");
    }
    opened.addListener(new RedisConnectionStateListener() {
      @Override
      public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
        loop.run(() -> onClosed(opened));
      }
    });
    events.onUp(opened);
    pingLater(opened);
    if (!opened.isOpen()) {
      // It broke before anybody listened.
      onClosed(opened);
    }
  }

  private void onClosed(C closed) {
    if (!closed.equals(connection)) {
      return;
    }
    connection = null;
    if (!isClosed && !warned) {
      warned = true;
      LOG.log(Level.WARNING, "redis " + settings.role() + ": connection lost, trying again");
    }
    events.onDown();
    openLater();
  }

  private void pingLater(C pinged) {
    loop.schedule(() -> ping(pinged), settings.pingInterval().toMillis());
  }

  private void ping(C pinged) {
    if (!pinged.equals(connection)) {
      return;
    }
    var deadline = loop.schedule(() -> giveUp(pinged), settings.pingTimeout().toMillis());
    ping.apply(pinged).whenComplete((answer, failure) -> loop.run(() -> {
      deadline.cancel();
      if (failure == null) {
        pingLater(pinged);
      } else {
        giveUp(pinged);
      }
    }));
  }

  /// Closes a connection that doesn't answer. Its end is taken as known at once: a peer that is
  /// frozen would not confirm it.
  private void giveUp(C silent) {
    if (silent.equals(connection)) {
      silent.closeAsync();
      onClosed(silent);
    }
  }

  private static Throwable rootOf(Throwable failure) {
    var root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
