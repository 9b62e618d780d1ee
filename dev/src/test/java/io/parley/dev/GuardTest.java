package io.parley.dev;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// That no process outlives its guard's pipe, which the kernel closes when this JVM dies.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class GuardTest {
  private static Guard start(String... command) throws Exception {
    return Guard.start(List.of(command), Map.of("WORD", "hello"), 1);
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @Test
  void theProcessDiesWithThePipe() throws Exception {
    var guard = start("sleep", "1000");
    assertTrue(isAlive(guard.pid()));
    guard.release();
    assertEquals(128 + 15, guard.await());
    assertFalse(isAlive(guard.pid()));
  }

  @Test
  void theProcessThatIgnoresTheTermSignalIsKilled() throws Exception {
    var guard = start("sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done");
    assertEquals("deaf", guard.readLine());
    guard.release();
    assertEquals(128 + 9, guard.await());
    assertFalse(isAlive(guard.pid()));
  }

  @Test
  void theProcessDiesWithTheShellToo() throws Exception {
    var guard = start("sleep", "1000");
    var shell = ProcessHandle.of(guard.pid()).flatMap(ProcessHandle::parent).orElseThrow();
    shell.destroyForcibly();
    guard.await();
    await().until(() -> !isAlive(guard.pid()));
  }

  @Test
  void theProcessIsInAnotherProcessGroupThanThisJvm() throws Exception {
    assumeTrue(ExecutablePath.find("ps").isPresent());
    var guard = start("sh", "-c", "ps -o pgid= -p $$");
    var group = String.valueOf(guard.readLine()).strip();
    guard.await();
    var ours = new ProcessBuilder("ps", "-o", "pgid=", "-p",
        Long.toString(ProcessHandle.current().pid())).start();
    assertFalse(group.isEmpty());
    assertFalse(group.equals(ours.inputReader().readLine().strip()), group);
  }

  @Test
  void outputExitCodeAndEnvironmentAreTheProcessesOwn() throws Exception {
    var guard = start("sh", "-c", "echo \"$WORD $0\" >&2; cat; exit 7", "a b");
    assertEquals("hello a b", guard.readLine());
    assertNull(guard.readLine());
    assertEquals(7, guard.await());
    assertFalse(guard.isAlive());
    guard.release();
  }

  @Test
  void aCommandThatIsMissingEndsAtOnce() throws Exception {
    var guard = start("/nowhere/at-all");
    assertTrue(String.valueOf(guard.readLine()).contains("/nowhere/at-all"));
    assertEquals(127, guard.await());
  }
}
