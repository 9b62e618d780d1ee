package io.parley.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parley.config.NamespaceSettings;
import io.parley.config.Permission;
import io.parley.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamespacesReaderTest {
  @TempDir
  Path directory = Path.of("");

  @Test
  void laterSourceWinsKeyByKeyInShippedAndNewNamespaces() throws Exception {
    var file = write("""
        namespaces:
          room:
            history-size: 50
            history-ttl: 1d
            publish: users
          team2:
            subscribe: owners
            name-pattern: '#[^#]+'
        """);
    var settings = SettingsReader.read(file,
        Map.of("PARLEY_NAMESPACES_ROOM_HISTORY_TTL", "2d", "PARLEY_NAMESPACES_TEAM2_PRESENCE",
            "true", "PARLEY_NAMESPACES_ROOM_HISTORY_SIZE", "51"),
        List.of("--namespaces.room.history-size=52", "--namespaces.team2.publish", "users",
            "--namespaces.lone.resume=false"));

    assertEquals(new NamespaceSettings(52, Duration.ofDays(2), true, true, true, Permission.ANYONE,
        Permission.USERS, Permission.ANYONE, Permission.ANYONE, ""), named("room", settings));
    assertEquals(new NamespaceSettings(0, Duration.ofDays(7), false, true, false,
        Permission.OWNERS, Permission.USERS, Permission.NOBODY, Permission.NOBODY, "#[^#]+"),
        named("team2", settings));
    assertEquals(List.of("room", "inbox", "typing", "receipts", "me", "lone", "team2"),
        List.copyOf(settings.namespaces().keySet()));
    assertEquals(named("typing", Settings.defaults()), named("typing", settings));
  }

  @ParameterizedTest
  @ValueSource(strings = {"namespaces:\n", "namespaces: {}\n", "namespaces: {room: }\n",
      "namespaces:\n  team:\n", "namespaces: {room: {name-pattern: }}\n"})
  void emptyPlacesMeanDefaults(String yaml) throws Exception {
    assertEquals(Settings.defaults(), SettingsReader.read(write(yaml), Map.of(), List.of()));
  }

  @Test
  void everyProblemIsToldWithItsPlace() throws IOException {
    var file = write("""
        namespaces:
          room:
            histroy-size: 1
            history-size: 100001
            publish: everyone
            publish: users
            name-pattern: '['
            ttl: 1d
            presence: [true]
          Team: {resume: true}
          a-b: {resume: true}
          [x]: {resume: true}
          typing: off
          team:
            subscribe: subscribers
            read-history: owner
          room:
            history-ttl: 0s
          team:
            resum: true
        namespaces: [room]
        namespaces.room: {publish: users}
        namespace: {room: {publish: users}}
        room: {publish: users}
        """);
    assertProblems("""
        F:3: namespaces.room.histroy-size: unknown key (did you mean namespaces.room.history-size?)
        F:4: namespaces.room.history-size: 100001 (expected: a whole number, 0 to 100000)
        F:5: namespaces.room.publish: everyone (expected: nobody, subscribers, owners, invited, \
        users, anyone or token)
        F:6: namespaces.room.publish: given twice (first in line 5)
        F:7: namespaces.room.name-pattern: [ (expected: a regular expression of Java's, or nothing)
        F:8: namespaces.room.ttl: unknown key
        F:9: namespaces.room.presence: list or section (expected: true or false)
        F:10: namespaces.Team: no namespace's name (expected: a to z, then at most 31 of a to z \
        and 0 to 9)
        F:11: namespaces.a-b: no namespace's name (expected: a to z, then at most 31 of a to z \
        and 0 to 9)
        F:12: namespaces.?: no namespace's name (expected: a to z, then at most 31 of a to z \
        and 0 to 9)
        F:13: namespaces.typing: no keys (expected: lines of key, colon, value)
        F:15: namespaces.team.subscribe: subscribers (expected: nobody, owners, invited, users, \
        anyone or token)
        F:16: namespaces.team.read-history: owner (expected: nobody, subscribers, owners, invited, \
        users, anyone or token)
        F:17: namespaces.room: given twice (first in line 2)
        F:18: namespaces.room.history-ttl: 0s (expected: a duration as 250ms, 10s, 5m, 1h or 7d, \
        1s to 365d)
        F:19: namespaces.team: given twice (first in line 14)
        F:20: namespaces.team.resum: unknown key (did you mean namespaces.team.resume?)
        F:21: namespaces: given twice (first in line 1)
        F:21: namespaces: no namespaces (expected: lines of name, colon, keys)
        F:22: namespaces.room: name with dots (expected: its parts one below the other)
        F:23: namespace: unknown section (did you mean namespaces?)
        F:24: room: unknown section (did you mean namespaces.room?)
        """, file, Map.of(), List.of());
  }

  @Test
  void flagsAndVariablesAreHeldToTheSame() {
    assertProblems("""
        PARLEY_NAMESPACES_ROOM_PUBLISH: all (expected: nobody, subscribers, owners, invited, \
        users, anyone or token)
        PARLEY_NAMESPACES_TEAM_RESUM: unknown environment variable \
        (did you mean PARLEY_NAMESPACES_TEAM_RESUME?)
        PARLEY_NAMESPACES_room_RESUME: unknown environment variable
        --namespaces.room.publish: given twice (expected: once)
        --namespaces.team.join-leaves: unknown flag (did you mean --namespaces.team.join-leave?)
        --namespaces.me.presence: no value (expected: true or false)
        --namespaces.team: unknown flag
        """, null,
        Map.of("PARLEY_NAMESPACES_ROOM_PUBLISH", "all", "PARLEY_NAMESPACES_TEAM_RESUM", "true",
            "PARLEY_NAMESPACES_room_RESUME", "true"),
        List.of("--namespaces.room.publish=users", "--namespaces.room.publish=users",
            "--namespaces.team.join-leaves=true", "--namespaces.me.presence",
            "--namespaces.team=x"));
  }

  @Test
  void relationsHoldInEachNamespace() throws IOException {
    var file = write("""
        namespaces:
          team:
            resume: true
          room:
            presence: false
          inbox: {subscribe: invited, read-history: invited, read-presence: token}
          receipts: {history-size: x}
        """);
    assertProblems("""
        F:7: namespaces.receipts.history-size: x (expected: a whole number, 0 to 100000)
        namespaces.room.join-leave: true by default (expected: false, or true in \
        namespaces.room.presence: false from F:5)
        namespaces.inbox.subscribe: invited from F:6 (expected: owners)
        namespaces.inbox.read-history: invited from F:6 (expected: owners, subscribers or nobody)
        namespaces.inbox.read-presence: token from F:6 (expected: owners, subscribers or nobody)
        namespaces.me.resume: true by default (expected: false, or more than 0 in \
        namespaces.me.history-size: 0 from PARLEY_NAMESPACES_ME_HISTORY_SIZE)
        namespaces.team.resume: true from F:3 (expected: false, or more than 0 in \
        namespaces.team.history-size: 0 by default)
        """, file, Map.of("PARLEY_NAMESPACES_ME_HISTORY_SIZE", "0"), List.of());
  }

  @ParameterizedTest
  @CsvSource({"--namespaces.inbox.read-history=nobody", "--namespaces.inbox.publish=users",
      "--namespaces.inbox.read-presence=subscribers", "--namespaces.me.subscribe=users",
      "--namespaces.room.history-size=1"})
  void whatIsStricterOrAnothersIsLegal(String flag) throws SettingsException {
    assertFalse(SettingsReader.read(null, Map.of(), List.of(flag)).equals(Settings.defaults()));
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(directory.resolve("parley.yaml"), yaml);
  }

  private static NamespaceSettings named(String name, Settings settings) {
    return Objects.requireNonNull(settings.namespaces().get(name), name);
  }

  /// Lines begin with `F` where they name the file.
  private static void assertProblems(String lines, @Nullable Path file,
      Map<String, String> environment, List<String> flags) {
    var e = assertThrows(SettingsException.class,
        () -> SettingsReader.read(file, environment, flags));
    assertEquals(lines, String.join("\n", e.problems()).replace(String.valueOf(file), "F") + "\n");
  }
}
