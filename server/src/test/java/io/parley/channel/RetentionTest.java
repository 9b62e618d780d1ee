package io.parley.channel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetentionTest {
  @Test
  void keepsWhatHasASize() {
    assertTrue(new Retention(1, Duration.ofMillis(1)).keeps());
    assertFalse(new Retention(0, Duration.ofDays(1)).keeps());
    assertFalse(Retention.NONE.keeps());
  }

  @Test
  void historyWithoutTimeOrOfLessThanNothingIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Retention(-1, Duration.ofDays(1)));
    assertThrows(IllegalArgumentException.class, () -> new Retention(1, Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> new Retention(1, Duration.ofNanos(999)));
    assertThrows(IllegalArgumentException.class, () -> new Retention(0, Duration.ofMillis(-1)));
  }
}
