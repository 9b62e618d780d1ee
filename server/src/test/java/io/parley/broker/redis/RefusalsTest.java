package io.parley.broker.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.log.Trouble;
import io.parley.redis.LogLines;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private final AtomicLong nanos = new AtomicLong(-3);

  @Test
  void oneLineWhenItBeginsAndOneWhenItIsOver() {
    var name = RefusalsTest.class.getName();
    var refusals = new Refusals(new Trouble(System.getLogger(name), "publishing"), nanos::get);
    try (var log = new LogLines(name)) {
      refusals.onAccepted();
      // Some are refused and some are not, all the time.
      for (int i = 0; i < 100; i++) {
        refusals.onRefused("OOM");
        nanos.addAndGet(Duration.ofMillis(4_999).toNanos());
        refusals.onAccepted();
      }
      refusals.onRefused("NOPERM");
      assertEquals(List.of("publishing: refused: OOM", "publishing: refused: NOPERM"),
          log.warnings());
      assertEquals(List.of(), log.news());

      nanos.addAndGet(Duration.ofSeconds(5).toNanos());
      refusals.onAccepted();
      refusals.onAccepted();
      assertEquals(List.of("publishing: accepted again"), log.news());
      refusals.onRefused("OOM");
      assertEquals(3, log.warnings().size());
    }
  }

  @Test
  void reasonsThatNeverRepeatEndAfterAFew() {
    var name = RefusalsTest.class.getName();
    var refusals = new Refusals(new Trouble(System.getLogger(name), "publishing"), nanos::get);
    try (var log = new LogLines(name)) {
      for (int i = 0; i < 100; i++) {
        refusals.onRefused("reason " + i);
      }
      assertEquals(5, log.warnings().size());
    }
  }
}
