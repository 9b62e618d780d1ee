package io.parley.hub;

import io.parley.metric.Metrics;
import java.util.List;
import java.util.function.LongSupplier;

/// What the hub needs to know.
///
/// @param encodings all encodings of this node, each at its own index
/// @param shardQueueBytes how far a shard may fall behind the feeds before runs for it are dropped
/// @param nanoClock monotonic time, for feeds that linger
public record HubSettings(
    List<Encoding> encodings, long shardQueueBytes, LongSupplier nanoClock, Metrics metrics) {
  public HubSettings {
    encodings = List.copyOf(encodings);
    for (int i = 0; i < encodings.size(); i++) {
      if (encodings.get(i).index() != i) {
        throw new IllegalArgumentException(
            "encoding at %d: index %d (expected: its place)".formatted(i,
                encodings.get(i).index()));
      }
    }
  }
}
