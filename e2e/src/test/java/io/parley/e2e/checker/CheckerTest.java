package io.parley.e2e.checker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.checker.Finding.Kind;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A checker that has never found anything proves nothing: here are logs that were spoiled on
/// purpose, each of which has to be reported by its kind and with the culprit's name.
class CheckerTest {
  /// Two writers and two readers in a room: one reader stays, the other goes and comes back. The
  /// fourth message is tried twice.
  private static Script clean() {
    return new Script("room:c")
        .joined("stays", "E:0").joined("returns", "E:0")
        .sent("a-1").acked("a-1", "E:1").got("stays", "a-1", "E:1").got("returns", "a-1", "E:1")
        .sent("b-1").got("stays", "b-1", "E:2").acked("b-1", "E:2").got("returns", "b-1", "E:2")
        .sent("a-2").acked("a-2", "E:3").got("stays", "a-2", "E:3")
        .sent("b-2").unknown("b-2").got("stays", "b-2", "E:4").acked("b-2", "E:4")
        .sent("c-1").refused("c-1")
        .resumed("returns", "E:2", true)
        .got("returns", "a-2", "E:3").got("returns", "b-2", "E:4")
        .ended("stays").ended("returns")
        .history("n1", "b-2 E:4", "a-2 E:3", "b-1 E:2", "a-1 E:1")
        .history("n2", "b-2 E:4", "a-2 E:3", "b-1 E:2", "a-1 E:1");
  }

  /// Exactly these kinds, each with all its culprits in one of its findings.
  private static Verdict assertFound(Script spoiled, Kind kind, String... culprits) {
    var verdict = spoiled.verdict();
    assertEquals(List.of(kind), verdict.findings().stream().map(Finding::kind).distinct().toList(),
        verdict::toString);
    assertTrue(verdict.findings().stream().anyMatch(
        finding -> List.of(culprits).stream().allMatch(finding.what()::contains)),
        verdict::toString);
    return verdict;
  }

  private static Verdict assertClean(Script script) {
    var verdict = script.verdict();
    assertTrue(verdict.isClean(), verdict::toString);
    return verdict;
  }

  @Test
  void aCleanLogIsCleanAndCounted() {
    var verdict = assertClean(clean());

    assertEquals(new Verdict.Sent(5, 4, 1, 1, 0, 8), verdict.sent());
    assertEquals(new Verdict.Resumes(1, 0, 0), verdict.resumes());
    assertEquals(new Verdict.Excused(0, 0), verdict.excused());
    assertTrue(verdict.toString().startsWith("| sent | acked | refused | unknown |"),
        verdict::toString);
  }

  @Test
  void aDeliveryThatIsMissingIsAHole() {
    var spoiled = clean();
    assertFound(spoiled.without(spoiled.delivery("stays", "a-2")), Kind.HOLE, "stays", "a-2",
        "E:3");
  }

  @Test
  void theLastDeliveryThatIsMissingIsAHoleToo() {
    var spoiled = clean();
    assertFound(spoiled.without(spoiled.delivery("stays", "b-2")), Kind.HOLE, "stays ended",
        "E:3", "b-2");
  }

  @Test
  void aHoleAfterRecoveredIsAFalseRecovery() {
    var spoiled = clean();
    assertFound(spoiled.without(spoiled.delivery("returns", "a-2")), Kind.FALSE_RECOVERY,
        "returns", "a-2");
  }

  @Test
  void twoDeliveriesThatChangedPlacesAreAHoleAndDisorder() {
    var spoiled = clean();
    Collections.swap(spoiled.log(), spoiled.delivery("stays", "b-1"),
        spoiled.delivery("stays", "a-2"));

    var verdict = spoiled.verdict();
    assertTrue(verdict.count(Kind.HOLE) > 0, verdict::toString);
    assertTrue(verdict.findings().stream().anyMatch(finding -> finding.kind() == Kind.DISORDER
        && finding.what().contains("stays got b-1")), verdict::toString);
  }

  @Test
  void aDeliveryTwiceIsADuplicate() {
    var spoiled = clean();
    var at = spoiled.delivery("stays", "a-1");
    spoiled.log().add(at + 1, spoiled.log().get(at));
    assertFound(spoiled, Kind.DUPLICATE, "stays", "a-1", "E:1");
  }

  @Test
  void theSameAfterAResumeIsADuplicate() {
    var spoiled = clean();
    var at = spoiled.find(Event.Resumed.class::isInstance);
    spoiled.log().add(at + 1, spoiled.log().get(spoiled.delivery("returns", "b-1")));
    assertFound(spoiled, Kind.DUPLICATE, "returns", "b-1");
  }

