package io.parley.wire.centrifuge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The subscriptions of one connection that have to be answered once their channel's publications
/// come; one for each channel at most.
///
/// Confined to the connection's loop.
final class PendingSubscriptions {
  /// Null when there are none, as for most of a connection's life.
  private @Nullable Map<String, Pending> pending;

  /// One that isn't answered.
  ///
  /// @param id of the command that asked for it
  /// @param mustRecover whether it is refused if it can't be gone on from where the client was
  /// @param sinceNanos when it was asked for, by the monotonic clock
  record Pending(long id, boolean mustRecover, long sinceNanos) {}

  /// The channels that were asked for before some time; a list of its own.
  List<String> before(long nanos) {
    return pending == null
        ? List.of()
        : pending.entrySet().stream()
            .filter(each -> each.getValue().sinceNanos - nanos < 0).map(Map.Entry::getKey).toList();
  }

  /// Whether one of a channel is there.
  boolean has(String channel) {
    return pending != null && pending.containsKey(channel);
  }

  /// The one of a channel; null: there is none.
  @Nullable
  Pending get(String channel) {
    return pending == null ? null : pending.get(channel);
  }

  void add(String channel, Pending one) {
    if (pending == null) {
      pending = new HashMap<>();
    }
    pending.put(channel, one);
  }

  /// Takes the one of a channel; null: there is none.
  @Nullable
  Pending take(String channel) {
    if (pending == null) {
      return null;
    }
    var taken = pending.remove(channel);
    if (pending.isEmpty()) {
      pending = null;
    }
    return taken;
  }
}
