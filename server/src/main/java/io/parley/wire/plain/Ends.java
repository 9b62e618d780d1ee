package io.parley.wire.plain;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// When subscriptions of one connection end, in seconds since 1970.
///
/// Confined to the connection's loop.
final class Ends {
  private final Map<String, Long> byChannel = new HashMap<>(2);

  void add(String channel, long unixSeconds) {
    byChannel.put(channel, unixSeconds);
  }

  void forget(String channel) {
    byChannel.remove(channel);
  }

  /// Takes the channels whose time is over.
  List<String> takeOver(long unixSeconds) {
    if (byChannel.isEmpty()) {
      return List.of();
    }
    var over = byChannel.entrySet().stream().filter(end -> end.getValue() <= unixSeconds)
        .map(Map.Entry::getKey).toList();
    over.forEach(byChannel::remove);
    return over;
  }
}
