package io.parley.broker.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.parley.broker.BrokerEvents;
import io.parley.channel.ChannelEvent;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.loop.Loop;
import io.parley.metric.Metrics;
import io.parley.redis.RedisConnector;
import io.parley.redis.RedisLink;
import io.parley.redis.RedisLink.LinkSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The half of the broker that subscribes: Redis is told of exactly the channels that are wanted.
///
/// Channels wait in a queue and go out in commands of many channels, few of which are unconfirmed
/// at a time; so the hundred thousand of a node that has just got its connection back don't hit
/// Redis at once. A channel counts as subscribed when Redis has confirmed it.
///
/// A new connection first subscribes and unsubscribes a channel that doesn't exist: where Redis
/// doesn't allow that, a node that has no clients yet isn't ready either.
///
/// Events go out on the thread that Redis' answers are read on, so that a channel's confirmation
/// and its publications keep their order; only the book-keeping goes to the loop.
///
/// Confined to its loop, but for what says otherwise.
final class RedisSubscriber
    implements
      RedisLink.Events<StatefulRedisPubSubConnection<String, Optional<ChannelEvent>>> {
  private static final Logger LOG = System.getLogger(RedisSubscriber.class.getName());
  private static final int CHANNELS_PER_COMMAND = 500;
  private static final int UNCONFIRMED_MAX = 1_000;

  /// No channel has this name.
  private static final String PROBE = "";

  private enum State {
    QUEUED, SENT, CONFIRMED
  }

  private final Loop loop;
  private final BrokerEvents events;
  private final RedisLink<StatefulRedisPubSubConnection<String, Optional<ChannelEvent>>> link;
  private final Map<String, State> wanted = new HashMap<>();

  /// Channels to subscribe, oldest first: those that are wanted and queued.
  private final SequencedSet<String> toSubscribe = new LinkedHashSet<>();
  private final ArrayDeque<String> toUnsubscribe = new ArrayDeque<>();
  /// What is to run once all that Redis has sent by now has come.
  private final List<Consumer<Boolean>> fences = new ArrayList<>();

  /// Channels whose end was asked for and isn't confirmed; the connection's end confirms it, too.
  private final Set<String> unsubscribing = new HashSet<>();

  /// Null while there is no connection.
  private @Nullable StatefulRedisPubSubConnection<String, Optional<ChannelEvent>> connection;
  /// The connection's; null while there is none.
  private @Nullable Listener listener;
  private int unconfirmed;

  /// Channels that were wanted when the connection came, still are, and aren't confirmed; with the
  /// probe. Once it is empty, everything is as before.
  private final Set<String> behind = new HashSet<>();

  /// Whether there is a connection and nothing is behind. Other threads read it.
  private volatile boolean caughtUp;
  private boolean pumpAsked;

  RedisSubscriber(
      RedisConnector connector, Loop loop, Keys keys, RedisBrokerSettings settings,
      BrokerEvents events, Metrics metrics) {
    this.loop = loop;
    this.events = events;
    var codec = new PubSubCodec(keys);
    this.link = new RedisLink<>(loop, () -> connector.connectPubSub(codec), this,
        new LinkSettings("subscribing", settings.pingInterval(), settings.timeout()), metrics);
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
      // Else SUBSCRIBE might go out before UNSUBSCRIBE, which goes in pieces.
      assert !unsubscribing.contains(channel)
          : channel + ": subscribed again (expected: after onUnsubscribed)";
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
      toSubscribe.remove(channel);
      notBehind(channel);
      if (connection == null || state == null || state == State.QUEUED) {
        events.onUnsubscribed(channel);
      } else {
        unsubscribing.add(channel);
        toUnsubscribe.add(channel);
        askForPump();
      }
    });
  }

  /// May be called from any thread.
  void fence(Consumer<Boolean> hasPassed) {
    loop.run(() -> {
      if (connection == null) {
        hasPassed.accept(false);
      } else {
        fences.add(hasPassed);
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
    if (!toUnsubscribe.isEmpty()) {
      var channels = new ArrayList<String>();
      while (channels.size() < CHANNELS_PER_COMMAND && !toUnsubscribe.isEmpty()) {
        channels.add(toUnsubscribe.remove());
      }
      open.async().unsubscribe(channels.toArray(String[]::new))
          .exceptionally(failure -> onRefused(open, "UNSUBSCRIBE", failure));
      if (!toUnsubscribe.isEmpty()) {
        // Very many, as when a balancer has ended: the loop has others to serve.
        loop.execute(this::askForPump);
      }
    }
    if (!fences.isEmpty()) {
      var asked = List.copyOf(fences);
      fences.clear();
      // Redis writes its answer behind the messages that it has written to this connection.
      var hearing = listener;
      open.async().ping().whenComplete((pong, failure) -> {
        boolean isHeard = failure == null && hearing != null && !hearing.isOver;
        asked.forEach(one -> one.accept(isHeard));
        if (failure != null) {
          onRefused(open, "PING", failure);
        }
      });
    }
    // Only when a whole command may go out, so that confirmations that trickle in don't make many
    // small ones.
    while (!toSubscribe.isEmpty() && unconfirmed + CHANNELS_PER_COMMAND <= UNCONFIRMED_MAX) {
      var channels = new ArrayList<String>();
      while (channels.size() < CHANNELS_PER_COMMAND && !toSubscribe.isEmpty()) {
        var channel = toSubscribe.removeFirst();
        wanted.put(channel, State.SENT);
        channels.add(channel);
      }
      unconfirmed += channels.size();
      open.async().subscribe(channels.toArray(String[]::new))
          .exceptionally(failure -> onRefused(open, "SUBSCRIBE", failure));
    }
  }

  /// Redis doesn't let us have the channels, or the connection broke meanwhile. Without them the
  /// node isn't ready; the link opens another connection, which tries again.
  private @Nullable Void onRefused(
      StatefulRedisPubSubConnection<String, Optional<ChannelEvent>> by, String command,
      Throwable failure) {
    loop.run(() -> link.giveUp(by, command, failure));
    return null;
  }

  private void notBehind(String channel) {
    var open = connection;
    if (behind.remove(channel) && behind.isEmpty() && open != null) {
      caughtUp = true;
      link.usable(open);
    }
  }

  @Override
  public void onUp(StatefulRedisPubSubConnection<String, Optional<ChannelEvent>> opened) {
    connection = opened;
    listener = new Listener(opened);
    opened.addListener(listener);
    unconfirmed = 0;
    behind.add(PROBE);
    behind.addAll(wanted.keySet());
    toSubscribe.addAll(wanted.keySet());
    opened.async().subscribe(PROBE)
        .exceptionally(failure -> onRefused(opened, "SUBSCRIBE", failure));
    opened.async().unsubscribe(PROBE)
        .exceptionally(failure -> onRefused(opened, "UNSUBSCRIBE", failure));
    askForPump();
  }

  @Override
  public void onDown() {
    connection = null;
    if (listener != null) {
      listener.end();
      listener = null;
    }
    caughtUp = false;
    behind.clear();
    toSubscribe.clear();
    toUnsubscribe.clear();
    fences.forEach(one -> one.accept(false));
    fences.clear();
    wanted.replaceAll((channel, state) -> State.QUEUED);
    unsubscribing.forEach(events::onUnsubscribed);
    unsubscribing.clear();
    events.onInterrupted();
  }

  private void onProbed(StatefulRedisPubSubConnection<String, Optional<ChannelEvent>> by) {
    if (by.equals(connection)) {
      notBehind(PROBE);
    }
  }

  private void onConfirmed(
      StatefulRedisPubSubConnection<String, Optional<ChannelEvent>> by, String channel) {
    if (!by.equals(connection)) {
      return;
    }
    wanted.replace(channel, State.SENT, State.CONFIRMED);
    unconfirmed--;
    notBehind(channel);
    if (!toSubscribe.isEmpty()) {
      askForPump();
    }
  }

  /// Called on the thread that the connection's answers are read on.
  private final class Listener extends RedisPubSubAdapter<String, Optional<ChannelEvent>> {
    private final StatefulRedisPubSubConnection<String, Optional<ChannelEvent>> from;

    /// Whether the connection was given up: what still comes from it is too late.
    private volatile boolean isOver;

    Listener(StatefulRedisPubSubConnection<String, Optional<ChannelEvent>> from) {
      this.from = from;
    }

    /// Called on the loop. A confirmation that is being handed on just now is out when it returns:
    /// after the news of the interruption it would pass for the next connection's.
    synchronized void end() {
      isOver = true;
    }

    @Override
    public void message(String channel, Optional<ChannelEvent> message) {
      if (isOver) {
        return;
      }
      switch (message.orElse(null)) {
        case Publication publication -> events.onPublication(channel, publication);
        case PresenceEvent event -> events.onPresence(channel, event);
        case null -> LOG.log(
            Level.DEBUG, "redis subscribing: a message that is no publication was dropped");
      }
    }

    @Override
    public synchronized void subscribed(String channel, long count) {
      if (isOver || channel.equals(PROBE)) {
        return;
      }
      events.onSubscribed(channel);
      loop.run(() -> onConfirmed(from, channel));
    }

    @Override
    public synchronized void unsubscribed(String channel, long count) {
      if (isOver) {
        return;
      }
      if (channel.equals(PROBE)) {
        loop.run(() -> onProbed(from));
        return;
      }
      // First, because who is told may subscribe again at once.
      loop.run(() -> unsubscribing.remove(channel));
      events.onUnsubscribed(channel);
    }
  }
}
