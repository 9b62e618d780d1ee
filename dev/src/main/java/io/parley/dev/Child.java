package io.parley.dev;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A process that `up` keeps alive: started, watched until it is ready, and started again, later
/// and later, when it dies. One that ends before it was ever ready isn't started again: that is a
/// mistake to be told, not an accident to be healed. Thread-safe.
final class Child {
  private static final Duration READY_WITHIN = Duration.ofSeconds(30);
  private static final Duration PROBE_EVERY = Duration.ofMillis(25);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  /// Whoever lived this long didn't die of the way in which it was started.
  private static final Duration LONG_LIFE = Duration.ofSeconds(20);
  private static final int LINES_KEPT = 5;

  private final Program program;
  private final Console console;
  private final Thread supervisor;
  /// How the start went: why it failed, or empty once the process was ready for the first time.
  private final CompletableFuture<Optional<String>> outcome = new CompletableFuture<>();
  private final CountDownLatch stopped = new CountDownLatch(1);

  /// The present run, or the last one while the next waits; null until the first start.
  @GuardedBy("this")
  private @Nullable Guard guard;

  Child(Program program, Console console) {
    this.program = program;
    this.console = console;
    supervisor = Thread.ofPlatform().name("child-" + program.name()).unstarted(this::supervise);
  }

  void start() {
    supervisor.start();
  }

  /// Waits for the first time it is ready.
  void awaitReady() throws StartFailure, InterruptedException {
    try {
      var failure = outcome.get(READY_WITHIN.toSeconds(), TimeUnit.SECONDS);
      if (failure.isPresent()) {
        throw new StartFailure(failure.get());
      }
    } catch (TimeoutException late) {
      throw new StartFailure(
          program.name() + " isn't ready after " + READY_WITHIN.toSeconds() + " s");
    } catch (ExecutionException impossible) {
      throw new IllegalStateException("the outcome is always a value", impossible);
    }
  }

  /// The process id of the present run, or 0 before the first.
  synchronized long pid() {
    return guard == null ? 0 : guard.pid();
  }

  /// Asks it to end, for good, and doesn't wait. Stopping twice is no error.
  synchronized void stop() {
    stopped.countDown();
    if (guard != null) {
      guard.release();
    }
  }

  /// After [#stop]: waits for the end, which the guard brings about in any case, but not longer
  /// than this.
  void join(Duration limit) {
    try {
      if (supervisor.getState() != Thread.State.NEW) {
        supervisor.join(limit);
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private void supervise() {
    var pause = FIRST_PAUSE;
    try {
      while (!isStopped()) {
        var began = System.nanoTime();
        var lines = new ArrayDeque<String>();
        var end = runOnce(lines);
        if (isStopped()) {
          return;
        }
        if (!outcome.isDone()) {
          outcome.complete(Optional.of(end + " before it was ready" + lastWord(lines)));
          return;
        }
        if (System.nanoTime() - began > LONG_LIFE.toNanos()) {
          pause = FIRST_PAUSE;
        }
        if (!program.isTalkative()) {
          lines.forEach(line -> console.echo(program.name(), line));
        }
        console.say(end + "; starting it again in " + pause.toMillis() + " ms");
        if (stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        pause = doubled(pause);
      }
    } catch (InterruptedException unexpected) {
      throw new IllegalStateException("nobody interrupts a supervisor", unexpected);
    }
  }

  /// One life of the process; returns how it ended, as the beginning of a sentence.
  private String runOnce(Deque<String> lines) throws InterruptedException {
    Guard run;
    try {
      run = spawn();
    } catch (IOException cause) {
      return program.name() + " can't be started (" + cause.getMessage() + ")";
    }
    if (run == null) {
      return program.name() + " was stopped";
    }
    var probe = Thread.ofVirtual().start(() -> awaitReadiness(run));
    for (var line = run.readLine(); line != null; line = run.readLine()) {
      if (lines.size() == LINES_KEPT) {
        lines.removeFirst();
      }
      lines.addLast(line);
      if (program.isTalkative()) {
        console.echo(program.name(), line);
      }
    }
    var code = run.await();
    probe.join();
    return program.name() + " (pid " + run.pid() + ") ended with exit code " + code;
  }

  /// Under the lock, so that [#stop] sees either no run, and none follows, or this one.
  private synchronized @Nullable Guard spawn() throws IOException {
    if (isStopped()) {
      return null;
    }
    var run = Guard.start(program.command(), program.environment(), program.endSeconds());
    guard = run;
    return run;
  }

  private void awaitReadiness(Guard run) {
    try {
      while (run.isAlive() && !isStopped()) {
        if (isReady()) {
          if (!outcome.complete(Optional.empty())) {
            console.say(program.name() + " is back (pid " + run.pid() + ")");
          }
          break;
        }
        stopped.await(PROBE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException unexpected) {
      throw new IllegalStateException("nobody interrupts a probe", unexpected);
    } finally {
      program.onSettled();
    }
  }

  private boolean isReady() {
    try {
      return program.isReady();
    } catch (IOException notYet) {
      return false;
    }
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  private static Duration doubled(Duration pause) {
    var longer = pause.multipliedBy(2);
    return longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
  }

  private static String lastWord(Deque<String> lines) {
    return lines.isEmpty() ? "" : "; it said last: " + lines.getLast();
  }
}
