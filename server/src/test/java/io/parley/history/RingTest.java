package io.parley.history;

import static io.parley.history.Numbered.all;
import static io.parley.history.Numbered.offsets;
import static io.parley.history.Numbered.one;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.channel.Publication;
import io.parley.channel.Retention;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What of a channel's past a ring can answer for.
class RingTest {
  private static final int SIZE = 10;
  private static final int BYTES = 100;
  private static final long NO_BOUND = Long.MAX_VALUE;

  /// One that begins behind an offset, with so many that came since.
  private static Ring ring(long after, int count) {
    var ring = new Ring(after + 1, new Retention(SIZE, Duration.ofSeconds(60)), 0);
    all(after + 1, after + count, BYTES).forEach(one -> ring.append(one, 0));
    return ring;
  }

  private static List<Long> page(Ring ring, long before, int count) {
    return offsets(ring.page(before, count, NO_BOUND));
  }

  private static List<Long> whole(Ring ring) {
    return offsets(ring.after(0));
  }

  @Test
  void itCoversWhatLiesBehindAnOffsetIfTheNextOneIsInIt() {
    var ring = ring(20, 3);
    assertTrue(ring.covers(20));
    assertTrue(ring.covers(22));
    assertTrue(ring.covers(23));
    assertFalse(ring.covers(19));
    assertFalse(ring.covers(0));
  }

  @Test
  void anEmptyOneCoversOnlyWhatIsToCome() {
    var ring = ring(20, 0);
    assertTrue(ring.covers(20));
    assertFalse(ring.covers(19));
    assertEquals(List.of(), whole(ring));
    assertEquals(0, ring.bytes());
  }

  @Test
  void whatLiesBehindAnOffsetComesOldestFirst() {
    var ring = ring(20, 5);
    assertEquals(offsets(21, 25), offsets(ring.after(20)));
    assertEquals(offsets(24, 25), offsets(ring.after(23)));
    assertEquals(List.of(), ring.after(25));
  }

  @Test
  void aPageIsTheNewestBeforeAnOffsetOldestFirst() {
    var ring = ring(20, 8);
    assertEquals(offsets(26, 28), page(ring, Long.MAX_VALUE, 3));
    assertEquals(offsets(23, 25), page(ring, 26, 3));
    assertEquals(offsets(21, 22), page(ring, 23, 3));
    assertEquals(List.of(), page(ring, 21, 3));
    assertEquals(List.of(), page(ring, 23, 0));
  }

  @Test
  void aPageHasNoMoreBytesThanAreWantedButAlwaysOne() {
    var ring = ring(20, 8);
    assertEquals(offsets(26, 28), offsets(ring.page(Long.MAX_VALUE, 8, 3 * BYTES)));
    assertEquals(offsets(27, 28), offsets(ring.page(Long.MAX_VALUE, 8, 3 * BYTES - 1)));
    assertEquals(offsets(24, 24), offsets(ring.page(25, 8, 1)));
  }

  @Test
  void itHasAPageIfAsManyAsAreWantedAreInIt() {
    var ring = ring(20, 8);
    assertTrue(ring.hasPage(Long.MAX_VALUE, 8));
    assertFalse(ring.hasPage(Long.MAX_VALUE, 9));
    assertTrue(ring.hasPage(24, 3));
    assertFalse(ring.hasPage(24, 4));
    assertTrue(ring.hasPage(29, 8));
  }

  @Test
  void itHasNoPageOfWhatIsBeforeIt() {
    var ring = ring(20, 8);
    assertFalse(ring.hasPage(20, 1));
    assertFalse(ring.hasPage(1, 1));
    assertFalse(ring(20, 0).hasPage(Long.MAX_VALUE, 1));
  }

  @Test
  void fromTheFirstOffsetOnItHasEveryPage() {
    var ring = ring(0, 4);
    assertTrue(ring.hasPage(Long.MAX_VALUE, SIZE));
    assertTrue(ring.hasPage(2, SIZE));
    assertTrue(ring.hasPage(1, SIZE));
    assertEquals(offsets(1, 1), page(ring, 2, SIZE));
  }

  @Test
  void onceItIsWholeItHasEveryPage() {
    var ring = ring(20, 2);
    ring.prepend(all(18, 20, BYTES), true);
    assertTrue(ring.hasPage(Long.MAX_VALUE, SIZE));
    assertEquals(offsets(18, 22), page(ring, Long.MAX_VALUE, SIZE));
    assertTrue(ring.hasPage(18, SIZE));
    assertEquals(List.of(), page(ring, 18, SIZE));
  }

