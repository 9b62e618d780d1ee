package io.parley.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.channel.Channels;
import io.parley.channel.Names;
import io.parley.config.Permission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AskerTest {
  private static final Asker BOB = new Asker("bob", false);
  private static final Asker GUEST = new Asker("guest-1", true);

  @ParameterizedTest
  @CsvSource({
      // permission, bob in his own, bob in another's, a guest in another's
      "NOBODY, false, false, false",
      "SUBSCRIBERS, false, false, false",
      "OWNERS, true, false, false",
      "INVITED, true, false, false",
      "USERS, true, true, false",
      "ANYONE, true, true, true",
      "TOKEN, false, false, false"})
  void permissionsOfThoseWhoAreNotSubscribed(Permission permission, boolean own, boolean others,
      boolean guest) {
    assertEquals(own, BOB.has(permission, "me:#bob", false));
    assertEquals(others, BOB.has(permission, "me:#alice", false));
    assertEquals(guest, GUEST.has(permission, "me:#alice", false));
  }

  @Test
  void subscriptionCountsForSubscribersOnly() {
    for (var permission : Permission.values()) {
      assertEquals(permission == Permission.SUBSCRIBERS
          || GUEST.has(permission, "me:#alice", false),
          GUEST.has(permission, "me:#alice", true), permission::text);
    }
  }

  @Test
  void guestOwnsWhatNamesHim() {
    assertTrue(GUEST.has(Permission.OWNERS, "inbox:#guest-1", false));
    assertTrue(GUEST.has(Permission.INVITED, "typing:#bob,guest-1", false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"typing:lobby", "typing:", "", "typing:alice,carl", "typing:%23alice"})
  void whereThereIsNoSignEverybodyIsInvited(String channel) {
    assertTrue(BOB.has(Permission.INVITED, channel, false));
    assertTrue(GUEST.has(Permission.INVITED, channel, false));
    assertTrue(new Asker("", false).has(Permission.INVITED, channel, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"typing:#", "typing:#,", "typing:#,,", "typing:lobby#", "#"})
  void signWithoutANameInvitesNobody(String channel) {
    assertFalse(BOB.has(Permission.INVITED, channel, true));
    assertFalse(GUEST.has(Permission.INVITED, channel, true));
    assertFalse(new Asker("", false).has(Permission.INVITED, channel, true));
  }

  @Test
  void invitedAreThoseWhomTheChannelNamesThoughOthersSubscribedByAToken() {
    assertTrue(BOB.has(Permission.INVITED, "typing:#alice,bob", false));
    assertFalse(new Asker("carl", false).has(Permission.INVITED, "typing:#alice,bob", true));
    assertFalse(new Asker("alice,bob", false).has(Permission.INVITED, "typing:#alice,bob", false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"call:#bob", "call:#bob,alice", "call:#alice,bob", "call:#a,bob,c",
      "call:x#bob", "#bob", "call:#,bob", "call:#bob,", "call:#bob,bob"})
  void ownersStandBehindTheSignBetweenCommas(String channel) {
    assertTrue(BOB.owns(channel));
  }

  @ParameterizedTest
  @ValueSource(strings = {"call:bob", "call:", "", "bob", "#", "call:#", "call:#,", "call:#bobby",
      "call:#bo", "call:#bo,b", "call:#Bob", "call:#alice#bob", "call:##bob", "call:#bob ",
      "call:# bob", "call:#alice,#bob", "call:bob#", "bob#:x", "call:#%62ob"})
  void othersDoNot(String channel) {
    assertFalse(BOB.owns(channel));
  }

  @ParameterizedTest
  @ValueSource(strings = {"o,neill", "a b", "50%", "#bob", "a:b", "{x}*", "\u00fc", "\uD83D\uDE00",
      "%2c", "tab\tbed", ","})
  void userWhoseNameIsEscapedOwnsHisOwn(String user) {
    var asker = new Asker(user, false);
    assertTrue(asker.owns(Channels.inbox(user)));
    assertTrue(asker.owns("call:#bob," + Names.escaped(user) + ",alice"));
    assertFalse(asker.owns("inbox:#" + Names.escaped(Names.escaped(user) + "%")));
  }

  @Test
  void nameIsNeverTakenForAListOfNames() {
    assertFalse(new Asker("bob,alice", false).owns("call:#bob,alice"));
    assertFalse(BOB.owns(Channels.inbox("bob,alice")));
    assertTrue(new Asker("bob,alice", false).owns("call:#bob%2calice"));
  }

  @Test
  void nobodyWithoutANameOwnsAnything() {
    assertFalse(new Asker("", false).owns("call:#"));
    assertFalse(new Asker("", false).owns("call:#bob,,alice"));
  }
}
