package io.parley.session;

import static io.parley.session.CommandRate.Verdict.ACCEPTED;
import static io.parley.session.CommandRate.Verdict.HOPELESS;
import static io.parley.session.CommandRate.Verdict.REFUSED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CommandRateTest {
  /// A monotonic clock may start anywhere, below zero too.
  private static final long START = -5_000_000_000L;

  private static CommandRate rate(int perSecond, int burst) {
    return new CommandRate(
        new SessionSettings(1, 1 << 20, perSecond, burst, 1, 0, 100, 1 << 20, 8, 1_000),
        START);
  }

  private static void assertVerdicts(
      CommandRate rate, int count, CommandRate.Verdict expected, long afterMillis) {
    long now = START + TimeUnit.MILLISECONDS.toNanos(afterMillis);
    for (int i = 0; i < count; i++) {
      assertEquals(expected, rate.onCommand(now), "command " + i);
    }
  }

  @Test
  void aBurstIsAcceptedThenAsManyAreRefusedThenItIsHopeless() {
    var rate = rate(10, 20);
    assertVerdicts(rate, 20, ACCEPTED, 0);
    assertVerdicts(rate, 20, REFUSED, 0);
    assertVerdicts(rate, 5, HOPELESS, 0);
  }

  @Test
  void timeEarnsCommandsAgain() {
    var rate = rate(10, 20);
    assertVerdicts(rate, 20, ACCEPTED, 0);
    assertVerdicts(rate, 5, ACCEPTED, 500);
    assertVerdicts(rate, 1, REFUSED, 500);
  }

  @Test
  void refusedCommandsHaveToBeEarned() {
    var rate = rate(10, 20);
    assertVerdicts(rate, 20, ACCEPTED, 0);
    assertVerdicts(rate, 10, REFUSED, 0);
    assertVerdicts(rate, 1, REFUSED, 1_000);
    assertVerdicts(rate, 1, ACCEPTED, 1_300);
  }

  @Test
  void aCommandThatDoesTheWorkOfSeveralCostsAsMuchAndIsNoReasonToClose() {
    var rate = rate(10, 20);
    assertVerdicts(rate, 1, ACCEPTED, 0);
    rate.onMore(99);
    assertVerdicts(rate, 20, REFUSED, 0);
    assertVerdicts(rate, 1, HOPELESS, 0);
    // 80 too many, and 21 that were refused.
    assertVerdicts(rate, 1, REFUSED, 9_900);
    assertVerdicts(rate, 1, ACCEPTED, 10_300);
  }

  @Test
  void noMoreThanTheBurstIsEverSaved() {
    var rate = rate(10, 20);
    assertVerdicts(rate, 20, ACCEPTED, 3_600_000);
    assertVerdicts(rate, 1, REFUSED, 3_600_000);
  }

  @Test
  void theRateItselfIsNeverRefused() {
    var rate = rate(10, 20);
    for (int second = 0; second < 100; second++) {
      assertVerdicts(rate, 10, ACCEPTED, second * 1_000L);
    }
  }

  @Test
  void withoutARateThereIsNoLimit() {
    assertVerdicts(rate(0, 1), 100_000, ACCEPTED, 0);
  }
}
