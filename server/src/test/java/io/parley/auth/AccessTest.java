package io.parley.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.channel.InvalidNameException;
import java.util.HashSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccessTest {
  @Test
  void nobodyComesInWithoutATokenUnlessAnonymousConnectionsAreAllowed() throws Exception {
    for (var access : new Access[]{new Access(false, true), new Access(false, false)}) {
      assertEquals(Optional.empty(), access.withoutToken("alice"));
      assertEquals(Optional.empty(), access.withoutToken(null));
    }
  }

  @Test
  void aClaimedNameIsBelievedWhereThatIsAllowed() throws Exception {
    var access = new Access(true, true);
    assertEquals(Optional.of("alice"), access.withoutToken("alice"));
    assertEquals(Optional.of("\u00e9"), access.withoutToken("e\u0301"));
  }

  @Test
  void elseTheUserIsAGuest() throws Exception {
    assertIsGuest(new Access(true, false).withoutToken("alice"));
    assertIsGuest(new Access(true, false).withoutToken("not:a name"));
    assertIsGuest(new Access(true, false).withoutToken(null));
    assertIsGuest(new Access(true, true).withoutToken(null));
  }

  @Test
  void guestsHaveSixtyFourRandomBits() throws Exception {
    var access = new Access(true, true);
    var guests = new HashSet<String>();
    long ones = 0;
    long zeros = 0;
    for (int i = 0; i < 1_000; i++) {
      var guest = access.withoutToken(null).orElseThrow();
      assertTrue(guests.add(guest), guest);
      long bits = Long.parseUnsignedLong(guest.substring("guest-".length()), 16);
      ones |= bits;
      zeros |= ~bits;
    }
    assertEquals(-1L, ones & zeros, "every bit is once 1 and once 0");
  }

  @Test
  void thePrefixOfGuestsCannotBeClaimed() {
    var access = new Access(true, true);
    assertThrows(InvalidNameException.class, () -> access.withoutToken("guest-"));
    assertThrows(InvalidNameException.class, () -> access.withoutToken("guest-0123456789abcdef"));
  }

  @Test
  void aClaimedNameHasToBeOne() {
    var access = new Access(true, true);
    assertThrows(InvalidNameException.class, () -> access.withoutToken(""));
    assertThrows(InvalidNameException.class, () -> access.withoutToken("a:b"));
  }

  private static void assertIsGuest(Optional<String> user) {
    assertTrue(user.orElseThrow().matches("guest-[0-9a-f]{16}"), user::toString);
  }
}
