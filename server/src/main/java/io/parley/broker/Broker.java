package io.parley.broker;

import java.util.function.Consumer;

/// Carries publications between nodes. Two kinds exist: in memory, for a node that runs alone, and
/// Redis. Both pass the same contract suite (`BrokerContract`).
///
/// Every method may be called from any thread and returns at once. What comes back comes through
/// [BrokerEvents] and [PublishCallback], on a thread of the broker's choosing.
///
/// A caller has one `subscribe` or `unsubscribe` per channel under way at a time: it waits for the
/// event that ends one before it asks for the other.
public interface Broker extends AutoCloseable {
  /// Opens the broker; events flow from here on. Called once, before anything else.
  void start(BrokerEvents events);

  /// Hands a publication over. All publications that one thread hands over for a channel arrive in
  /// that order. The callback is called exactly once, within the configured time, whatever happens.
  void publish(PublishRequest request, PublishCallback callback);

  /// Reads a channel's history; the callback is called exactly once, within the configured time.
  /// What it answers was so at one moment between the call and the callback; publications of
  /// before that moment may reach [BrokerEvents#onPublication] later than the callback.
  void read(HistoryRequest request, HistoryCallback callback);

  /// Removes what is kept of a channel, but not its count: what is published next comes behind what
  /// was, in the same epoch. Feeds may still have some of it at hand.
  ///
  /// @param isDone is told, once, whether it is; false: it may be or not
  void removeHistory(String channel, Consumer<Boolean> isDone);

  /// Tells, once, when all that was published before the call has reached
  /// [BrokerEvents#onPublication].
  ///
  /// @param hasPassed is told true then; false if the connection broke before that, or none is
  void fence(Consumer<Boolean> hasPassed);

  /// Asks for a channel's publications. [BrokerEvents#onSubscribed] says when they flow; if the
  /// connection breaks, the broker subscribes again by itself and says so again. Not while a
  /// channel's end was asked for and [BrokerEvents#onUnsubscribed] hasn't come.
  void subscribe(String channel);

  /// Ends it; [BrokerEvents#onUnsubscribed] says when.
  void unsubscribe(String channel);

  /// Whether publications can be handed over now, and every channel asked for is subscribed.
  boolean isReady();

  /// Ends everything. Publishes that are under way end as unknown.
  @Override
  void close();
}
