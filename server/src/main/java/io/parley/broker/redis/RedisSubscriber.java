package io.parley.broker.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.parley.broker.BrokerEvents;
import io.parley.channel.Publication;
import io.parley.loop.Loop;
import io.parley.redis.RedisConnector;
import io.parley.redis.RedisLink;
import io.parley.redis.RedisLink.LinkSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The half of the broker that subscribes: Redis is told of exactly the channels that are wanted.
///
/// Channels wait in a queue and go out in commands of many channels, few of which are unconfirmed
/// at a time; so the hundred thousand of a node that has just got its connection back don't hit
/// Redis at once. A channel counts as subscribed when Redis has confirmed it.
///
/// Events go out on the thread that Redis' answers are read on, so that a channel's confirmation
/// and its publications keep their order; only the book-keeping goes to the loop.
///
/// Confined to its loop, but for what says otherwise.
final class RedisSubscriber
    implements
      RedisLink.Events<StatefulRedisPubSubConnection<String, Optional<Publication>>> {
  private static final Logger LOG = System.getLogger(RedisSubscriber.class.getName());
  private static final int CHANNELS_PER_COMMAND = 500;
  private static final int UNCONFIRMED_MAX = 1_000;

  private enum State {
    QUEUED, SENT, CONFIRMED
  }

  private final Loop loop;
  private final BrokerEvents events;
  private final RedisLink<StatefulRedisPubSubConnection<String, Optional<Publication>>> link;
  private final Map<String, State> wanted = new HashMap<>();

  /// Channels to subscribe, oldest first. Some may not be wanted any more, or be sent already.
  private final ArrayDeque<String> toSubscribe = new ArrayDeque<>();
  private final ArrayDeque<String> toUnsubscribe = new ArrayDeque<>();

  /// Channels whose end was asked for and isn't confirmed; the connection's end confirms it, too.
  private final Set<String> unsubscribing = new HashSet<>();

  /// Null while there is no connection.
  private @Nullable StatefulRedisPubSubConnection<String, Optional<Publication>> connection;
  /// The connection's; null while there is none.
  private @Nullable Listener listener;
  private int unconfirmed;

  /// How many channels of those that were wanted when the connection came have to be confirmed
  /// until everything is as before. They are the first in the queue.
  private int behind;

  /// Whether all channels that were wanted when the connection came are subscribed. Others read it.
  private volatile boolean caughtUp;
  private boolean pumpAsked;

  RedisSubscriber(
      RedisConnector connector, Loop loop, Keys keys, RedisBrokerSettings settings,
      BrokerEvents events) {
    this.loop = loop;
    this.events = events;
    var codec = new PubSubCodec(keys);
    this.link = new RedisLink<>(loop, () -> connector.connectPubSub(codec),
        opened -> opened.async().ping(), this,
        new LinkSettings("subscribing", settings.pingInterval(), settings.timeout()));
  }

  void start() {
    link.start();
  }

  CompletableFuture<?> close() {
    return link.close();
  }

  /// May be called from any thread.
  boolean isCaughtUp() {
    return caughtUp;
  }

  /// May be called from any thread.
  void subscribe(String channel) {
    loop.run(() -> {
      wanted.put(channel, State.QUEUED);
      if (connection != null) {
        toSubscribe.add(channel);
        askForPump();
      }
    });
  }

  /// May be called from any thread.
  void unsubscribe(String channel) {
    loop.run(() -> {
      var state = wanted.remove(channel);
      if (connection == null || state == null || state == State.QUEUED) {
        events.onUnsubscribed(channel);
      } else {
        unsubscribing.add(channel);
        toUnsubscribe.add(channel);
        askForPump();
      }
    });
  }

  private void askForPump() {
    if (!pumpAsked) {
      pumpAsked = true;
      loop.atTickEnd(this::pump);
    }
  }

  private void pump() {
    pumpAsked = false;
    var open = connection;
    if (open == null) {
      return;
    }
    while (!toUnsubscribe.isEmpty()) {
      var channels = new ArrayList<String>();
      while (channels.size() < CHANNELS_PER_COMMAND && !toUnsubscribe.isEmpty()) {
        channels.add(toUnsubscribe.remove());
      }
      open.async().unsubscribe(channels.toArray(String[]::new));
    }
    while (!toSubscribe.isEmpty() && unconfirmed < UNCONFIRMED_MAX) {
      var channels = new ArrayList<String>();
      while (channels.size() < CHANNELS_PER_COMMAND && !toSubscribe.isEmpty()) {
        var channel = toSubscribe.remove();
        if (wanted.replace(channel, State.QUEUED, State.SENT)) {
          channels.add(channel);
        } else {
          caughtUpBy(1);
        }
      }
      unconfirmed += channels.size();
      if (!channels.isEmpty()) {
        open.async().subscribe(channels.toArray(String[]::new))
            .exceptionally(failure -> onRefused(open, failure));
      }
    }
  }

  /// Redis doesn't let us have the channels, or the connection broke meanwhile. Without them the
  /// node isn't ready; the link opens another connection, which tries again.
  private @Nullable Void onRefused(
      StatefulRedisPubSubConnection<String, Optional<Publication>> by, Throwable failure) {
    loop.run(() -> {
      if (by.equals(connection)) {
        LOG.log(Level.WARNING, "redis subscribing: refused: " + failure.getMessage());
        caughtUp = false;
        by.closeAsync();
      }
    });
    return null;
  }

  private void caughtUpBy(int channels) {
    behind = Math.max(0, behind - channels);
    if (behind == 0) {
      caughtUp = true;
    }
  }

  @Override
  public void onUp(StatefulRedisPubSubConnection<String, Optional<Publication>> opened) {
    connection = opened;
    listener = new Listener(opened);
    opened.addListener(listener);
    unconfirmed = 0;
    toSubscribe.addAll(wanted.keySet());
    behind = toSubscribe.size();
    caughtUpBy(0);
    askForPump();
  }

  @Override
  public void onDown() {
    connection = null;
    if (listener != null) {
      listener.isOver = true;
      listener = null;
    }
    caughtUp = false;
    toSubscribe.clear();
    toUnsubscribe.clear();
    wanted.replaceAll((channel, state) -> State.QUEUED);
    unsubscribing.forEach(events::onUnsubscribed);
    unsubscribing.clear();
    events.onInterrupted();
  }

  private void onConfirmed(
      StatefulRedisPubSubConnection<String, Optional<Publication>> by, String channel) {
    if (!by.equals(connection)) {
      return;
    }
    wanted.replace(channel, State.SENT, State.CONFIRMED);
    unconfirmed--;
    caughtUpBy(1);
    if (!toSubscribe.isEmpty()) {
      askForPump();
    }
  }

  /// Called on the thread that the connection's answers are read on.
  private final class Listener extends RedisPubSubAdapter<String, Optional<Publication>> {
    private final StatefulRedisPubSubConnection<String, Optional<Publication>> from;

    /// Whether the connection was given up: what still comes from it is too late. The loop sets it.
    volatile boolean isOver;

    Listener(StatefulRedisPubSubConnection<String, Optional<Publication>> from) {
      this.from = from;
    }

    @Override
    public void message(String channel, Optional<Publication> message) {
      if (isOver) {
        return;
      }
      if (message.isPresent()) {
        events.onPublication(channel, message.get());
      } else {
        LOG.log(Level.DEBUG, "redis subscribing: a message that is no publication was dropped");
      }
    }

    @Override
    public void subscribed(String channel, long count) {
      if (isOver) {
        return;
      }
      events.onSubscribed(channel);
      loop.run(() -> onConfirmed(from, channel));
    }

    @Override
    public void unsubscribed(String channel, long count) {
      if (isOver) {
        return;
      }
      events.onUnsubscribed(channel);
      loop.run(() -> unsubscribing.remove(channel));
    }
  }
}
