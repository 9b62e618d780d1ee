package io.parley.wire.centrifuge;

import io.parley.metric.Limit;
import io.parley.wire.LoginRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// When a connection, and its subscriptions, need fresh tokens. Times are seconds since 1970; 0:
/// never.
///
/// Confined to the connection's loop.
final class Expiry {
  private final LoginRules rules;
  private long connectionEnds;

  /// By channel; most connections have none.
  private Map<String, Long> channelEnds = Map.of();

  Expiry(LoginRules rules) {
    this.rules = rules;
  }

  void connectionEnds(long at) {
    connectionEnds = at;
  }

  /// When a subscription ends; at 0, never.
  void channelEnds(String channel, long at) {
    if (at == 0 && !channelEnds.containsKey(channel)) {
      return;
    }
    channelEnds = new HashMap<>(channelEnds);
    if (at == 0) {
      channelEnds.remove(channel);
    } else {
      channelEnds.put(channel, at);
    }
  }

  void forget(String channel) {
    channelEnds(channel, 0);
  }

  @Nullable
  Long connectionTtl() {
    return ttl(connectionEnds);
  }

  @Nullable
  Long channelTtl(String channel) {
    return ttl(channelEnds.getOrDefault(channel, 0L));
  }

  /// What the client is told: seconds from now; null: there is no end.
  private static @Nullable Long ttl(long end) {
    return end == 0 ? null : Math.max(1, end - System.currentTimeMillis() / 1_000);
  }

  /// Whether the connection has shown no fresh token in time.
  boolean isConnectionOver(long unixSeconds) {
    return isOver(connectionEnds, unixSeconds);
  }

  private boolean isOver(long end, long unixSeconds) {
    boolean isOver = end != 0 && unixSeconds >= end + rules.tokens().graceSeconds();
    if (isOver) {
      rules.metrics().hit(Limit.TOKEN_GRACE);
    }
    return isOver;
  }

  /// Takes the channels for which no fresh token was shown in time.
  List<String> takeOver(long unixSeconds) {
    if (channelEnds.isEmpty()) {
      return List.of();
    }
    var over = channelEnds.entrySet().stream()
        .filter(end -> isOver(end.getValue(), unixSeconds)).map(Map.Entry::getKey).toList();
    over.forEach(this::forget);
    return over;
  }
}
