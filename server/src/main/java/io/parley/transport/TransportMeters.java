package io.parley.transport;

import io.micrometer.core.instrument.Counter;
import io.parley.metric.HighWater;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.session.CloseCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What the transport counts. One for all shards of a node.
///
/// Thread-safe, but for the high-water mark, which each shard has of its own.
final class TransportMeters {
  private static final int[] STATUSES = {101, 200, 204, 304, 400, 403, 404, 405, 408, 411, 413, 414,
      415, 426, 429, 431, 500, 503, 505};

  final Metrics metrics;
  final Counter messagesOut;
  final Counter received;
  final Counter sent;
  final Counter writes;
  final Counter bugs;

  /// Endings that the client asked for, and those without a word.
  final Counter closedByClient;
  final Counter gone;

  private final Map<CloseCode, Counter> closes = new EnumMap<>(CloseCode.class);

  /// By status. Its counters are looked up once, not for each client of a storm.
  private final Map<Integer, Counter> answers = new ConcurrentHashMap<>();

  private final Map<TlsHandler.Reason, Counter> tlsRefused = new EnumMap<>(TlsHandler.Reason.class);

  TransportMeters(Metrics metrics) {
    this.metrics = metrics;
    messagesOut = metrics.counter(Metric.MESSAGES_OUT);
    received = metrics.counter(Metric.RECEIVED);
    sent = metrics.counter(Metric.SENT);
    writes = metrics.counter(Metric.WRITES);
    bugs = metrics.counter(Metric.BUGS);
    closedByClient = metrics.counter(Metric.CLOSES, "client");
    gone = metrics.counter(Metric.CLOSES, "gone");
    for (var code : CloseCode.values()) {
      closes.put(code, metrics.counter(Metric.CLOSES, Integer.toString(code.code())));
    }
    for (var reason : TlsHandler.Reason.values()) {
      tlsRefused.put(reason, metrics.counter(Metric.TLS_REFUSED, reason.label()));
    }
    for (int status : STATUSES) {
      answers.put(status, metrics.counter(Metric.HTTP_ANSWERS, Integer.toString(status)));
    }
  }

  HighWater outboxHighest() {
    return metrics.highWater(Metric.OUTBOX_HIGHEST);
  }

  void closed(CloseCode code) {
    var counter = closes.get(code);
    if (counter != null) {
      counter.increment();
    }
  }

  void refusedTls(TlsHandler.Reason reason) {
    var counter = tlsRefused.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  /// An answer to a client's HTTP request.
  void answered(int status) {
    answers.computeIfAbsent(status,
        unlisted -> metrics.counter(Metric.HTTP_ANSWERS, Integer.toString(unlisted))).increment();
  }
}
