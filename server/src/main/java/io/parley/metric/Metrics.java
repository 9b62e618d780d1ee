package io.parley.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

/// The node's meters. Every part gets this at its making and asks once for the meters that it
/// moves; a counter costs an addition then.
///
/// Thread-safe.
public final class Metrics {
  private final MeterRegistry registry;
  private final Map<Limit, Counter> limits = new EnumMap<>(Limit.class);

  /// What a gauge is the sum of, or the highest of, by the gauge.
  private final Map<String, List<LongSupplier>> gauged = new ConcurrentHashMap<>();

  public Metrics(MeterRegistry registry) {
    this.registry = registry;
    for (var limit : Limit.values()) {
      limits.put(limit, counter(Metric.LIMIT_HITS, limit.key()));
    }
  }

  /// The counter of a metric that has no label; always the same one.
  public Counter counter(Metric metric) {
    return counter(metric, "");
  }

  /// The counter of a metric; the same one for the same label.
  ///
  /// @param label the label's value, or all of them with commas between; empty where the metric has
  /// none
  public Counter counter(Metric metric, String label) {
    return Counter.builder(metric.id()).description(metric.description())
        .baseUnit(metric.isBytes() ? "bytes" : null).tags(tags(metric, label))
        .register(registry);
  }

  /// Times of things, with the buckets that a histogram of them needs.
  ///
  /// @param label the label's value; empty where the metric has none
  public Timer timer(Metric metric, String label) {
    return Timer.builder(metric.id()).description(metric.description())
        .tags(tags(metric, label))
        .serviceLevelObjectives(millis(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000))
        .register(registry);
  }

  private static Duration[] millis(long... some) {
    return LongStream.of(some).mapToObj(Duration::ofMillis)
        .toArray(Duration[]::new);
  }

  /// Adds a part to a gauge that shows the sum of its parts. A part is read at any time, by any
  /// thread.
  public void sum(Metric metric, LongSupplier part) {
    sum(metric, "", part);
  }

  /// Adds a part to the sum that a metric shows under a label.
  public synchronized void sum(Metric metric, String label, LongSupplier part) {
    var parts = parts(metric, label);
    if (parts.isEmpty()) {
      gauge(metric, () -> parts.stream().mapToLong(LongSupplier::getAsLong).sum(), label);
    }
    parts.add(part);
  }

  /// A new mark of how high something rose; the gauge shows the highest of all its marks.
  public synchronized HighWater highWater(Metric metric) {
    var mark = new HighWater(System::nanoTime);
    var parts = parts(metric, "");
    if (parts.isEmpty()) {
      gauge(metric, () -> parts.stream().mapToLong(LongSupplier::getAsLong).max().orElse(0), "");
    }
    parts.add(mark::highest);
    return mark;
  }

  private List<LongSupplier> parts(Metric metric, String label) {
    return gauged.computeIfAbsent(metric.id() + label,
        unseen -> new CopyOnWriteArrayList<>());
  }

  private void gauge(Metric metric, DoubleSupplier value, String label) {
    Gauge.builder(metric.id(), value::getAsDouble).description(metric.description())
        .baseUnit(metric.isBytes() ? "bytes" : null).tags(tags(metric, label))
        .strongReference(true).register(registry);
  }

  private static Tags tags(Metric metric, String label) {
    if (metric.label().isEmpty() != label.isEmpty()
        || metric.label().split(",", -1).length != label.split(",", -1).length) {
      throw new IllegalArgumentException(
          metric + ": label '" + label + "' (expected: a value of '" + metric.label() + "')");
    }
    if (label.isEmpty()) {
      return Tags.empty();
    }
    var names = metric.label().split(",", -1);
    var values = label.split(",", -1);
    var tags = Tags.empty();
    for (int i = 0; i < names.length; i++) {
      tags = tags.and(names[i], values[i]);
    }
    return tags;
  }

  /// Somebody ran into a limit.
  public void hit(Limit limit) {
    var counter = limits.get(limit);
    if (counter != null) {
      counter.increment();
    }
  }
}
