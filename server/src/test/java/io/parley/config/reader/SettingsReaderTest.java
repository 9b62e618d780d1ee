package io.parley.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.config.InternalSettings;
import io.parley.config.ListenSettings;
import io.parley.config.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
  @TempDir
  Path directory = Path.of("");
  private Path file = Path.of("");

  @BeforeEach
  void nameFile() {
    file = directory.resolve("parley.yaml");
  }

  @Test
  void nothingGivenMeansDefaults() throws SettingsException {
    assertEquals(Settings.defaults(), SettingsReader.read(null, Map.of(), List.of()));
  }

  @Test
  void laterSourceWinsKeyByKey() throws Exception {
    write("""
        listen:
          port: 1
          shared-port: 2
        internal:
          port: 3
        limits:
          message-bytes: 32KiB
        """);
    var settings = SettingsReader.read(file,
        Map.of("PARLEY_LISTEN_SHARED_PORT", "22", "PARLEY_INTERNAL_PORT", "33"),
        List.of("--internal.port=333", "--limits.pong-timeout", "3s"));

    assertEquals(new ListenSettings("::", 1, 22), settings.listen());
    assertEquals(new InternalSettings("127.0.0.1", 333), settings.internal());
    assertEquals(32 * 1024, settings.limits().messageBytes());
    assertEquals(Duration.ofSeconds(3), settings.limits().pongTimeout());
    assertEquals(Settings.defaults().drain(), settings.drain());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "---\n", "limits:\n", "limits: {}\n",
      "redis: {url: }\n",
      "redis: {url: null}\n"})
  void emptyPlacesInTheFileMeanDefaults(String yaml) throws Exception {
    write(yaml);
    assertEquals(Settings.defaults(), SettingsReader.read(file, Map.of(), List.of()));
  }

  @Test
  void keyWithoutSectionStandsAlone() throws Exception {
    write("echo: true\nlisten: {port: 1}\n");
    assertTrue(SettingsReader.read(file, Map.of(), List.of()).echo());
    assertFalse(SettingsReader.read(file, Map.of("PARLEY_ECHO", "false"), List.of()).echo());
    assertTrue(SettingsReader.read(null, Map.of(), List.of("--echo=true")).echo());
    write("echo: {on: true}\nlisten: {port: 1, echo: true}\necho: true\n");
    assertProblems("""
        F:1: echo: list or section (expected: true or false)
        F:2: listen.echo: unknown key
        F:3: echo: given twice (first in line 1)
        """, Map.of(), List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[10.0.0.0/8, '::1']", "10.0.0.0/8, ::1", "\n  - 10.0.0.0/8\n  - ::1"})
  void listsAreSequencesOrTextWithCommas(String list) throws Exception {
    write("proxy:\n  trusted: " + list);
    assertEquals(List.of("10.0.0.0/8", "::1"),
        SettingsReader.read(file, Map.of(), List.of()).proxy().trusted());
  }

  @Test
  void emptyEnvironmentVariableTakesTheUrlAway() throws Exception {
    write("redis: {url: redis://host}");
    assertNull(SettingsReader.read(file, Map.of("PARLEY_REDIS_URL", ""), List.of()).redis().url());
  }

  @Test
  void launcherAndKubernetesVariablesAreNotOurs() throws SettingsException {
    var environment = Map.of("PARLEY_JAVA_HOME", "/jdk", "PATH",
        "/bin",
        "PARLEY_PORT", "tcp://10.0.0.1:8080", "PARLEY_PORT_8080_TCP_ADDR", "10.0.0.1",
        "PARLEY_SERVICE_HOST", "10.0.0.1", "PARLEY_SERVICE_PORT_WS", "8080",
        "PARLEY_INTERNAL_PORT", "tcp://10.0.0.2:8081");
    assertEquals(Settings.defaults(), SettingsReader.read(null, environment, List.of()));
  }

  @Test
  void everyProblemOfEverySourceIsListedAtOnce() throws IOException {
    write("""
        limits:
          mesage-bytes: 1KiB
          outbox-age: 10
          outbox-age: 11s
          pong-timeout: 30s
        limit:
          message-bytes: 1KiB
        port: 80
        listen:
          port: 70000
          address: [a]
        redis:
          url: redis://al:secret@host:x
        access: true
        limits:
          rooms-per-connection: {a: 1}
        """);
    var environment = Map.of("PARLEY_LISTEN_PROT", "1", "PARLEY_DRAIN_GRACE", "21s",
        "PARLEY_REDIS_TIMEOUT", "6s", "PARLEY_ACCESS_ANONYMOUS", "yes");
    var flags = List.of("--proxy.trusted=10.1.0.0/8", "redis://:secret@host", "--nod.name", "x",
        "--node.name=x", "--node.name=y", "--limits.command-burst=99", "--redis.prefix=a{b}",
        "--quite-another-thing", "--node.io-threads");

    assertProblems("""
        F:2: limits.mesage-bytes: unknown key (did you mean limits.message-bytes?)
        F:3: limits.outbox-age: 10 (expected: a duration as 250ms, 10s, 5m, 1h or 7d, 100ms to 10m)
        F:4: limits.outbox-age: given twice (first in line 3)
        F:6: limit: unknown section (did you mean limits?)
        F:8: port: unknown section (did you mean listen.port or internal.port?)
        F:10: listen.port: 70000 (expected: a whole number, 0 to 65535)
        F:11: listen.address: list or section (expected: an address as 127.0.0.1 or ::1)
        F:13: redis.url: redis://***@host:x (expected: redis://[[user]:password@]host[:port][/db] \
        or rediss://…, with sentinels redis-sentinel://…host,host/db?master=NAME, special \
        characters in user and password percent-encoded)
        F:14: access: no keys (expected: lines of key, colon, value)
        F:15: limits: given twice (first in line 1)
        F:16: limits.rooms-per-connection: list or section (expected: a whole number, 1 to 65536)
        PARLEY_ACCESS_ANONYMOUS: yes (expected: true or false)
        PARLEY_LISTEN_PROT: unknown environment variable (did you mean PARLEY_LISTEN_PORT?)
        PARLEY_REDIS_TIMEOUT: 6s (expected: a duration as 250ms, 10s, 5m, 1h or 7d, 100ms to 4500ms)
        --proxy.trusted: 10.1.0.0/8 (expected: addresses as 10.1.2.3 and networks as 10.0.0.0/8 \
        or fd00::/8, no bits set behind the prefix)
        redis://***@host: unexpected argument (expected: --KEY=VALUE)
        --nod.name: unknown flag (did you mean --node.name?)
        --node.name: given twice (expected: once)
        --redis.prefix: a{b} (expected: at most 64 printable ASCII characters, no blanks and none \
        of {}*?[]\\)
        --quite-another-thing: unknown flag
        --node.io-threads: no value (expected: a whole number, 0 to 64)
        limits.pong-timeout: 30s from F:5 (expected: less than limits.ping-interval: 25s by default)
        limits.command-burst: 99 from --limits.command-burst (expected: at least \
        limits.commands-per-second: 100 by default)
        drain.deadline: 25s by default (expected: at least drain.grace: 21s from \
        PARLEY_DRAIN_GRACE + drain.period: 5s by default)
        """, environment, flags);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--limits.outbox-bytes=32KiB | limits.outbox-bytes",
      "--limits.message-bytes=2MiB | limits.outbox-bytes",
      "--redis.queue-bytes=64KiB --limits.message-bytes=65KiB | redis.queue-bytes",
      "--limits.shard-queue-bytes=64KiB --limits.message-bytes=65KiB | limits.shard-queue-bytes",
      "--listen.shared-port=8080 | listen.shared-port",
      "--limits.ping-interval=8s | limits.pong-timeout",
      "--drain.period=25001ms | drain.deadline"})
  void relationsAreChecked(String flags, String subject) throws IOException {
    write("");
    var problems = problems(Map.of(), List.of(flags.split(" ", -1)));
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.getFirst().startsWith(subject + ": "), problems::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--drain.grace=20s", "--limits.commands-per-second=200",
      "--limits.commands-per-second=0", "--limits.pong-timeout=24999ms", "--listen.port=0",
      "--limits.outbox-bytes=64KiB", "--redis.timeout=4500ms"})
  void relationsHoldAtTheirEdge(String flag) throws SettingsException {
    SettingsReader.read(null, Map.of(), List.of(flag));
  }

  @Test
  void badValueIsToldEvenWhereALaterSourceWins() throws IOException {
    write("listen: {port: x}");
    assertProblems("F:1: listen.port: x (expected: a whole number, 0 to 65535)\n", Map.of(),
        List.of("--listen.port=1"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "a: [ | F:1: not YAML: ",
      "redis: {url: 'redis://:secret@h | F:1: not YAML: ",
      "- listen | F:1: no sections",
      "listen | F:1: no sections"})
  void brokenFileIsOneProblemWithoutItsText(String yaml, String beginning) throws IOException {
    write(yaml);
    var problems = problems(Map.of(), List.of());
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.getFirst().startsWith(beginning), problems::toString);
    assertFalse(problems.getFirst().contains("secret"), problems::toString);
  }

  @Test
  void twoDocumentsInTheFileAreRefused() throws IOException {
    write("listen: {port: 1}\n---\nlisten: {port: 2}\n");
    assertEquals(1, problems(Map.of(), List.of()).size());
  }

  @Test
  void missingFileIsAProblemBesideTheOthers() {
    assertProblems("F: no such file\n--x: unknown flag\n", Map.of(), List.of("--x"));
  }

  @Test
  void fileMustBeUtf8() throws IOException {
    Files.write(file, "# \u00e4".getBytes(StandardCharsets.ISO_8859_1));
    assertProblems("F: cannot be read (expected: UTF-8)\n", Map.of(), List.of());
  }

  @Test
  void messageHasAProblemPerLine() {
    var e = assertThrows(SettingsException.class,
        () -> SettingsReader.read(null, Map.of(), List.of("--a", "--b")));
    assertEquals("--a: unknown flag\n--b: unknown flag", e.getMessage());
  }

  private void write(String yaml) throws IOException {
    Files.writeString(file, yaml);
  }

  /// Lines begin with `F` where they name the file.
  private void assertProblems(String lines, Map<String, String> environment, List<String> flags) {
    assertEquals(lines, String.join("\n", problems(environment, flags)) + "\n");
  }

  private List<String> problems(Map<String, String> environment, List<String> flags) {
    var e = assertThrows(SettingsException.class,
        () -> SettingsReader.read(file, environment, flags));
    return e.problems().stream().map(problem -> problem.replace(file.toString(), "F")).toList();
  }
}
