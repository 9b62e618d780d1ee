package io.parley.session;

import static io.parley.broker.PublishOutcome.Failed.ID_CONFLICT;
import static io.parley.broker.PublishOutcome.Failed.REFUSED;
import static io.parley.broker.PublishOutcome.Failed.UNKNOWN;
import static io.parley.broker.PublishOutcome.Stored.NOWHERE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.broker.PublishOutcome;
import io.parley.channel.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DirectMessageTest {
  private static List<PublishOutcome> sum(PublishOutcome... parts) {
    var whole = new ArrayList<PublishOutcome>();
    var message = new DirectMessage(parts.length, whole::add);
    for (int i = 0; i < parts.length; i++) {
      assertEquals(List.of(), whole, "told before all parts are");
      message.onOutcome(parts[i]);
    }
    return whole;
  }

  @Test
  void itIsStoredOnceAllOfItIs() {
    assertEquals(List.of(NOWHERE), sum(NOWHERE));
    assertEquals(List.of(NOWHERE), sum(NOWHERE, NOWHERE, NOWHERE));
  }

  @Test
  void itIsRefusedOnlyIfNoPartOfItIsStored() {
    assertEquals(List.of(ID_CONFLICT), sum(ID_CONFLICT, ID_CONFLICT));
    assertEquals(List.of(REFUSED), sum(REFUSED, REFUSED));
    assertEquals(List.of(ID_CONFLICT), sum(REFUSED, ID_CONFLICT));
    assertEquals(List.of(UNKNOWN), sum(REFUSED, NOWHERE));
    assertEquals(List.of(UNKNOWN), sum(REFUSED, UNKNOWN));
    assertEquals(List.of(UNKNOWN), sum(NOWHERE, ID_CONFLICT));
    assertEquals(List.of(UNKNOWN), sum(ID_CONFLICT, NOWHERE));
  }

  @Test
  void onePartUnknownMakesItUnknown() {
    assertEquals(List.of(UNKNOWN), sum(UNKNOWN, NOWHERE));
    assertEquals(List.of(UNKNOWN), sum(NOWHERE, UNKNOWN));
    assertEquals(List.of(UNKNOWN), sum(ID_CONFLICT, UNKNOWN));
  }

  @Test
  void itStandsWhereTheSendersOwnCopyStands() {
    var whole = new ArrayList<PublishOutcome>();
    var message = new DirectMessage(3, whole::add);
    message.onOutcome(new PublishOutcome.Stored(new Position(1, 10)));
    message.onOwnOutcome(new PublishOutcome.Stored(new Position(2, 20)));
    message.onOutcome(new PublishOutcome.Stored(new Position(3, 30)));
    assertEquals(List.of(new PublishOutcome.Stored(new Position(2, 20))), whole);
  }

  private static DirectIds ids(String id, String... receivers) {
    return DirectIds.of(new TreeSet<>(List.of(receivers)), id);
  }

  @Test
  void idsAreTheSameForTheSameMessage() {
    assertEquals(ids("1", "bob", "carol"), ids("1", "carol", "bob"));
  }

  @Test
  void anotherIdOrOtherReceiversMakeOtherIds() {
    var seen = new TreeSet<String>();
    var all = List.of(ids("1", "bob"), ids("2", "bob"), ids("1", "carol"),
        ids("1", "bob", "carol"), ids("bob:1", "carol"), ids("1", "x".repeat(64)));
    for (var ids : all) {
      assertTrue(seen.add(ids.part()), ids::part);
      assertTrue(seen.add(ids.copy()), ids::copy);
    }
  }

  @Test
  void manyReceiversMakeAShortIdThatIsStillTheirs() {
    var many = new String[100];
    for (int i = 0; i < many.length; i++) {
      many[i] = "user-" + i + "-" + "x".repeat(50);
    }
    var ids = ids("1", many);
    assertTrue(ids.part().length() < 100, ids::part);
    assertEquals(ids, ids("1", many.clone()));
    many[99] = "another";
    assertNotEquals(ids, ids("1", many));
  }
}
