package io.parley.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.loop.ManualTime;
import io.parley.redis.LogLines;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuietLogTest {
  private final ManualTime time = new ManualTime();
  private final QuietLog quiet = new QuietLog(QuietLogTest.class, time);

  @Test
  void oneLineOfAKindIsSaidAndTheNextTellsHowManyWereNot() {
    try (var log = new LogLines(QuietLogTest.class.getName())) {
      for (int i = 0; i < 1_000; i++) {
        int n = i;
        quiet.tell("a", () -> "line " + n);
      }
      quiet.tell("b", () -> "another");
      assertEquals(List.of("line 0", "another"), log.news());
      time.passMillis(10_000);
      quiet.tell("a", () -> "later");
      assertEquals("later (and 999 more of the kind since the last such line)",
          log.news().getLast());
      time.passMillis(10_000);
      quiet.tell("a", () -> "much later");
      assertEquals("much later", log.news().getLast());
    }
  }
}
