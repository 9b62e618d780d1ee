package io.parley.api;

import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.util.List;

/// What the server API counts.
///
/// Thread-safe.
final class ApiMeters {
  /// In place of a method: there is none of that name, or the request got no further.
  static final String NO_METHOD = "none";

  /// In place of a key's name.
  static final String NO_KEY = "none";

  private final Metrics metrics;

  ApiMeters(Metrics metrics, List<String> keys) {
    this.metrics = metrics;
    // There from the start, so that the first change is seen as one.
    metrics.counter(Metric.API_KEYS, NO_KEY);
    keys.forEach(key -> metrics.counter(Metric.API_KEYS, key));
    metrics.counter(Metric.API_REQUESTS, NO_METHOD + ",401");
  }

  void keyUsed(String name) {
    metrics.counter(Metric.API_KEYS, name).increment();
  }

  void called(String method, String outcome) {
    metrics.counter(Metric.API_REQUESTS, method + "," + outcome).increment();
  }

  void bodyTooLong() {
    metrics.hit(Limit.API_BODY_BYTES);
  }
}
