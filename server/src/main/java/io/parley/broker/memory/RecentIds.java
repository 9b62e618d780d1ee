package io.parley.broker.memory;

import io.parley.broker.PublishOutcome.Stored;
import io.parley.broker.PublishRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Ids of the last minutes, with what became of their publications.
///
/// Confined to the broker's loop.
final class RecentIds {
  /// How many are remembered at most; beyond, the oldest is forgotten before its time.
  private static final int MAX = 1_000_000;

  /// By age, oldest first.
  private final Map<Key, Seen> seen = new LinkedHashMap<>();

  private record Key(String channel, @Nullable String user, String id) {}

  /// What was published under an id.
  record Seen(byte[] hash, Stored outcome, long untilMillis) {}

  /// What was published under the same id; null: nothing.
  @Nullable
  Seen find(PublishRequest request, String id, long nowMillis) {
    var oldest = seen.values().iterator();
    while (oldest.hasNext() && (oldest.next().untilMillis <= nowMillis || seen.size() >= MAX)) {
      oldest.remove();
    }
    return seen.get(keyOf(request, id));
  }

  void add(PublishRequest request, String id, byte[] hash, Stored outcome, long nowMillis) {
    seen.put(keyOf(request, id),
        new Seen(hash, outcome, nowMillis + PublishRequest.ID_LIFE_SECONDS * 1000L));
  }

  private static Key keyOf(PublishRequest request, String id) {
    return new Key(request.channel(), request.user(), id);
  }
}
