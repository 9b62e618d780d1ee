package io.parley.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.loop.ManualTime;
import org.junit.jupiter.api.Test;

class HighWaterTest {
  private final ManualTime time = new ManualTime();
  private final HighWater mark = new HighWater(time);

  @Test
  void theHighestCountsInWhateverOrder() {
    mark.raise(3);
    mark.raise(7);
    mark.raise(5);
    assertEquals(7, mark.highest());
  }

  @Test
  void aMinuteLaterItIsStillShownAndThenForgotten() {
    mark.raise(7);
    time.passMillis(61_000);
    assertEquals(7, mark.highest());
    mark.raise(2);
    assertEquals(7, mark.highest());
    time.passMillis(61_000);
    assertEquals(2, mark.highest());
  }

  @Test
  void whatNobodyLookedAtForLongIsOld() {
    mark.raise(7);
    time.passMillis(180_000);
    assertEquals(0, mark.highest());
  }
}
