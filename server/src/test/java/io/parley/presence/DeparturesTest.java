package io.parley.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DeparturesTest {
  private static final long SECOND = 1_000_000_000L;

  private final Departures departures = new Departures(Duration.ofSeconds(5));
  private final List<String> left = new ArrayList<>();

  private static UUID client(int number) {
    return new UUID(0, number);
  }

  private void takeDue(long seconds) {
    departures.takeDue(seconds * SECOND,
        (channel, client) -> left.add(channel + client.getLeastSignificantBits()));
  }

  @Test
  void eachLeavesAtItsTime() {
    departures.add("a", client(1), 0);
    departures.add("b", client(1), SECOND);
    departures.add("a", client(2), SECOND);
    takeDue(4);
    assertEquals(List.of(), left);
    takeDue(5);
    assertEquals(List.of("a1"), left);
    takeDue(9);
    assertEquals(List.of("a1", "b1", "a2"), left);
    assertEquals(0, departures.size());
  }

  @Test
  void whoIsCalledOffStaysAndMayGoLater() {
    departures.add("a", client(1), 0);
    departures.callOff("a", client(1));
    departures.callOff("a", client(2));
    departures.add("a", client(1), 3 * SECOND);
    takeDue(5);
    assertEquals(List.of(), left);
    takeDue(8);
    assertEquals(List.of("a1"), left);
  }

  @Test
  void ofThoseWhoAreDueAtOnceSomeGoAtATime() {
    int all = 2 * Departures.DUE_MAX + 1;
    for (int i = 0; i < all; i++) {
      departures.add("a", client(i), 0);
    }
    departures.add("a", client(all), SECOND);
    assertTrue(departures.takeDue(5 * SECOND, (channel, client) -> left.add(channel)));
    assertEquals(Departures.DUE_MAX, left.size());
    assertTrue(departures.takeDue(5 * SECOND, (channel, client) -> left.add(channel)));
    assertFalse(departures.takeDue(5 * SECOND, (channel, client) -> left.add(channel)));
    assertEquals(all, left.size());
    assertEquals(1, departures.size());
  }

  @Test
  void whoWillLeaveDoesNotPutItOff() {
    departures.add("a", client(1), 0);
    departures.add("a", client(1), 3 * SECOND);
    takeDue(5);
    takeDue(8);
    assertEquals(List.of("a1"), left);
  }
}