  @Test
  void anAckOfWhatIsNotStoredIsALoss() {
    assertFound(clean().sent("c-2").acked("c-2", "E:5"), Kind.LOST, "c-2", "E:5", "n1");
  }

  @Test
  void whatOneNodeDoesNotShowIsLost() {
    var spoiled = clean();
    spoiled.without(spoiled.find(event -> event instanceof Event.FinalRead read
        && read.node().equals("n2") && read.id().equals("b-2")));
    assertFound(spoiled, Kind.LOST, "b-2", "n2");
  }

  @Test
  void aCounterThatWasRewoundIsAConflict() {
    assertFound(clean().joined("late", "E:3").sent("d-1").unknown("d-1").got("late", "d-1", "E:4"),
        Kind.CONFLICT, "room:c", "E:4", "b-2", "d-1");
  }

  @Test
  void anAckAtAnothersPositionIsAConflict() {
    var verdict = clean().sent("d-1").acked("d-1", "E:4").verdict();
    assertEquals(1, verdict.count(Kind.CONFLICT), verdict::toString);
    assertEquals(1, verdict.count(Kind.LOST), verdict::toString);
  }

  @Test
  void whatWasRefusedMayNotBeRead() {
    assertFound(clean().joined("late", "E:4").got("late", "c-1", "E:5"), Kind.REFUSED_BUT_READ,
        "late", "c-1");
  }

  @Test
  void whatWasRefusedAfterAnUnknownTryMayBeRead() {
    assertClean(clean().joined("late", "E:4").sent("c-2").unknown("c-2").refused("c-2")
        .got("late", "c-2", "E:5"));
  }

  @Test
  void whatNobodySentMayNotBeRead() {
    assertFound(clean().joined("late", "E:4").got("late", "x-9", "E:5"), Kind.NEVER_SENT, "late",
        "x-9");
  }

  @Test
  void whatWasSentElsewhereMayNotBeRead() {
    assertFound(clean().in("room:other").history("n1").history("n2").joined("late", "F:0")
        .got("late", "a-1", "F:1"), Kind.NEVER_SENT, "a-1", "room:other", "room:c");
  }

  @Test
  void oneMessageAtTwoPositionsIsStoredTwice() {
    assertFound(clean().joined("late", "E:4").got("late", "b-2", "E:5"), Kind.STORED_TWICE,
        "b-2", "E:4", "E:5");
  }

  @Test
  void oneMessageTwiceInAHistoryIsStoredTwice() {
    assertFound(new Script("room:c").sent("a-1").acked("a-1", "E:1")
        .history("n1", "a-1 E:1", "a-1 E:2"), Kind.STORED_TWICE, "a-1", "n1");
  }

  @Test
  void aHistoryWithAHoleIsReported() {
    assertFound(new Script("room:c").sent("a-1").acked("a-1", "E:1").sent("b-1")
        .acked("b-1", "E:3").history("n1", "a-1 E:1", "b-1 E:3"), Kind.HOLE, "n1", "E:3");
  }

  @Test
  void aWritersMessagesInAnotherOrderAreDisorder() {
    assertFound(new Script("room:c").joined("r", "E:0")
        .sent("a-1").acked("a-1", "E:2").sent("a-2").acked("a-2", "E:1")
        .got("r", "a-2", "E:1").got("r", "a-1", "E:2").ended("r")
        .history("n1", "a-2 E:1", "a-1 E:2"), Kind.DISORDER, "a-1", "a-2");
  }

  @Test
  void aReaderWhoGoesBackIsDisorder() {
    assertFound(clean().joined("late", "E:2").got("late", "a-2", "E:3").got("late", "b-1", "E:2"),
        Kind.DISORDER, "late", "b-1", "E:2", "E:3");
  }

  @Test
  void anAnnouncedHoleIsNone() {
    var verdict = assertClean(clean().joined("late", "E:1").lost("late", "E:2")
        .got("late", "a-2", "E:3").resumed("late", "E:3", false).got("late", "b-2", "E:4"));
    assertEquals(new Verdict.Resumes(1, 1, 1), verdict.resumes());
  }

  @Test
  void whatFollowsAnAnnouncementStartsWhereItSays() {
    assertFound(clean().joined("late", "E:0").lost("late", "E:1").got("late", "a-2", "E:3"),
        Kind.HOLE, "late", "a-2", "E:2 b-1");
  }

