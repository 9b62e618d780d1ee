package io.parley.e2e.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/// Processes by their ids. Which ones a test brought about, however far down, is known by a mark in
/// their environment, which children inherit even when their parents are gone; so nothing that a
/// test started is missed, and nothing else is ever touched. Immutable.
public final class Processes {
  /// The variable that carries the mark. Not `PARLEY_…`: a node would take it for a setting.
  static final String MARK = "E2E_RUN";

  private static final Path PROC = Path.of("/proc");

  private Processes() {}

  /// Sends a signal, such as `KILL` or `STOP`; to the whole group, when the id is negative.
  public static void signal(String signal, long pid) {
    try {
      var kill = new ProcessBuilder("kill", "-" + signal, "--", Long.toString(pid)).start();
      if (kill.waitFor() != 0) {
        var words = new String(kill.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        throw new IllegalStateException("kill -" + signal + " " + pid + ": " + words.strip());
      }
    } catch (IOException cause) {
      throw new IllegalStateException("no kill command", cause);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in kill", hurried);
    }
  }

  /// A handle of a process that runs now, which stays its own even if the id is given out again.
  public static ProcessHandle of(long pid) {
    return ProcessHandle.of(pid)
        .orElseThrow(() -> new AssertionError("pid " + pid + ": gone (expected: it runs)"));
  }

  /// Waits until none of them is there any more.
  public static void awaitEnd(Collection<ProcessHandle> processes, Duration limit) {
    await("the end of " + processes).atMost(limit)
        .until(() -> processes.stream().noneMatch(Processes::isRunning));
  }

  /// Whether it does anything any more. A zombie doesn't, it only waits to be counted by its
  /// parent, which in a container may be an init that never does.
  public static boolean isRunning(ProcessHandle process) {
    if (!process.isAlive()) {
      return false;
    }
    return state(process.pid()) != 'Z';
  }

  /// The kernel's letter for what it does, such as `T` for stopped; a blank where nothing is known.
  static char state(long pid) {
    try {
      var stat = Files.readString(PROC.resolve(pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2);
    } catch (IOException goneOrNoProc) {
      return ' ';
    }
  }

  /// Those that carry the mark and still run. Where there is no `/proc`, none are found.
  static List<ProcessHandle> marked(String mark) {
    var entry = MARK + "=" + mark;
    var found = new ArrayList<ProcessHandle>();
    try (Stream<Path> entries = Files.list(PROC)) {
      for (var folder : (Iterable<Path>) entries::iterator) {
        var name = folder.getFileName().toString();
        if (name.matches("[0-9]+") && hasVariable(folder, entry)) {
          ProcessHandle.of(Long.parseLong(name)).filter(Processes::isRunning)
              .ifPresent(found::add);
        }
      }
    } catch (IOException noProc) {
      return List.of();
    }
    return found;
  }

  private static boolean hasVariable(Path folder, String entry) {
    try {
      var environment = Files.readString(folder.resolve("environ"), StandardCharsets.ISO_8859_1);
      return List.of(environment.split("\0", -1)).contains(entry);
    } catch (IOException endedOrForeign) {
      return false;
    }
  }
}
