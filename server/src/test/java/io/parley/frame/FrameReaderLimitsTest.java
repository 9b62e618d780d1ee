package io.parley.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.parley.outbox.Budget;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a client can't make the reader hold.
class FrameReaderLimitsTest {
  private static final String A_KIB = "61".repeat(1_024);

  private static String fragment(int first, int kib) {
    return "%02xfe%04x00000000".formatted(first, kib * 1_024) + A_KIB.repeat(kib);
  }

  @Test
  void aMessageOfTheLimitPassesAndOneByteMoreDoesNot() {
    var limit = "81ff0000000000010000 00000000" + "61".repeat(65_536);
    assertEquals(List.of("text " + "a".repeat(65_536)),
        new ReaderRun().read(List.of(limit)).events());
    assertEquals(List.of("1009"),
        new ReaderRun().read(List.of("81ff0000000000010001")).events());
  }

  @Test
  void fragmentsCountTogether() {
    assertEquals(List.of("text " + "a".repeat(65_536)), new ReaderRun().read(List.of(
        fragment(0x01, 32), fragment(0x00, 16), fragment(0x80, 16))).events());
    assertEquals(List.of("1009"), new ReaderRun().read(List.of(
        fragment(0x01, 32), fragment(0x00, 32), "0081")).events());
  }

  @Test
  void aMessageThatWasReadCountsNoLonger() {
    assertEquals(3, new ReaderRun().read(List.of(
        fragment(0x01, 32), fragment(0x80, 32), fragment(0x01, 32), fragment(0x80, 32),
        fragment(0x81, 63))).events().size());
  }

  /// The sum of two such lengths is negative.
  @Test
  void aLengthFromAnotherWorldIsTooBigInsideOfAMessageToo() {
    for (var length : List.of("7fffffffffffffff", "7ffffffffffffffe", "0000000100000000")) {
      assertEquals(List.of("1009"), new ReaderRun()
          .read(List.of("0181 00000000 61", "80ff" + length + "00000000")).events());
    }
  }

  @Test
  void emptyFragmentsCountAsFragments() {
    var start = List.of("0180 00000000", "0080 00000000", "0080 00000000");
    assertEquals(List.of("text "),
        new ReaderRun().read(start).read(List.of("8080 00000000")).events());
    assertEquals(List.of("1009"), new ReaderRun().read(start)
        .read(List.of("0080 00000000", "8080 00000000")).events());
  }

  @Test
  void pingsBetweenFragmentsDoNot() {
    var run = new ReaderRun().read(List.of("0181 00000000 61"));
    run.read(Collections.nCopies(10_000, "8980 00000000"));
    run.read(List.of("8081 00000000 62"));
    var events = run.events();
    assertEquals(10_001, events.size());
    assertEquals("text ab", events.getLast());
  }

  @Test
  void whoHasEnoughIsHandedNothingUntilHeGoesOn() {
    for (var cut : ReaderRun.cuts("8181 00000000 61 8181 00000000 62 8181 00000000 63")) {
      var run = new ReaderRun().wanting(List::isEmpty).read(cut);
      run.wanting(got -> got.size() < 2).resume();
      run.wanting(_ -> true).resume();
      assertEquals(List.of("text a", "text b", "text c"), run.events());
    }
  }

  @Test
  void whoStopsGetsTheRestOfTheSegmentLater() {
    var run = new ReaderRun().wanting(List::isEmpty);
    run.read(List.of("8181 00000000 61 8181 00000000 62"));
    assertEquals(List.of("text a"), run.events());
  }

  @Test
  void whatIsNotWholeIsTakenFromTheBudget() {
    var run = new ReaderRun();
    assertEquals(0, run.read(List.of("8181 00000000 61")).taken());
    run.read(List.of("81fe4000 00000000" + A_KIB.repeat(15)));
    assertTrue(run.taken() >= 15 * 1_024);
    assertEquals(0, run.read(List.of(A_KIB)).taken());
    run.read(List.of(fragment(0x01, 16)));
    assertTrue(run.taken() >= 16 * 1_024);
    run.read(List.of(fragment(0x00, 16)));
    assertTrue(run.taken() >= 32 * 1_024);
    assertEquals(0, run.read(List.of(fragment(0x80, 16))).taken());
    assertEquals(3, run.events().size());
  }

