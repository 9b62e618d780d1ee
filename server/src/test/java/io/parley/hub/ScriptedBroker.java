package io.parley.hub;

import io.parley.broker.Broker;
import io.parley.broker.BrokerEvents;
import io.parley.broker.HistoryCallback;
import io.parley.broker.HistoryRequest;
import io.parley.broker.PublishCallback;
import io.parley.broker.PublishRequest;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A broker that answers when the test says so, and fails the test when it is asked for something
/// while it hasn't answered yet.
///
/// Confined to the test's thread.
final class ScriptedBroker implements Broker {
  enum Request {
    SUBSCRIBE,
    UNSUBSCRIBE,
    /// To end what isn't confirmed: both are answered, one after the other.
    GIVE_UP
  }

  /// What it was asked for, in order: `+channel`, `-channel`.
  final List<String> requests = new ArrayList<>();
  /// Requests without an answer.
  final Map<String, Request> underWay = new LinkedHashMap<>();
  /// Channels whose publications reach the hub.
  final Set<String> subscribed = new HashSet<>();
  /// Channels that an interruption ended and that come back by themselves.
  final Set<String> resubscribing = new LinkedHashSet<>();

  /// What it was asked to read, in order.
  final List<HistoryRequest> readRequests = new ArrayList<>();
  /// Reads without an answer, oldest first.
  private final ArrayDeque<Read> reads = new ArrayDeque<>();
  private final ArrayDeque<Consumer<Boolean>> fences = new ArrayDeque<>();
  private final Map<String, ScriptedLog> logs = new HashMap<>();
  private @Nullable BrokerEvents events;

  int readsUnderWay() {
    return reads.size();
  }

  @Override
  public void start(BrokerEvents to) {
    events = to;
  }

  @Override
  public void subscribe(String channel) {
    requests.add("+" + channel);
    expect(!isKnown(channel), "subscribe " + channel);
    begin(channel, Request.SUBSCRIBE);
  }

  @Override
  public void unsubscribe(String channel) {
    requests.add("-" + channel);
    if (underWay.remove(channel, Request.SUBSCRIBE)) {
      begin(channel, Request.GIVE_UP);
    } else {
      expect(isKnown(channel), "unsubscribe " + channel);
      begin(channel, Request.UNSUBSCRIBE);
    }
  }

  private void begin(String channel, Request request) {
    var other = underWay.put(channel, request);
    expect(other == null, request + " " + channel + " while " + other + " is under way");
  }

  private boolean isKnown(String channel) {
    return subscribed.contains(channel) || resubscribing.contains(channel);
  }

  private static void expect(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("broker asked for " + what);
    }
  }

  /// Answers the request for a channel that is under way.
  void answer(String channel) {
    var request = underWay.remove(channel);
    switch (request) {
      case SUBSCRIBE -> {
        subscribed.add(channel);
        events().onSubscribed(channel);
      }
      case GIVE_UP -> {
        events().onSubscribed(channel);
        events().onUnsubscribed(channel);
      }
      case UNSUBSCRIBE -> {
        subscribed.remove(channel);
        resubscribing.remove(channel);
        events().onUnsubscribed(channel);
      }
      case null -> throw new AssertionError("nothing under way for " + channel);
    }
  }

  /// Ends all subscriptions, as a connection that breaks does.
  void interrupt() {
    for (var entry : List.copyOf(underWay.entrySet())) {
      switch (entry.getValue()) {
        case UNSUBSCRIBE -> answer(entry.getKey());
        case GIVE_UP -> {
          underWay.remove(entry.getKey());
          events().onUnsubscribed(entry.getKey());
        }
        case SUBSCRIBE -> {
          // It is asked for again by the broker itself.
        }
      }
    }
    resubscribing.addAll(subscribed);
    subscribed.clear();
    while (!fences.isEmpty()) {
      fences.remove().accept(false);
    }
    events().onInterrupted();
  }

  /// Brings a channel back after an interruption.
  void resubscribe(String channel) {
    expect(resubscribing.remove(channel), "nothing to bring back: " + channel);
    subscribed.add(channel);
    events().onSubscribed(channel);
  }

  /// A publication comes from some node.
  ///
  /// @return whether the hub was told
  boolean deliver(String channel, Publication publication) {
    if (!subscribed.contains(channel)) {
      return false;
    }
    events().onPublication(channel, publication);
    return true;
  }

  /// Who is in a channel has changed on some node.
  void deliver(String channel, PresenceEvent event) {
    expect(subscribed.contains(channel), "nobody hears " + channel);
    events().onPresence(channel, event);
  }

  @Override
  public void publish(PublishRequest request, PublishCallback callback) {
    throw new UnsupportedOperationException("sessions publish, the hub doesn't");
  }

  @Override
  public void read(HistoryRequest request, HistoryCallback callback) {
    readRequests.add(request);
    reads.add(new Read(request, callback));
  }

  @Override
  public void removeHistory(String channel, Consumer<Boolean> isDone) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void fence(Consumer<Boolean> hasPassed) {
    fences.add(hasPassed);
  }

  /// What was on its way has come.
  void passFences() {
    while (!fences.isEmpty()) {
      fences.remove().accept(true);
    }
  }

  boolean hasFences() {
    return !fences.isEmpty();
  }

  /// The history of a channel, which begins now if it hasn't.
  ScriptedLog log(String channel) {
    return logs.computeIfAbsent(channel, _ -> new ScriptedLog());
  }

  /// Answers the oldest read without an answer, by what the log holds now.
  void answerRead() {
    var read = reads.remove();
    read.callback.onHistory(log(read.request.channel()).read(read.request));
  }

  /// Says of the oldest read without an answer that it can't be.
  void failRead() {
    reads.remove().callback.onHistory(null);
  }

  private record Read(HistoryRequest request, HistoryCallback callback) {}

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void close() {}

  private BrokerEvents events() {
    if (events == null) {
      throw new IllegalStateException("not started");
    }
    return events;
  }
}
