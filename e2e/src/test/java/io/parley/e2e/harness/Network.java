package io.parley.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Two machines with a cable between them, as the kernel can make them of this one: two network
/// namespaces and a pair of virtual Ethernet devices. The cable can be pulled, or be thin. Nothing
/// outside of the two is touched.
///
/// Sockets belong to the namespace of the thread that opens them, for good, whoever uses them then:
/// so a thread goes there (`setns`), opens them, and ends.
///
/// Needs Linux, root and `ip`; a test without them skips itself. Thread-safe.
public final class Network implements AutoCloseable {
  /// The server's address on the cable.
  public static final String SERVER = "10.99.0.1";

  private static final String CLIENTS = "10.99.0.2";
  private static final int CLONE_NEWNET = 0x40000000;

  /// One of the two machines.
  public enum Machine {
    NEAR, FAR
  }

  private final String near = name("near");
  private final String far = name("far");

  private Network() {
    try {
      ip("netns", "add", near);
      ip("netns", "add", far);
      ip("-n", near, "link", "add", "va", "type", "veth", "peer", "name", "vb", "netns", far);
      ip("-n", near, "addr", "add", SERVER + "/24", "dev", "va");
      ip("-n", far, "addr", "add", CLIENTS + "/24", "dev", "vb");
      for (var machine : List.of(near, far)) {
        ip("-n", machine, "link", "set", "lo", "up");
      }
      ip("-n", near, "link", "set", "va", "up");
      ip("-n", far, "link", "set", "vb", "up");
    } catch (IllegalStateException incomplete) {
      close();
      throw incomplete;
    }
  }

  private static String name(String machine) {
    return "parley-" + ProcessHandle.current().pid() + "-" + machine;
  }

  /// Connects the two, or skips the test that can't have them.
  public static Network orSkip() {
    Installed.orSkip("ip");
    Installed.skipUnless(isAllowed(), "network namespaces are not allowed here");
    return new Network();
  }

  private static boolean isAllowed() {
    var probe = name("probe");
    try {
      ip("netns", "add", probe);
      ip("netns", "del", probe);
      return true;
    } catch (IllegalStateException notAllowed) {
      return false;
    }
  }

  /// What starts a program on the server's machine.
  List<String> prefix() {
    return List.of("ip", "netns", "exec", near);
  }

  /// From now on nothing passes, and nobody is told: no FIN, no RST.
  public void cut() {
    ip("-n", far, "link", "set", "vb", "down");
  }

  /// From now on what the clients send is lost on its way.
  public void loseWhatClientsSend() {
    ip("-n", far, "route", "add", "blackhole", SERVER + "/32");
  }

  /// Makes the cable thin for what the server sends.
  public void throttle(String rate) {
    Installed.orSkip("tc");
    run(List.of("tc", "-n", near, "qdisc", "add", "dev", "va", "root", "tbf", "rate", rate, "burst",
        "4kb", "latency", "400ms"));
  }

  /// Does something on a machine; sockets that it opens belong there.
  public <T> T on(Machine machine, Callable<T> work) {
    var result = new CompletableFuture<T>();
    var thread = new Thread(() -> {
      try {
        enter(machine == Machine.NEAR ? near : far);
        result.complete(work.call());
      } catch (Throwable cause) {
        result.completeExceptionally(cause);
      }
    }, "on-" + machine);
    thread.start();
    try {
      return result.join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof IOException cause
          ? new UncheckedIOException(cause)
          : failed;
    }
  }

  /// Moves the thread, and nothing but it.
  @SuppressWarnings("restricted")
  private static void enter(String namespace) throws Throwable {
    var linker = Linker.nativeLinker();
    var libc = linker.defaultLookup();
    var open = linker.downcallHandle(libc.findOrThrow("open"), FunctionDescriptor.of(
        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
        Linker.Option.firstVariadicArg(2));
    var setns = linker.downcallHandle(libc.findOrThrow("setns"), FunctionDescriptor.of(
        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    var close = linker.downcallHandle(libc.findOrThrow("close"), FunctionDescriptor.of(
        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    try (var arena = Arena.ofConfined()) {
      int file = (int) open.invokeExact(arena.allocateFrom("/run/netns/" + namespace), 0);
      int moved = (int) setns.invokeExact(file, CLONE_NEWNET);
      int closed = (int) close.invokeExact(file);
      if (file < 0 || moved != 0 || closed != 0) {
        throw new IllegalStateException("namespace " + namespace + ": can't be entered");
      }
    }
  }

  private static void ip(String... words) {
    var command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words));
    run(command);
  }

  private static void run(List<String> command) {
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + ": " + said.strip());
      }
    } catch (IOException cause) {
      throw new IllegalStateException(command + ": can't be run", cause);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + command, hurried);
    }
  }

  /// Takes both machines away; the cable goes with them.
  @Override
  public void close() {
    for (var machine : List.of(near, far)) {
      try {
        ip("netns", "del", machine);
      } catch (IllegalStateException neverAdded) {
        // The test says why.
      }
    }
  }
}
