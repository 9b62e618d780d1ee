package io.parley.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.channel.ClientInfo;
import io.parley.channel.PresenceEvent;
import io.parley.channel.PresenceEvent.Change;
import io.parley.channel.PresenceEvent.Kind;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RosterTest {
  private static final Roster.News NOTHING = new Roster.News(List.of(), List.of(), false);
  private static final Roster.News READ = new Roster.News(List.of(), List.of(), true);

  private final Roster roster = new Roster();

  private static PresenceEvent event(long version, Kind kind, String user) {
    return new PresenceEvent(version, null, 7, 5,
        List.of(new Change(kind, new ClientInfo(user, new UUID(0, version)))), 0);
  }

  private static Who who(long version, Map<String, Integer> connections) {
    return new Who(version, connections.values().stream().mapToInt(i -> i).sum(),
        connections.size(), connections, true);
  }

  private static Roster.News joined(String... users) {
    return new Roster.News(List.of(users), List.of(), false);
  }

  private static Roster.News left(String... users) {
    return new Roster.News(List.of(), List.of(users), false);
  }

  @Test
  void aFirstReadingTellsNothing() {
    assertEquals(READ, roster.onEvent(event(8, Kind.USER_JOINED, "early")));
    assertEquals(NOTHING, roster.onRead(who(8, Map.of("alice", 1))));
    assertEquals(Map.of("alice", 1), roster.connections());
  }

  @Test
  void eventsThatFollowAreTold() {
    roster.onRead(who(8, Map.of("alice", 1)));
    assertEquals(joined("bob"), roster.onEvent(event(9, Kind.USER_JOINED, "bob")));
    assertEquals(NOTHING, roster.onEvent(event(10, Kind.CLIENT_JOINED, "alice")));
    assertEquals(Map.of("alice", 2, "bob", 1), roster.connections());
    assertEquals(left("bob"), roster.onEvent(event(11, Kind.USER_LEFT, "bob")));
    assertEquals(NOTHING, roster.onEvent(event(12, Kind.CLIENT_LEFT, "alice")));
    assertEquals(Map.of("alice", 1), roster.connections());
    assertEquals(7, roster.clients());
    assertEquals(5, roster.users());
  }

  @Test
  void whatTheReadingHadIsNotToldAgain() {
    roster.onRead(who(8, Map.of("alice", 1)));
    assertEquals(NOTHING, roster.onEvent(event(8, Kind.USER_JOINED, "alice")));
    assertEquals(NOTHING, roster.onEvent(event(7, Kind.USER_LEFT, "alice")));
    assertEquals(Map.of("alice", 1), roster.connections());
  }

  @Test
  void aLostEventIsHealedByReadingAgain() {
    roster.onRead(who(8, Map.of("alice", 1, "bob", 1)));
    assertEquals(READ, roster.onEvent(event(10, Kind.USER_JOINED, "dave")));
    // Until it was read, everything is a gap.
    assertEquals(READ, roster.onEvent(event(11, Kind.USER_JOINED, "erin")));
    assertEquals(new Roster.News(List.of("dave"), List.of("bob"), false),
        roster.onRead(who(10, Map.of("alice", 1, "dave", 1))));
    assertEquals(joined("erin"), roster.onEvent(event(11, Kind.USER_JOINED, "erin")));
  }

  @Test
  void afterAnInterruptionAnyVersionIsNew() {
    roster.onRead(who(100, Map.of("alice", 1)));
    roster.interrupt();
    assertEquals(joined("bob"), roster.onRead(who(50, Map.of("alice", 1, "bob", 1))));
    assertEquals(left("bob"), roster.onEvent(event(51, Kind.USER_LEFT, "bob")));
  }

  @Test
  void aReadingThatIsOlderThanAnEventIsReadAgain() {
    roster.onRead(who(8, Map.of()));
    roster.onEvent(event(9, Kind.USER_JOINED, "alice"));
    assertEquals(READ, roster.onRead(who(8, Map.of())));
    assertEquals(Map.of("alice", 1), roster.connections());
  }

  @Test
  void whereChangesAreHiddenNobodyIsMadeUp() {
    roster.onRead(who(8, Map.of("alice", 1)));
    var crowd = new PresenceEvent(9, null, 400, 300,
        List.of(new Change(Kind.USER_JOINED, new ClientInfo("bob", new UUID(0, 1)))), 299);
    assertEquals(joined("bob"), roster.onEvent(crowd));
    assertFalse(roster.isNamed());
    assertEquals(Map.of(), roster.connections());
    assertEquals(400, roster.clients());
    // Read again, they are known again, and none of them has just come.
    assertEquals(NOTHING, roster.onRead(who(10, Map.of("alice", 1, "dave", 1))));
    assertTrue(roster.isNamed());
  }
}
