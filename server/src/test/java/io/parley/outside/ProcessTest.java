package io.parley.outside;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The program as a user starts it: a process of its own.
@Timeout(60)
class ProcessTest {
  private static final Pattern READY = Pattern
      .compile(".*ready: node (\\S+), clients at port (\\d+), internal port (\\d+)");

  /// How a process ended, and all that it said.
  private record Ended(int status, String output) {}

  private static Process start(String... args) throws IOException {
    var command = new ArrayList<>(List.of(
        ProcessHandle.current().info().command().orElseThrow(), "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-cp", System.getProperty("java.class.path"), "io.parley.Parley"));
    command.addAll(List.of(args));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("PARLEY_"));
    return builder.start();
  }

  private static Ended run(String... args) throws Exception {
    var process = start(args);
    try (var out = process.inputReader(UTF_8)) {
      var output = String.join("\n", out.lines().toList()) + "\n";
      assertTrue(process.waitFor(20, TimeUnit.SECONDS), output);
      return new Ended(process.exitValue(), output);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void printConfigShowsEverySettingAndNoSecret() throws Exception {
    var shown = run("node", "--print-config", "--redis.url", "redis://al:s3cret@h:6380/2",
        "--listen.port=0");
    assertEquals(0, shown.status(), shown::output);
    assertTrue(shown.output().contains("  url: 'redis://al:***@h:6380/2'\n"), shown::output);
    assertTrue(shown.output().contains("listen:\n"), shown::output);
    assertTrue(shown.output().contains("drain:\n"), shown::output);
    assertFalse(shown.output().contains("s3cret"), shown::output);
  }

  @Test
  void checkConfigIsFineWithAGoodFile(@TempDir Path directory) throws Exception {
    var file = Files.writeString(directory.resolve("a.yaml"), "listen:\n  port: 0\n");
    assertEquals(new Ended(0, file + ": fine\n"), run("check-config", file.toString()));
  }

  @Test
  void checkConfigListsEveryProblemAtOnce(@TempDir Path directory) throws Exception {
    var file = Files.writeString(directory.resolve("a.yaml"), """
        listen:
          prot: 1
          port: 70000
        limits:
          outbox-age: fast
        """);
    var checked = run("check-config", file.toString());
    assertEquals(2, checked.status(), checked::output);
    for (var part : List.of("3 problems", "prot", "did you mean", "70000", "fast")) {
      assertTrue(checked.output().contains(part), checked::output);
    }
    assertEquals(2, run("check-config", directory.resolve("none.yaml").toString()).status());
    assertEquals(2, run("check-config").status());
  }

  @Test
  void badFlagsAndUnknownCommandsAreUsageErrors() throws Exception {
    var flags = run("node", "--listen.prot", "1", "--listen.port", "x", "--print-config");
    assertEquals(2, flags.status(), flags::output);
    assertTrue(flags.output().contains("2 problems"), flags::output);
    var command = run("nodes");
    assertEquals(2, command.status(), command::output);
    assertTrue(command.output().contains("'nodes' (expected: "), command::output);
  }

  @Test
  void aPortInUseEndsItWithOne() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = Integer.toString(taken.getLocalPort());
      var ended = run("node", "--listen.address", "127.0.0.1", "--listen.port", port,
          "--internal.port", "0");
      assertEquals(1, ended.status(), ended::output);
      assertTrue(ended.output().contains("parley: port " + port + " at 127.0.0.1: "),
          ended::output);
    }
  }

  @Test
  void aCertificateThatCannotBeUsedEndsItWithOne(@TempDir Path directory) throws Exception {
    var file = directory.resolve("none.pem").toString();
    var ended = run("node", "--tls.certificate", file, "--tls.key", file);
    assertEquals(1, ended.status(), ended::output);
    assertTrue(ended.output().endsWith("parley: tls.certificate: " + file + ": no such file\n"),
        ended::output);
    var half = run("node", "--tls.certificate", file);
    assertEquals(2, half.status(), half::output);
    assertTrue(half.output().contains("tls.certificate: '" + file + "' from --tls.certificate"
        + " (expected: both or neither, with tls.key: '' by default)"), half::output);
  }

  @Test
  void aNodeAloneSaysSoAndSigtermDrainsItToStatusZero() throws Exception {
    var process = start("node", "--node.name", "solo", "--listen.address", "127.0.0.1",
        "--listen.port", "0", "--internal.port", "0", "--access.anonymous", "true",
        "--drain.period", "0s", "--drain.deadline", "3s");
    try (var out = process.inputReader(UTF_8)) {
      var before = new StringBuilder();
      int port = readyPort(out, before);
      assertTrue(before.toString().contains("ALONE"), before::toString);
      try (var client = Browser.open(port, "").settled();
          var deaf = RawClient.upgraded(port, "/")) {
        client.saysAndHears("hello");
        long start = System.nanoTime();
        process.destroy();
        client.isClosedWith(3001);
        assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertEquals(0, process.exitValue());
        assertTrue(millis < 5_000, () -> "drained in " + millis + " ms");
        deaf.isClosedAtLastWith(3001);
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private static int readyPort(BufferedReader out, StringBuilder before) throws IOException {
    for (var line = out.readLine(); line != null; line = out.readLine()) {
      var ready = READY.matcher(line);
      if (ready.matches()) {
        assertEquals("solo", ready.group(1));
        return Integer.parseInt(ready.group(2));
      }
      before.append(line).append('\n');
    }
    throw new AssertionError("it ended before it was ready: " + before);
  }
}
