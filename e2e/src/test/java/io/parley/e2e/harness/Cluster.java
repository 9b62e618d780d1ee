package io.parley.e2e.harness;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A development cluster: `./parley up`, as far as its last line tells about it. Thread-safe.
public final class Cluster implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final Duration END_WITHIN = Duration.ofSeconds(15);
  private static final Pattern MEMBER = Pattern.compile(
      "(n\\d+) \\(pid (\\d+), ws://localhost:(\\d+), internal http://localhost:(\\d+)\\)");

  private final Program program;
  private final int port;
  private final List<Member> nodes;
  private final String redis;

  /// One of its nodes, as it was when the cluster became ready.
  public record Member(String name, long pid, int port, int internalPort) {
    public Health health() {
      return new Health(internalPort);
    }
  }

  private Cluster(Program program) {
    this.program = program;
    var ready = program.awaitLine(
        "^ready: http://localhost:(\\d+)  nodes (.*)  redis (.*)$", READY_WITHIN);
    port = Integer.parseInt(ready.group(1));
    nodes = MEMBER.matcher(ready.group(2)).results()
        .map(member -> new Member(member.group(1), Long.parseLong(member.group(2)),
            Integer.parseInt(member.group(3)), Integer.parseInt(member.group(4))))
        .toList();
    redis = ready.group(3);
  }

  /// Starts one with these options (and any free port, if they name none) and waits until it says
  /// that it is ready.
  public static Cluster up(String... options) {
    var all = new ArrayList<>(List.of(options));
    if (!all.contains("--port")) {
      all.addAll(List.of("--port", "0"));
    }
    return of(launch(Repository.root(), Repository.launcher(), all.toArray(String[]::new)));
  }

  /// Waits until the `up` that was launched is ready.
  public static Cluster of(Program program) {
    try {
      return new Cluster(program);
    } catch (AssertionError notReady) {
      program.close();
      throw notReady;
    }
  }

  /// Starts `up` and waits for nothing. On Linux in a process group of its own with Ctrl-C at its
  /// default, as a shell's foreground job has it, whatever the tests themselves inherited.
  public static Program launch(Path folder, Path launcher, String... options) {
    var command = new ArrayList<String>();
    if (System.getProperty("os.name", "").startsWith("Linux")) {
      command.addAll(List.of("setsid", "env", "--default-signal=INT"));
    }
    command.addAll(List.of(launcher.toString(), "up"));
    command.addAll(List.of(options));
    return Program.start("up", folder, Map.of("JAVA_OPTS", NodeProcess.JAVA_OPTS), command);
  }

  public Program program() {
    return program;
  }

  /// The port that all nodes share.
  public int port() {
    return port;
  }

  public List<Member> nodes() {
    return nodes;
  }

  /// What it says of its Redis: URL, and pid or `(given)`.
  public String redis() {
    return redis;
  }

  public long redisPid() {
    var pid = Pattern.compile("\\(pid (\\d+)\\)").matcher(redis);
    return pid.find() ? Long.parseLong(pid.group(1)) : fail("no Redis of its own: " + redis);
  }

  /// Ends it as a user would, and what is left in spite of that as nobody should have to.
  @Override
  public void close() {
    try {
      if (program.isAlive()) {
        program.signal("TERM");
        program.awaitExit(END_WITHIN);
      }
      program.awaitNothingLeft();
    } finally {
      program.close();
      removeLock(port);
    }
  }

  /// `up` holds its port by a locked file, which it rightly leaves; with a new port in each test,
  /// they would pile up.
  public static void removeLock(int port) {
    try {
      Files.deleteIfExists(Path.of("/tmp",
          "parley-up-" + System.getProperty("user.name") + "-" + port + ".lock"));
    } catch (IOException stays) {
      // It is empty.
    }
  }
}
