package io.parley.broker;

import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;

/// What a broker reports; the hub implements it. Calls come from the broker's threads; those about
/// one channel come one after the other, in the order in which things happened.
public interface BrokerEvents {
  /// A publication in a channel that is subscribed; with its position, where the channel has a
  /// history. Offsets of a channel rise by one from call to call, unless something was missed.
  void onPublication(String channel, Publication publication);

  /// Who is in a channel that is subscribed has changed; told among its publications. Versions of a
  /// channel rise by one from call to call, unless something was missed.
  void onPresence(String channel, PresenceEvent event);

  /// From here on the channel's publications come, until an interruption or [#onUnsubscribed].
  void onSubscribed(String channel);

  /// The channel's publications have ended, as asked.
  void onUnsubscribed(String channel);

  /// Every subscription broke off: publications may be missed until [#onSubscribed] says again,
  /// channel by channel, that they come. Channels whose end was asked for get their
  /// [#onUnsubscribed] as always.
  void onInterrupted();
}
