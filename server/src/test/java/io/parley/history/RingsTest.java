package io.parley.history;

import static io.parley.history.Numbered.all;
import static io.parley.history.Numbered.offsets;
import static io.parley.history.Numbered.one;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.channel.Retention;
import io.parley.loop.ManualTime;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which rings a loop keeps.
class RingsTest {
  private static final int BUDGET = 12_000;
  private static final int MOST_BYTES_OF_ONE = 5_000;
  private static final int BYTES = 800;

  /// What a publication of [#BYTES] takes; so the budget is that of twelve.
  private static final int TAKEN = 1_000;
  private static final Duration TTL = Duration.ofMinutes(10);
  private static final Retention KEPT = new Retention(100, TTL);

  private final ManualTime time = new ManualTime();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Metrics metrics = new Metrics(registry);
  private final Rings rings = new Rings(BUDGET, MOST_BYTES_OF_ONE, time, metrics);

  /// A ring that is kept, with the publications 1 to `count`.
  private Ring ring(int count) {
    var ring = rings.keep(rings.temporary(1, KEPT));
    all(1, count, BYTES).forEach(one -> rings.append(ring, one));
    return ring;
  }

  private double bytes() {
    return registry.get("parley.ring").gauge().value();
  }

  private double hits() {
    return metrics.counter(Metric.LIMIT_HITS, Limit.HISTORY_RING_BYTES.key()).count();
  }

  private void isKept(Ring ring) {
    assertSame(ring, rings.use(ring));
  }

  private void isGone(Ring ring) {
    assertNull(rings.use(ring));
    assertEquals(List.of(), ring.after(0));
  }

  @Test
  void whatAllTakeIsShown() {
    assertEquals(0, bytes());
    ring(3);
    assertEquals(3 * TAKEN, bytes());
    var other = ring(2);
    assertEquals(5 * TAKEN, bytes());
    rings.drop(other);
    assertEquals(3 * TAKEN, bytes());
    assertEquals(0, hits());
  }

  @Test
  void theRingsOfAllLoopsAreShownTogether() {
    ring(3);
    var others = new Rings(BUDGET, MOST_BYTES_OF_ONE, time, metrics);
    others.append(others.keep(others.temporary(1, KEPT)), one(1, BYTES));
    assertEquals(4 * TAKEN, bytes());
  }

  @Test
  void beyondTheBudgetTheOneThatWasOfNoUseForTheLongestTimeGoes() {
    var first = ring(4);
    var second = ring(4);
    var third = ring(4);
    assertEquals(BUDGET, bytes());
    assertEquals(0, hits());
    isKept(first);
    rings.append(third, one(5, BYTES));
    isGone(second);
    isKept(first);
    isKept(third);
    assertEquals(9 * TAKEN, bytes());
    assertEquals(1, hits());
  }

  @Test
  void whatComesInIsNoUse() {
    var first = ring(4);
    var second = ring(4);
    rings.append(first, one(5, BYTES));
    ring(4);
    isGone(first);
    isKept(second);
  }

  @Test
  void asManyGoAsItTakes() {
    var rings = new ArrayList<Ring>();
    for (int i = 0; i < 12; i++) {
      rings.add(ring(1));
    }
    var large = this.rings.temporary(1, KEPT);
    large.prepend(List.of(), true);
    all(1, 5, BYTES).forEach(one -> large.append(one, time.getAsLong()));
    this.rings.keep(large);
    rings.subList(0, 5).forEach(this::isGone);
    rings.subList(5, 12).forEach(this::isKept);
    isKept(large);
    assertEquals(BUDGET, bytes());
    assertEquals(5, hits());
  }

  @Test
  void oneThatIsLargerThanTheBudgetGoesItself() {
    var small = new Rings(TAKEN, MOST_BYTES_OF_ONE, time, metrics);
    var ring = small.keep(small.temporary(1, KEPT));
    small.append(ring, one(1, BYTES));
    assertNotNull(small.use(ring));
    small.append(ring, one(2, BYTES));
    assertNull(small.use(ring));
    assertEquals(0, bytes());
    assertEquals(1, hits());
  }

  @Test
  void oneRingKeepsItsNewestUpToItsMost() {
    var ring = ring(20);
    // Its bounds are those of the data.
    assertEquals(offsets(15, 20), offsets(ring.after(0)));
    assertEquals(6 * TAKEN, bytes());
    assertEquals(0, hits());
  }

  @Test
  void whatTheBrokerHadCountsAndIsBoundedToo() {
    var ring = rings.keep(rings.temporary(21, KEPT));
    rings.append(ring, one(21, BYTES));
    rings.prepend(ring, all(19, 20, BYTES), false);
    assertEquals(3 * TAKEN, bytes());
    rings.prepend(ring, all(1, 18, BYTES), true);
    assertEquals(offsets(16, 21), offsets(ring.after(0)));
    assertEquals(6 * TAKEN, bytes());
    // What was too much is still at the broker.
    assertTrue(ring.hasPage(Long.MAX_VALUE, 6) && !ring.hasPage(Long.MAX_VALUE, 7));
  }

  @Test
  void aTemporaryOneCountsOnceItIsKept() {
    var ring = rings.temporary(1, KEPT);
    ring.prepend(List.of(), true);
    ring.append(one(1, BYTES), time.getAsLong());
    assertEquals(0, bytes());
    assertNull(rings.use(ring));
    isKept(rings.keep(ring));
    assertEquals(TAKEN, bytes());
  }

  @Test
  void oneExpiresWithItsChannel() {
    var ring = ring(2);
    time.passMillis(TTL.toMillis());
    isKept(ring);
    time.passMillis(1);
    isGone(ring);
    assertEquals(0, bytes());
    assertEquals(0, hits());
  }

  @Test
  void whatComesInMakesItLastButUseDoesNot() {
    var ring = ring(2);
    time.passMillis(TTL.toMillis() - 1);
    rings.append(ring, one(3, BYTES));
    time.passMillis(TTL.toMillis() - 1);
    isKept(ring);
    time.passMillis(2);
    isGone(ring);
  }

  @Test
  void nothingGoesIntoOneThatIsGone() {
    var ring = rings.keep(rings.temporary(3, KEPT));
    rings.append(ring, one(3, BYTES));
    rings.drop(ring);
    rings.append(ring, one(4, BYTES));
    rings.prepend(ring, all(1, 2, BYTES), true);
    rings.drop(ring);
    isGone(ring);
    assertEquals(0, bytes());
  }

  @Test
  void whereThereIsNoneNothingHappens() {
    rings.append(null, one(1, BYTES));
    rings.prepend(null, all(1, 2, BYTES), true);
    rings.drop(null);
    assertNull(rings.use(null));
    assertEquals(0, bytes());
  }
}
