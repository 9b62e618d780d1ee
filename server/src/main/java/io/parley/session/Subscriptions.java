package io.parley.session;

import io.parley.hub.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one connection is subscribed to, and what tokens say of it there. A list, because most have
/// two or three, and there is one for each connection.
///
/// Confined to the connection's loop.
final class Subscriptions {
  private final List<Subscription> subscriptions = new ArrayList<>(2);

  /// What tokens say of it in some channels; most connections have none.
  private Map<String, byte[]> chanInfos = Map.of();

  void add(Subscription subscription, byte @Nullable [] chanInfo) {
    subscriptions.add(subscription);
    if (chanInfo != null) {
      chanInfos = new HashMap<>(chanInfos);
      chanInfos.put(subscription.channel(), chanInfo);
    }
  }

  void remove(Subscription subscription) {
    subscriptions.remove(subscription);
    if (chanInfos.containsKey(subscription.channel())) {
      chanInfos = new HashMap<>(chanInfos);
      chanInfos.remove(subscription.channel());
    }
  }

  List<Subscription> takeAll() {
    var all = List.copyOf(subscriptions);
    subscriptions.clear();
    chanInfos = Map.of();
    return all;
  }

  @Nullable
  Subscription find(String channel) {
    for (int i = 0; i < subscriptions.size(); i++) {
      if (subscriptions.get(i).channel().equals(channel)) {
        return subscriptions.get(i);
      }
    }
    return null;
  }

  void forEach(Consumer<Subscription> action) {
    subscriptions.forEach(action);
  }

  int size() {
    return subscriptions.size();
  }

  /// In the order of asking.
  List<String> channels() {
    return subscriptions.stream().map(Subscription::channel).toList();
  }

  /// What a token says of it in a channel; null: nothing.
  byte @Nullable [] chanInfo(String channel) {
    return chanInfos.get(channel);
  }
}