  @Test
  void whereTheBrokerHasOlderOnesItHasNoPageThatReachesBeyondIt() {
    var ring = ring(20, 2);
    ring.prepend(all(18, 20, BYTES), false);
    assertTrue(ring.hasPage(Long.MAX_VALUE, 5));
    assertFalse(ring.hasPage(Long.MAX_VALUE, 6));
  }

  @Test
  void whatTheBrokerHadGoesBeforeTheOthers() {
    var ring = ring(20, 2);
    ring.prepend(all(17, 20, BYTES), false);
    assertEquals(offsets(17, 22), whole(ring));
    assertTrue(ring.covers(16));
    assertFalse(ring.covers(15));
  }

  @Test
  void whatIsInItAlreadyIsNotTakenTwice() {
    var ring = ring(20, 3);
    ring.prepend(all(19, 23, BYTES), false);
    assertEquals(offsets(19, 23), whole(ring));
  }

  @Test
  void whatDoesNotReachUpToItIsLeftOut() {
    var ring = ring(20, 3);
    long before = ring.bytes();
    ring.prepend(all(15, 19, BYTES), false);
    assertEquals(offsets(21, 23), whole(ring));
    assertFalse(ring.covers(19));
    assertEquals(before, ring.bytes());
    ring.prepend(all(15, 19, BYTES), true);
    assertFalse(ring.hasPage(Long.MAX_VALUE, 4), "there is more than it has");
  }

  @Test
  void whatTheChannelNoLongerKeepsGoesAndTheRestIsStillWhole() {
    var ring = ring(0, SIZE);
    ring.prepend(List.of(), true);
    ring.append(one(SIZE + 1, BYTES), 0);
    ring.append(one(SIZE + 2, BYTES), 0);
    ring.trim(NO_BOUND);
    assertEquals(offsets(3, SIZE + 2), whole(ring));
    assertFalse(ring.covers(1));
    assertTrue(ring.covers(2));
    assertTrue(ring.hasPage(Long.MAX_VALUE, SIZE + 5));
    assertTrue(ring.hasPage(3, 1));
  }

  @Test
  void whatGoesForItsBytesIsStillAtTheBroker() {
    var ring = ring(20, 5);
    ring.prepend(List.of(), true);
    ring.trim(3 * BYTES);
    assertEquals(offsets(23, 25), whole(ring));
    assertTrue(ring.hasPage(Long.MAX_VALUE, 3));
    assertFalse(ring.hasPage(Long.MAX_VALUE, 4));
    assertFalse(ring.hasPage(23, 1));
  }

  @Test
  void oneThatIsTooLargeByItselfLeavesNothing() {
    var ring = ring(20, 1);
    ring.trim(BYTES - 1);
    assertEquals(List.of(), whole(ring));
    assertTrue(ring.covers(21));
    assertFalse(ring.covers(20));
    ring.append(one(22, 1), 0);
    ring.trim(BYTES - 1);
    assertEquals(offsets(22, 22), whole(ring));
  }

  @Test
  void withinBoundsNothingGoes() {
    var ring = ring(20, SIZE);
    ring.trim((long) SIZE * BYTES);
    assertEquals(offsets(21, 30), whole(ring));
  }

  @Test
  void itsBytesAreThoseOfItsDataAndSomeForEach() {
    var ring = ring(20, 3);
    long overhead = ring.bytes() - 3 * BYTES;
    assertTrue(overhead > 0 && overhead % 3 == 0, () -> "overhead: " + overhead);
    ring.prepend(all(20, 20, BYTES), false);
    assertEquals(4 * BYTES + overhead / 3 * 4, ring.bytes());
    ring.trim(BYTES);
    assertEquals(BYTES + overhead / 3, ring.bytes());
    ring.drop();
    assertEquals(0, ring.bytes());
  }

  @Test
  void itExpiresWithTheChannelsTimeToLiveAfterItsNewest() {
    var ttl = Duration.ofSeconds(60).toNanos();
    var ring = ring(20, 0);
    assertFalse(ring.hasExpired(ttl));
    assertTrue(ring.hasExpired(ttl + 1));
    ring.append(one(21, BYTES), 1_000);
    assertFalse(ring.hasExpired(1_000 + ttl));
    assertTrue(ring.hasExpired(1_000 + ttl + 1));
  }

  @Test
  void aPublicationWithoutAPositionHasNoOffset() {
    var placed = one(1, BYTES);
    var unplaced = new Publication(
        placed.content(), placed.data(), placed.publisher(), placed.audience());
    assertThrows(IllegalStateException.class, () -> Ring.offsetOf(unplaced));
    assertEquals(1, Ring.offsetOf(placed));
  }
}
