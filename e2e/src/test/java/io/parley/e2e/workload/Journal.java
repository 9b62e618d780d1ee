package io.parley.e2e.workload;

import io.parley.e2e.checker.Event;
import io.parley.e2e.checker.EventLog;
import java.util.function.LongFunction;

/// The log of a run, with the run's monotonic time. Thread-safe.
final class Journal {
  private final EventLog log;
  private final long beganNanos = System.nanoTime();

  Journal(EventLog log) {
    this.log = log;
  }

  /// Notes what happens now.
  ///
  /// @param event made of the time
  void note(LongFunction<Event> event) {
    log.add(event.apply(System.nanoTime() - beganNanos));
  }
}