  @Test
  void emptyFragmentsAreTakenFromTheBudgetToo() {
    var run = new ReaderRun().read(List.of("0180 00000000"));
    assertTrue(run.taken() > 0);
    assertEquals(0, run.read(List.of("8080 00000000")).taken());
  }

  @Test
  void whatIsKeptForALaterTurnIsTakenFromTheBudget() {
    var run = new ReaderRun().wanting(_ -> false).read(List.of("8181 00000000 61"));
    assertTrue(run.taken() > 0);
    assertEquals(0, run.wanting(_ -> true).resume().taken());
  }

  @Test
  void whoWantsMoreThanTheBudgetHasIsToldToTryLaterAndGivesAllBack() {
    var run = new ReaderRun(40_000).read(List.of(fragment(0x01, 30)));
    assertTrue(run.taken() > 0);
    run.read(List.of(fragment(0x00, 30)));
    assertEquals(0, run.taken());
    assertEquals(List.of("1013"), run.read(List.of("8080 00000000")).events());
  }

  /// Not whoever happens to send something in two pieces just then.
  @Test
  void whoHasKeptItWaitingForTheLongestTimeHasToGo() {
    var budget = new Budget(100_000);
    var holders = new Holders(budget);
    // The first never gives up all at once: in each read it ends one message and begins another.
    var first = new ReaderRun(budget, holders).read(List.of(fragment(0x01, 30)));
    var second = new ReaderRun(budget, holders).read(List.of(fragment(0x01, 30)));
    first.read(List.of("8080 00000000" + fragment(0x01, 30)));
    var third = new ReaderRun(budget, holders).read(List.of(fragment(0x01, 30)));
    assertTrue(budget.taken() < 100_000);
    // The first had finished what it began, and began anew after the second.
    third.read(List.of(fragment(0x00, 16), "8080 00000000"));
    first.read(List.of("8080 00000000"));
    assertEquals(List.of("1013"), second.events());
    assertEquals(2, first.events().size());
    assertEquals(1, third.events().size());
    assertEquals(0, budget.taken());
  }

  @Test
  void aBugOfTheSinkKeepsNoBuffer() {
    var run = new ReaderRun().wanting(got -> {
      throw new IllegalStateException("a bug");
    });
    var segment = UnpooledByteBufAllocator.DEFAULT.buffer().writeBytes(new byte[]{1, 2, 3});
    assertThrows(IllegalStateException.class, () -> run.read(segment));
    assertEquals(0, segment.refCnt());
    run.end();
  }

  @Test
  void whoEndsGivesAllBack() {
    var run = new ReaderRun().read(List.of(fragment(0x01, 16), "00"));
    assertTrue(run.taken() > 0);
    assertEquals(List.of(), run.events());
    assertEquals(0, run.taken());
  }

  @Test
  void timeRunsFromTheFirstByteToTheLast() {
    var run = new ReaderRun().read(List.of("8181 00000000 61"));
    assertEquals(0, run.ageNanos(System.nanoTime()));
    long before = System.nanoTime();
    run.read(List.of("01"));
    long after = System.nanoTime();
    assertBegunBetween(before, after, run);
    // Neither more of it, nor whole control frames between, make it younger.
    run.read(List.of("81 00000000 61", "8980 00000000", "00", "80 00000000"));
    assertBegunBetween(before, after, run);
    run.read(List.of("8080 00000000"));
    assertEquals(0, run.ageNanos(System.nanoTime()));
    run.end();
  }

  @Test
  void theTimeOfTheNextMessageIsItsOwn() {
    var run = new ReaderRun().read(List.of("81"));
    long before = System.nanoTime();
    run.read(List.of("81 00000000 61 81"));
    assertBegunBetween(before, System.nanoTime(), run);
    run.end();
  }

  @Test
  void aPauseOfOursIsNotTheClientsTime() {
    var run = new ReaderRun().wanting(_ -> false).read(List.of("8181 00000000 61 81"));
    long before = System.nanoTime();
    run.wanting(_ -> true).resume();
    assertBegunBetween(before, System.nanoTime(), run);
    run.end();
  }

  private static void assertBegunBetween(long before, long after, ReaderRun run) {
    assertTrue(run.ageNanos(before) <= 0);
    assertTrue(run.ageNanos(after) >= 0);
    assertTrue(run.ageNanos(after + 1) > 0);
  }
}
