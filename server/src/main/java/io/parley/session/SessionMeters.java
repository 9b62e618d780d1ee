package io.parley.session;

import io.micrometer.core.instrument.Counter;
import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishOutcome.Failed;
import io.parley.broker.PublishOutcome.Stored;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// What sessions count. One for all of a node.
///
/// Thread-safe.
public final class SessionMeters {
  final Counter messagesIn;
  private final Metrics metrics;
  private final Counter stored;
  private final Map<Failed, Counter> failed = new EnumMap<>(Failed.class);
  private final Map<ErrorCode, Counter> refusals = new EnumMap<>(ErrorCode.class);

  SessionMeters(Metrics metrics) {
    this.metrics = metrics;
    messagesIn = metrics.counter(Metric.MESSAGES_IN);
    stored = metrics.counter(Metric.PUBLISHES, "stored");
    for (var outcome : Failed.values()) {
      failed.put(outcome,
          metrics.counter(Metric.PUBLISHES, outcome.name().toLowerCase(Locale.ROOT)));
    }
    for (var code : ErrorCode.values()) {
      refusals.put(code, metrics.counter(Metric.REFUSALS, Integer.toString(code.code())));
    }
  }

  void hit(Limit limit) {
    metrics.hit(limit);
  }

  void published(PublishOutcome outcome) {
    var counter = switch (outcome) {
      case Stored _ -> stored;
      case Failed kind -> failed.get(kind);
    };
    if (counter != null) {
      counter.increment();
    }
  }

  void refused(ErrorCode code) {
    var counter = refusals.get(code);
    if (counter != null) {
      counter.increment();
    }
  }
}
