package io.parley.ops;

import io.micrometer.core.instrument.Timer;
import io.parley.loop.Loop;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.util.concurrent.TimeUnit;

/// How late an event loop comes to what is due: the time that a client's message may lie around
/// before anybody looks at it. A task that comes back to each loop now and then measures it.
///
/// Confined to its loop.
public final class LoopDelay {
  private static final long PAUSE_MILLIS = 250;

  private final Loop loop;
  private final Timer delays;

  private LoopDelay(Loop loop, Timer delays) {
    this.loop = loop;
    this.delays = delays;
  }

  /// Watches some loops until they end.
  ///
  /// @param name what they are called together
  public static void watch(String name, Iterable<? extends Loop> loops, Metrics metrics) {
    var delays = metrics.timer(Metric.LOOP_DELAY, name);
    loops.forEach(loop -> new LoopDelay(loop, delays).askAgain());
  }

  private void askAgain() {
    long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
    loop.schedule(() -> {
      delays.record(Math.max(0, System.nanoTime() - due), TimeUnit.NANOSECONDS);
      askAgain();
    }, PAUSE_MILLIS);
  }
}
