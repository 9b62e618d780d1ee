package io.parley.history;

import io.micrometer.core.instrument.Counter;
import io.parley.broker.Broker;
import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.loop.Loop;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads of history, few of which are under way at a time: so the hundred thousand feeds of a node
/// that has just got Redis back ask one batch after the other. What is to be asked is decided when
/// its turn comes, by what is known then.
///
/// Confined to its feed loop.
public final class HistoryReads {
  static final int UNDER_WAY_MAX = 128;
  private static final long UNDER_WAY_BYTES_MAX = 8 << 20;

  private final Loop loop;
  private final Broker broker;
  private final ArrayDeque<Read> queue = new ArrayDeque<>();
  private final Counter reads;
  private int underWay;

  /// What those under way may bring.
  private long underWayBytes;

  /// @param request null when its turn has come: there is nothing to ask any more
  private record Read(Supplier<@Nullable HistoryRequest> request, BooleanSupplier isFenced,
      Consumer<@Nullable History> answer) {}

  public HistoryReads(Loop loop, Broker broker, Metrics metrics) {
    this.loop = loop;
    this.reads = metrics.counter(Metric.HISTORY_READS);
    this.broker = broker;
  }

  /// Asks, when its turn has come.
  ///
  /// @param request what then; null: nothing
  /// @param answer is told on the loop; null: it couldn't be read
  public void ask(Supplier<@Nullable HistoryRequest> request, Consumer<@Nullable History> answer) {
    ask(request, () -> false, answer);
  }

  /// Asks, when its turn has come.
  ///
  /// @param request what then; null: nothing
  /// @param isFenced whether, when it has been read, all that was published before has to come
  ///   before it is told
  /// @param answer is told on the loop; null: it couldn't be read
  public void ask(Supplier<@Nullable HistoryRequest> request, BooleanSupplier isFenced,
      Consumer<@Nullable History> answer) {
    queue.add(new Read(request, isFenced, answer));
    pump();
  }

  private void pump() {
    while (underWay < UNDER_WAY_MAX && underWayBytes < UNDER_WAY_BYTES_MAX && !queue.isEmpty()) {
      var next = queue.remove();
      var request = next.request.get();
      if (request != null) {
        underWay++;
        underWayBytes += request.bytes();
        reads.increment();
        broker.read(request, history -> loop.execute(() -> onAnswer(next, request, history)));
      }
    }
  }

  private void onAnswer(Read read, HistoryRequest request, @Nullable History history) {
    if (history != null && read.isFenced.getAsBoolean()) {
      broker.fence(hasPassed -> loop.execute(
          () -> tell(read, request, hasPassed ? history : null)));
    } else {
      tell(read, request, history);
    }
  }

  private void tell(Read read, HistoryRequest request, @Nullable History history) {
    underWay--;
    underWayBytes -= request.bytes();
    try {
      read.answer.accept(history);
    } finally {
      pump();
    }
  }
}
