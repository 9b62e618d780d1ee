package io.parley.hub;

import io.parley.config.HistorySettings;
import io.parley.encoding.Encoding;
import io.parley.metric.Metrics;
import io.parley.rules.Rules;
import java.util.List;
import java.util.function.LongSupplier;

/// What the hub needs to know.
///
/// @param encodings all encodings of this node, each at its own index
/// @param shardQueueBytes how far a shard may fall behind the feeds before runs for it are dropped
/// @param resumeBytes what a subscriber may be sent at once of what he missed; more is as good as
///   lost to him
/// @param messageBytes the largest publication
/// @param history how much is kept at hand, and how often it is looked at
/// @param rules the namespaces
/// @param nanoClock monotonic time
public record HubSettings(
    List<Encoding> encodings, long shardQueueBytes, int resumeBytes, int messageBytes,
    HistorySettings history, Rules rules, LongSupplier nanoClock, Metrics metrics) {
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
