package io.parley.dev;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One run of a process that can't outlive this JVM, not even one that gets SIGKILL.
///
/// A small shell stands between. Its standard input is a pipe whose other end only this JVM holds,
/// so the kernel closes it however the JVM ends; the shell sees that and ends the process: SIGTERM,
/// and SIGKILL when that doesn't help in time. Closing the pipe is therefore also the one way in
/// which `up` itself stops a process.
///
/// The shell leaves the process group of `up`, so that the terminal's Ctrl-C, or a signal to the
/// group, reaches only `up`, which has an order in which it stops its children. It does so with
/// `setsid`, or with Perl where that is missing (macOS). Ignoring SIGINT is not enough, because
/// Redis takes notice of it all the same.
///
/// Not with `prctl(PR_SET_PDEATHSIG)`, which is Linux' alone, is forgotten in a fork, and can't be
/// had from Java. One thread reads; the rest is thread-safe.
final class Guard {
  /// `$1` is the time limit in seconds, the rest is the command. The process names its own pid
  /// before it becomes the command, so that this is always the first line.
  private static final String SCRIPT = """
      limit=$1
      shift
      trap '' INT HUP
      trap : TERM
      exec 3<&0 </dev/null
      sh -c 'echo "pid $$"; exec "$@"' sh "$@" 3<&- &
      pid=$!
      exec >/dev/null 2>&1
      (
        trap '' TERM
        while read -r line <&3; do :; done
        kill -TERM $pid
        tenths=0
        while kill -0 $pid; do
          tenths=$((tenths + 1))
          [ $tenths -le $((limit * 10)) ] || kill -KILL $pid
          sleep 0.1 || sleep 1
        done
      ) &
      watch=$!
      exec 3<&-
      wait $pid
      code=$?
      while kill -0 $pid; do
        wait $pid
        code=$?
      done
      kill -KILL $watch
      exit $code
      """;

  /// How a command gets a process group of its own, in front of that command.
  private static final List<String> APART = apart();

  private final Process shell;
  private final BufferedReader output;
  /// The process itself, not the shell. Remembers when it started, so a pid that was given to
  /// somebody else is never mistaken for it; null when it had ended before one could look.
  private final @Nullable ProcessHandle process;
  private final long pid;

  private Guard(Process shell) throws IOException {
    this.shell = shell;
    output = shell.inputReader(StandardCharsets.UTF_8);
    var first = output.readLine();
    if (first == null || !first.matches("pid [0-9]+")) {
      shell.destroyForcibly();
      throw new IOException("the guard said: " + first + " (expected: pid NUMBER)");
    }
    pid = Long.parseLong(first.substring("pid ".length()));
    process = ProcessHandle.of(pid).orElse(null);
  }

  static Guard start(List<String> command, Map<String, String> environment, int endSeconds)
      throws IOException {
    var guarded = new ArrayList<>(APART);
    guarded.addAll(
        List.of("/bin/sh", "-c", SCRIPT, "parley-guard", Integer.toString(endSeconds)));
    guarded.addAll(command);
    var builder = new ProcessBuilder(guarded).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return new Guard(builder.start());
  }

  private static List<String> apart() {
    if (ExecutablePath.find("setsid").isPresent()) {
      return List.of("setsid");
    }
    if (ExecutablePath.find("perl").isPresent()) {
      return List.of("perl", "-e", "setpgrp; exec @ARGV or die $!");
    }
    return List.of();
  }

  long pid() {
    return pid;
  }

  boolean isAlive() {
    return shell.isAlive();
  }

  /// The next line that the process wrote, or null when it has ended. For one thread only.
  @Nullable
  String readLine() {
    try {
      return output.readLine();
    } catch (IOException ended) {
      return null;
    }
  }

  /// Asks the process to end, and doesn't wait for it.
  void release() {
    try {
      shell.outputWriter().close();
    } catch (IOException gone) {
      // The shell has ended, so there is nobody left to tell.
    }
  }

  /// Waits for the end. The exit code is the process's, or 128 and the number of its signal.
  int await() throws InterruptedException {
    var code = shell.waitFor();
    release();
    // Only when somebody killed the shell: the process must be gone before it is started again.
    if (process != null && process.isAlive()) {
      process.destroyForcibly();
      process.onExit().join();
    }
    return code;
  }
}