  @Test
  void anEpochThatKeepsTheNumberingChangesNothing() {
    assertClean(new Script("room:c").joined("r", "E:0")
        .sent("a-1").acked("a-1", "E:1").got("r", "a-1", "E:1")
        .sent("a-2").acked("a-2", "E2:2").got("r", "a-2", "E2:2").ended("r")
        .history("n1", "a-1 E:1", "a-2 E2:2").history("n2", "a-1 E2:1", "a-2 E2:2"));
  }

  @Test
  void anEpochWithAnotherPastNeedsAWord() {
    var forked = new Script("room:c").joined("r", "E:0")
        .sent("a-1").acked("a-1", "E:1").got("r", "a-1", "E:1")
        .sent("b-1").unknown("b-1").got("r", "b-1", "E:2")
        .struck("F5", 1_000).healed("F5")
        .sent("a-2").acked("a-2", "E2:2").sent("a-3").acked("a-3", "E2:3");
    var history = new String[]{"a-1 E2:1", "a-2 E2:2", "a-3 E2:3"};

    assertFound(forked.in("room:c").got("r", "a-3", "E2:3").history("n1", history), Kind.HOLE,
        "r got a-3", "b-1", "E2:2");
    assertClean(forked.in("room:c").lost("r", "E2:1").got("r", "a-2", "E2:2")
        .got("r", "a-3", "E2:3").ended("r").history("n1", history));
  }

  @Test
  void whoIsNotToldThatAllIsGoneMissesIt() {
    assertFound(new Script("room:c").joined("r", "E:0")
        .sent("a-1").acked("a-1", "E:1").got("r", "a-1", "E:1")
        .sent("a-2").acked("a-2", "E:2").got("r", "a-2", "E:2")
        .struck("F6", 1_000).healed("F6").sent("a-3").acked("a-3", "E2:1").ended("r")
        .history("n1", "a-3 E2:1"), Kind.HOLE, "r ended", "E:2", "E2:1");
  }

  @Test
  void whatAStoreForgotMayComeAgainAtAnotherPlace() {
    assertClean(new Script("room:c").joined("r", "E:0")
        .sent("a-1").acked("a-1", "E:1").got("r", "a-1", "E:1")
        .sent("b-1").unknown("b-1").got("r", "b-1", "E:2")
        .struck("F5", 1_000).healed("F5").lost("r", "E2:1")
        .sent("a-2").acked("a-2", "E2:2").got("r", "a-2", "E2:2")
        .acked("b-1", "E2:3").got("r", "b-1", "E2:3").ended("r")
        .history("n1", "a-1 E2:1", "a-2 E2:2", "b-1 E2:3"));
  }

  @Test
  void aLossWithinTheWindowIsCountedApartIfTheEpochTellsOfIt() {
    var crash = new Script("room:c").sent("a-1").acked("a-1", "E:1")
        .sent("a-2").acked("a-2", "E:2").struck("F5", 3).healed("F5");

    var verdict = assertClean(crash.in("room:c").sent("b-1").acked("b-1", "E2:2")
        .history("n1", "a-1 E:1", "b-1 E2:2"));
    assertEquals(new Verdict.Excused(1, 0), verdict.excused());
    assertFound(crash.in("room:c").sent("b-1").acked("b-1", "E:3")
        .history("n1", "b-1 E:3"), Kind.LOST, "a-2", "the epoch is the same");
  }

  @Test
  void aLossBeforeTheWindowIsALoss() {
    assertFound(new Script("room:c").sent("a-1").acked("a-1", "E:1").sent("a-2")
        .acked("a-2", "E:2").struck("F5", 2).healed("F5").sent("b-1").acked("b-1", "E2:1")
        .history("n1", "b-1 E2:1"), Kind.LOST, "a-1", "E:1");
  }

  @Test
  void aLossAfterTheStoreWasBackIsALoss() {
    assertFound(new Script("room:c").struck("F5", 3).healed("F5").sent("a-1")
        .acked("a-1", "E2:1").history("n1"), Kind.LOST, "a-1", "E2:1");
  }

  @Test
  void whatTheHistoryHasNoRoomForIsTrimmed() {
    var script = new Script("room:c").sent("a-1").acked("a-1", "E:1").sent("a-2")
        .acked("a-2", "E:2").sent("a-3").acked("a-3", "E:3").history("n1", "a-2 E:2", "a-3 E:3");

    assertEquals(new Verdict.Excused(0, 1), Checker.check(script.log(), 2).excused());
    assertTrue(Checker.check(script.log(), 2).isClean());
    assertEquals(1, Checker.check(script.log(), 3).count(Kind.LOST));
  }

  @Test
  void aLogWithoutAHistoryIsIncomplete() {
    assertFound(new Script("room:c").sent("a-1").refused("a-1"), Kind.INCOMPLETE, "room:c");
  }
}
