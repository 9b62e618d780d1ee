package io.parley.rules;

import static io.parley.config.Permission.ANYONE;
import static io.parley.config.Permission.INVITED;
import static io.parley.config.Permission.NOBODY;
import static io.parley.config.Permission.OWNERS;
import static io.parley.config.Permission.SUBSCRIBERS;
import static io.parley.config.Permission.USERS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.channel.Retention;
import io.parley.config.NamespaceSettings;
import io.parley.config.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {
  private static final Duration WEEK = Duration.ofDays(7);

  private final Rules shipped = new Rules(Settings.defaults().namespaces());

  @Test
  void joinsAreToldWhereTheNamespaceSaysSoAndWhereItIsNotKnown() {
    var rules = new Rules(Settings.defaults().with("namespaces.typing.join-leave", "false")
        .namespaces());
    assertTrue(rules.tellsJoins("room:a"));
    assertFalse(rules.tellsJoins("typing:a"));
    assertFalse(rules.tellsJoins("inbox:#bob"));
    assertTrue(rules.tellsJoins("elsewhere:a"));
  }

  @Test
  void shippedNamespaces() {
    assertEquals(new Namespace("room", new Retention(1000, WEEK), true, true, true, ANYONE, ANYONE,
        NOBODY, ANYONE, ANYONE, null), shipped.find("room:lobby"));
    assertEquals(new Namespace("inbox", new Retention(1000, WEEK), true, false, false, OWNERS,
        NOBODY, ANYONE, OWNERS, OWNERS, null), shipped.find("inbox:#bob"));
    assertEquals(new Namespace("typing", Retention.NONE, false, true, true, INVITED, INVITED,
        NOBODY, INVITED, INVITED, null), shipped.find("typing:lobby"));
    assertEquals(new Namespace("receipts", new Retention(200, WEEK), true, true, true, INVITED,
        INVITED, NOBODY, INVITED, INVITED, null), shipped.find("receipts:lobby"));
    assertEquals(new Namespace("me", new Retention(1, WEEK), true, false, false, OWNERS, OWNERS,
        NOBODY, OWNERS, OWNERS, null), shipped.find("me:#bob"));
  }

  @ParameterizedTest
  @CsvSource({"room:, room", "room:a:b, room", "room::, room", "room:#bob, room",
      "me:room:x, me", "$room:x, room"})
  void namespaceIsWhatStandsBeforeTheFirstColon(String channel, String name) {
    assertEquals(name, Objects.requireNonNull(shipped.find(channel)).name());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", ":room:x", "room", "rooms:x", "roo:x", "Room:x", " room:x",
      "xoom:x", "room :x", "$:x", "$", "r\u00f6om:x", "#bob", "lobby", "default", "default:x",
      "averyverylongnamethatnonamespacemayhave:x"})
  void whatNobodyConfiguredIsNone(String channel) {
    assertNull(shipped.find(channel));
  }

  @Test
  void everyNamespaceOfOneLengthIsFound() {
    var rules = rules("aa", "ab", "b", "longest");
    for (var name : new String[]{"aa", "ab", "b", "longest"}) {
      assertEquals(name, Objects.requireNonNull(rules.find(name + ":x")).name());
    }
    assertNull(rules.find("ac:x"));
    assertNull(rules.find("a:x"));
    assertNull(rules.find("aaa:x"));
    assertNull(new Rules(Map.of()).find("x"));
  }

  @Test
  void channelWithoutAColonIsInTheDefaultNamespaceIfThereIsOne() {
    var rules = rules(Rules.DEFAULT, "room");
    for (var channel : new String[]{"lobby", "", "#bob", "room", "default", "default:x"}) {
      assertEquals(Rules.DEFAULT, Objects.requireNonNull(rules.find(channel)).name());
    }
    assertNull(rules.find(":x"));
  }

  @Test
  void inboxIsWrittenByDirectMessagesAloneWhateverTheSettingsSay() {
    var inbox = find("inbox:#bob", "namespaces.inbox.publish", "users");
    assertEquals(NOBODY, inbox.publish());
    assertEquals(USERS, inbox.direct());
    var room = find("room:x", "namespaces.room.publish", "users");
    assertEquals(USERS, room.publish());
    assertEquals(NOBODY, room.direct());
  }

  @Test
  void newNamespaceLetsNobodyIn() {
    assertEquals(new Namespace("team", Retention.NONE, false, true, false, NOBODY, NOBODY, NOBODY,
        NOBODY, SUBSCRIBERS, null),
        new Rules(
            Settings.defaults().with("namespaces.team.presence", "true")
                .with("namespaces.team.read-presence", "subscribers").namespaces())
            .find("team:x"));
  }

  @ParameterizedTest
  @CsvSource({"room:x, false", "typing:x, false", "receipts:x, false", "inbox:#bob, true",
      "me:#bob, true"})
  void personalAreThoseOfOneUser(String channel, boolean isPersonal) {
    assertEquals(isPersonal, Objects.requireNonNull(shipped.find(channel)).isPersonal());
  }

  @Test
  void nameBehindTheColonMustMatchAsAWhole() {
    var room = find("room:x", "namespaces.room.name-pattern", "[a-z]{1,3}|^#.+$");
    for (var channel : new String[]{"room:a", "room:abc", "room:#x:y"}) {
      assertTrue(room.admits(channel), channel);
    }
    for (var channel : new String[]{"room:", "room:abcd", "room:A", "room:a b", "room:a:b"}) {
      assertFalse(room.admits(channel), channel);
    }
  }

  @Test
  void withoutAPatternEveryNameWillDo() {
    var room = Objects.requireNonNull(shipped.find("room:x"));
    assertTrue(room.admits("room:"));
    assertTrue(room.admits("room:\u00fc#:,\n"));
  }

  @Test
  void patternOfTheDefaultNamespaceIsForWholeNames() {
    var all = find("abc", "namespaces.default.name-pattern", "[a-z]+");
    assertTrue(all.admits("lobby"));
    assertFalse(all.admits("lobby1"));
  }

  private static Namespace find(String channel, String key, String text) {
    return Objects.requireNonNull(
        new Rules(Settings.defaults().with(key, text).namespaces()).find(channel));
  }

  private static Rules rules(String... names) {
    var settings = Settings.defaults();
    for (var name : names) {
      settings = settings.with("namespaces." + name + ".subscribe", "anyone");
    }
    var all = new HashMap<String, NamespaceSettings>(settings.namespaces());
    all.keySet().retainAll(Set.of(names));
    return new Rules(all);
  }

  @Test
  void whereEverybodyMayDoEverythingInboxesAreWrittenByDirectMessagesStill() {
    var open = new Rules(Settings.defaults().namespaces(), true);
    for (var channel : List.of("room:x", "me:#bob", "inbox:#bob")) {
      var namespace = Objects.requireNonNull(open.find(channel));
      boolean isInbox = channel.startsWith("inbox");
      assertEquals(ANYONE, namespace.subscribe());
      assertEquals(ANYONE, namespace.readHistory());
      assertEquals(ANYONE, namespace.readPresence());
      assertEquals(isInbox ? NOBODY : ANYONE, namespace.publish());
      assertEquals(isInbox ? ANYONE : NOBODY, namespace.direct());
    }
  }

  @Test
  void whatBeginsWithADollarIsClosedUnlessEverythingIsOpen() {
    assertTrue(shipped.isClosed("$room:a"));
    assertTrue(shipped.isClosed("$a"));
    assertFalse(shipped.isClosed("room:$a"));
    assertFalse(shipped.isClosed(""));
    assertFalse(new Rules(Settings.defaults().namespaces(), true).isClosed("$room:a"));
  }
}
