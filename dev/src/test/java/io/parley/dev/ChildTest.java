package io.parley.dev;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How `up` keeps a process alive, with shell commands for processes.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ChildTest {
  private static final Duration ENDED_WITHIN = Duration.ofSeconds(10);

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Console console = new Console(new PrintStream(said, true, StandardCharsets.UTF_8));
  private Child child = child("true", () -> true);

  private record Script(String script, BooleanSupplier ready) implements Program {
    @Override
    public String name() {
      return "x";
    }

    @Override
    public List<String> command() {
      return List.of("sh", "-c", script);
    }

    @Override
    public boolean isReady() {
      return ready.getAsBoolean();
    }

    @Override
    public int endSeconds() {
      return 2;
    }
  }

  private Child child(String script, BooleanSupplier ready) {
    return new Child(new Script(script, ready), console);
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @AfterEach
  void stop() {
    child.stop();
    child.join(ENDED_WITHIN);
    assertFalse(isAlive(child.pid()));
  }

  @Test
  void whoDiesIsSaidAndStartedAgain() throws Exception {
    child = child("echo up; exec sleep 1000", () -> said().contains("x | up"));
    child.start();
    child.awaitReady();
    var first = child.pid();
    ProcessHandle.of(first).orElseThrow().destroyForcibly();
    await().until(() -> said().contains("x is back"));
    assertNotEquals(first, child.pid());
    assertTrue(said().contains("x (pid " + first + ") ended with exit code 137; starting it again"),
        said());
  }

  @Test
  void whoWasNeverReadyIsNotStartedAgain() throws Exception {
    child = child("echo starting; echo bad setting >&2; exit 2", () -> false);
    child.start();
    var failure = assertThrows(StartFailure.class, child::awaitReady);
    assertEquals("x (pid " + child.pid() + ") ended with exit code 2 before it was ready;"
        + " it said last: bad setting", failure.getMessage());
  }

  @Test
  void whoIsStoppedEndsAndStaysAway() throws Exception {
    child = child("exec sleep 1000", () -> true);
    child.start();
    child.awaitReady();
    child.stop();
    child.stop();
    child.join(ENDED_WITHIN);
    assertFalse(isAlive(child.pid()));
    assertEquals("", said());
  }

  @Test
  void whoDoesNotEndIsWaitedForOnlySoLong() throws Exception {
    child = child("trap '' TERM; echo deaf; while :; do sleep 0.1; done",
        () -> said().contains("deaf"));
    child.start();
    child.awaitReady();
    child.stop();
    child.join(Duration.ofMillis(100));
    // The guard gives it two seconds before it is killed.
    assertTrue(isAlive(child.pid()));
  }

  @Test
  void whoIsStoppedBeforeItsStartNeverRuns() {
    child = child("echo up", () -> true);
    child.stop();
    child.start();
    child.join(ENDED_WITHIN);
    assertEquals(0, child.pid());
    assertEquals("", said());
  }
}
