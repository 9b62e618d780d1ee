package io.parley.e2e.harness;

import static org.awaitility.Awaitility.await;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A program that a test started: what it wrote, its signals, its end, and whatever it started in
/// turn. Closing it ends all of that, also when the test failed or the JVM is told to stop.
/// Thread-safe.
public final class Program implements AutoCloseable {
  private static final Duration END_WITHIN = Duration.ofSeconds(15);
  private static final int LINES_SHOWN = 60;
  private static final int ROUNDS_MAX = 10;

  /// Not closed yet: ended by the hook, if the tests are broken off.
  private static final Set<Program> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> OPEN.forEach(Program::endAll), "end-programs"));
  }

  private final String name;
  private final String mark;
  private final Process process;
  private final Thread reader;

  /// Both of its outputs, line by line.
  @GuardedBy("this")
  private final List<String> lines = new ArrayList<>();

  private Program(String name, String mark, Process process) {
    this.name = name;
    this.mark = mark;
    this.process = process;
    reader = Thread.ofVirtual().name("read-" + name).start(this::read);
  }

  public static Program start(String name, Path folder, Map<String, String> environment,
      List<String> command) {
    var mark = UUID.randomUUID().toString();
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    // What surrounds the tests must not change what they see.
    builder.environment().keySet()
        .removeIf(key -> key.startsWith("PARLEY_") || key.startsWith("BALANCER_"));
    builder.environment().remove("JAVA_OPTS");
    builder.environment().put(Processes.MARK, mark);
    builder.environment().putAll(environment);
    try {
      var program = new Program(name, mark, builder.start());
      OPEN.add(program);
      return program;
    } catch (IOException cause) {
      throw new UncheckedIOException("can't start " + command, cause);
    }
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (var line = output.readLine(); line != null; line = output.readLine()) {
        synchronized (this) {
          lines.add(line);
        }
      }
    } catch (IOException ended) {
      // Nobody is left who could write.
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// Writes a line to its standard input.
  public void tell(String line) {
    try {
      var input = process.getOutputStream();
      input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      input.flush();
    } catch (IOException cause) {
      throw new UncheckedIOException("nobody reads the input of " + this, cause);
    }
  }

  /// All that it has written so far.
  public synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /// Waits for a line in which the expression is found, from the first one on.
  public Matcher awaitLine(String expression, Duration limit) {
    return awaitLineAfter(0, expression, limit);
  }

  /// The same, but passes over as many lines as were counted before.
  public Matcher awaitLineAfter(int seen, String expression, Duration limit) {
    var pattern = Pattern.compile(expression);
    var deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      // Asked first, so that what it wrote before its end is seen.
      var ended = !reader.isAlive();
      var all = lines();
      for (var line : all.subList(seen, all.size())) {
        var matcher = pattern.matcher(line);
        if (matcher.find()) {
          return matcher;
        }
      }
      if (ended || System.nanoTime() - deadline > 0) {
        throw new AssertionError("no line with " + expression + (ended ? ", and it ended" : "")
            + ": " + this);
      }
      pause();
    }
  }

  private void pause() {
    try {
      reader.join(Duration.ofMillis(10));
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + this, hurried);
    }
  }

  public void signal(String signal) {
    Processes.signal(signal, pid());
  }

  /// Waits for its end, and for the end of its output.
  ///
  /// @return the exit code
  public int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("it still runs after " + limit + ": " + this);
      }
      reader.join(limit);
      return process.exitValue();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + this, hurried);
    }
  }

  /// Itself and all that it has started, as far as it runs now.
  public List<ProcessHandle> family() {
    var family = new LinkedHashSet<>(Processes.marked(mark));
    family.addAll(process.descendants().toList());
    if (Processes.isRunning(process.toHandle())) {
      family.add(process.toHandle());
    }
    return List.copyOf(family);
  }

  /// Waits until nothing of it is left.
  public void awaitNothingLeft() {
    await("nothing of " + name + " is left").atMost(END_WITHIN).until(() -> family().isEmpty());
  }

  private void endAll() {
    // Again for whatever was started while the first ones were being ended.
    for (var round = 0; round < ROUNDS_MAX; round++) {
      var family = family();
      // A process that is stopped is killed all the same.
      family.forEach(ProcessHandle::destroyForcibly);
      family.forEach(member -> member.onExit().orTimeout(5, TimeUnit.SECONDS)
          .exceptionally(late -> member).join());
      if (family.isEmpty()) {
        return;
      }
    }
  }

  /// Ends it and all that it has started, without asking.
  @Override
  public void close() {
    endAll();
    OPEN.remove(this);
  }

  @Override
  public String toString() {
    var all = lines();
    var shown = all.subList(Math.max(0, all.size() - LINES_SHOWN), all.size());
    return name + " (pid " + pid() + ") wrote:\n  " + String.join("\n  ", shown);
  }
}
