package io.parley.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  private static final String GRIN = "\ud83d\ude00";

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "alice", "O'Neil", "a.b-c_d", "%41", "/", "\\", "\"", "名前", "Жук", GRIN,
          "a\u200bb", "?"})
  void namesPassAsTheyAre(String name) throws InvalidNameException {
    assertEquals(name, Names.checked(name));
  }

  @Test
  void twoSpellingsThatLookTheSameAreOneName() throws InvalidNameException {
    assertEquals("\u00e9", Names.checked("e\u0301"));
    assertEquals("\u00e9", Names.checked("\u00e9"));
    assertEquals("\uac00", Names.checked("\u1100\u1161"));
  }

  @Test
  void lengthIsCountedInCodePointsAfterNormalising() throws InvalidNameException {
    assertEquals(128, Names.checked(GRIN.repeat(64)).length());
    assertEquals("\u00e9".repeat(64), Names.checked("e\u0301".repeat(64)));
    for (var tooLong : List.of("a".repeat(65), GRIN.repeat(65), "e\u0301".repeat(65),
        "a".repeat(100_000))) {
      var refused = assertThrows(InvalidNameException.class, () -> Names.checked(tooLong));
      assertTrue(String.valueOf(refused.getMessage()).contains("characters (expected: 1 to 64)"));
    }
    assertThrows(InvalidNameException.class, () -> Names.checked(""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {":", "#", ",", "{", "}", "*", " ", "\t", "\n", "\r", "\0", "\u001b", "\u007f",
          "\u0085", "\u00a0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f", "\u3000", "\ufeff",
          "\ud83d", "\ude00"})
  void noNameHasACharacterThatMeansSomethingElsewhere(String bad) {
    for (var name : List.of(bad, "a" + bad, bad + "a", "é" + bad + "b")) {
      var refused = assertThrows(InvalidNameException.class, () -> Names.checked(name));
      assertTrue(String.valueOf(refused.getMessage()).contains("(expected: "));
    }
  }

  @Test
  void whatBecomesForbiddenByNormalisingIsForbidden() {
    // U+037E, the Greek question mark, is a semicolon in NFC; U+2000 is U+2002, a blank.
    assertThrows(InvalidNameException.class, () -> Names.checked("a\u2000"));
  }

  @Test
  void escapingKeepsNamesAsTheyAre() {
    for (var name : List.of("alice", "名前", GRIN, "a.b-c", "?", "/")) {
      assertEquals(name, Names.escaped(name));
    }
  }

  @Test
  void whatIsOutsideOfNamesIsPercentEncoded() {
    assertEquals("%3a%23%2c%7b%7d%2a%25", Names.escaped(":#,{}*%"));
    assertEquals("a%20b%0a%c2%a0%ef%bb%bf", Names.escaped("a b\n\u00a0\ufeff"));
    assertEquals("%2541", Names.escaped("%41"));
  }

  @Test
  void differentUsersAreNeverEscapedToTheSame() {
    var random = new Random(1);
    var alphabet = "aA23%:#,{}* \n\t\u00a0\ufeffé\ud83d\ude00";
    var users = new HashMap<String, String>();
    for (int i = 0; i < 100_000; i++) {
      var user = new StringBuilder();
      for (int length = 1 + random.nextInt(4); length > 0; length--) {
        int at = random.nextInt(alphabet.length() - 1);
        user.append(at == alphabet.length() - 2 ? GRIN : alphabet.substring(at, at + 1));
      }
      var escaped = Names.escaped(user.toString());
      assertFalse(escaped.matches("(?s).*[:#,{}*\\s\u00a0\ufeff].*"), escaped);
      var before = users.put(escaped, user.toString());
      assertTrue(before == null || before.equals(user.toString()), escaped);
    }
  }

  @Test
  void noUserReadsAnothersInboxByHisName() {
    assertEquals("inbox:#bob", Channels.inbox("bob"));
    assertEquals("inbox:#bob%2cx", Channels.inbox("bob,x"));
    assertEquals("inbox", Channels.shortName(Channels.inbox("bob")));
    assertTrue(Channels.isInbox(Channels.inbox("bob")));
  }

  @Test
  void roomsHaveTheirNames() {
    assertEquals("room:lobby", Channels.room("lobby"));
    assertEquals("lobby", Channels.shortName("room:lobby"));
    assertFalse(Channels.isInbox(Channels.room("inbox")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a b", "#1,2", "auth0|5f", "\u00e9", "\ud83d\ude00"})
  void aUserIsAnyText(String user) throws InvalidNameException {
    Names.checkUser(user);
    Names.checkUser("x".repeat(255 - user.getBytes(StandardCharsets.UTF_8).length) + user);
    assertThrows(InvalidNameException.class, () -> Names.checkUser(
        "x".repeat(256 - user.getBytes(StandardCharsets.UTF_8).length) + user));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\ud800", "a\udc00b", "e\u0301"})
  void whatNoTokenNamesIsNoUser(String user) {
    assertThrows(InvalidNameException.class, () -> Names.checkUser(user));
  }
}
