package io.parley.outside.arrival;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// A node that has few file descriptors (F24).
@Timeout(90)
@EnabledOnOs(OS.LINUX)
class DescriptorsTest {
  private static final int DESCRIPTORS = 256;

  /// What is left of them for clients.
  private static final int CLIENTS = 56;
  private static final Pattern READY = Pattern
      .compile(".*ready: node \\S+, clients at port (\\d+), internal port (\\d+)");

  /// A node in a process of its own under `ulimit -n`.
  private static final class SmallNode implements AutoCloseable {
    final List<String> lines = new CopyOnWriteArrayList<>();
    final int port;
    final int internalPort;
    private final Process process;

    SmallNode() throws IOException {
      var java = ProcessHandle.current().info().command().orElseThrow();
      var builder = new ProcessBuilder("/bin/sh", "-c",
          "ulimit -n " + DESCRIPTORS + " && exec \"$0\" \"$@\"", java,
          "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
          "io.parley.Parley", "node", "--listen.address", "127.0.0.1", "--listen.port", "0",
          "--internal.port", "0", "--access.anonymous", "true", "--node.io-threads", "1")
          .redirectErrorStream(true);
      builder.environment().keySet().removeIf(name -> name.startsWith("PARLEY_"));
      process = builder.start();
      var out = process.inputReader(UTF_8);
      var ready = awaitReady(out);
      port = Integer.parseInt(ready.group(1));
      internalPort = Integer.parseInt(ready.group(2));
      Thread.ofVirtual().start(() -> {
        try {
          out.lines().forEach(lines::add);
        } catch (UncheckedIOException ended) {
          // Nobody is left who could write.
        }
      });
    }

    private Matcher awaitReady(BufferedReader out) throws IOException {
      for (var line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
        var ready = READY.matcher(line);
        if (ready.matches()) {
          return ready;
        }
      }
      process.destroyForcibly();
      throw new AssertionError("it ended before it was ready: " + lines);
    }

    int openFiles() {
      var files = Path.of("/proc/" + process.pid() + "/fd").toFile().list();
      return files == null ? 0 : files.length;
    }

    /// What it has used of the processor so far.
    Duration processorTime() {
      try {
        var stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        // Fields 14 and 15 of all, in hundredths of a second.
        return Duration.ofMillis(
            10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12])));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean says(String text) {
      return lines.stream().anyMatch(line -> line.contains(text));
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    Awaitility.await(what).atMost(Duration.ofSeconds(20)).until(condition::getAsBoolean);
  }

  private static void closeAll(List<? extends AutoCloseable> some) throws Exception {
    for (var each : some) {
      each.close();
    }
  }

  @Test
  void f24_whoComesToAFullNodeGets503AndTheOthersGoOn() throws Exception {
    var inside = new ArrayList<RawClient>();
    var outside = new ArrayList<RawClient>();
    try (var node = new SmallNode()) {
      for (int i = 0; i < CLIENTS; i++) {
        var client = RawClient.upgraded(node.port, "/?room=r" + i);
        client.roundTrip();
        inside.add(client);
      }
      for (int i = 0; i < 2 * DESCRIPTORS; i++) {
        var late = RawClient.connect(node.port);
        outside.add(late);
        late.send(RawClient.request("/"));
        if (i < 10) {
          var answer = late.head();
          assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
        }
      }
      for (var client : inside) {
        client.roundTrip();
      }
      assertTrue(node.openFiles() < DESCRIPTORS, () -> node.openFiles() + " open files");
      closeAll(outside);
      inside.removeLast().close();
      await("a place", () -> {
        try (var next = RawClient.connect(node.port)) {
          next.send(RawClient.request("/"));
          return next.head().startsWith("HTTP/1.1 101 ");
        }
      });
      assertTrue(node.says("request refused: 503"), node.lines::toString);
      assertTrue(!node.says("accepting clients failed"), node.lines::toString);
    } finally {
      closeAll(inside);
      closeAll(outside);
    }
  }

  /// Something else than clients uses the descriptors up, which no limit on clients can prevent.
  @Test
  void f24_withoutADescriptorNobodyIsAcceptedTheProcessorIsFreeAndItRecovers() throws Exception {
    var others = new ArrayList<Socket>();
    var waiting = new ArrayList<RawClient>();
    try (var node = new SmallNode();
        var inside = RawClient.upgraded(node.port, "/");
        var another = RawClient.upgraded(node.port, "/")) {
      // What a node does for clients it must have done before: without descriptors a JVM can't load
      // classes from a directory, as it does here.
      inside.roundTrip();
      another.roundTrip();
      for (int left = DESCRIPTORS - node.openFiles(); left > 8; left--) {
        others.add(new Socket(InetAddress.getLoopbackAddress(), node.internalPort));
      }
      // All in, before clients take the rest: what the internal port can't accept, it tries again
      // and again to accept.
      await("others", () -> node.openFiles() >= DESCRIPTORS - 8);
      for (int i = 0; i < 30; i++) {
        waiting.add(RawClient.connect(node.port));
      }
      await("a failure", () -> node.says("accepting clients failed"));
      var before = node.processorTime();
      // Whatever else it does meanwhile: trying again and again would take all of a processor.
      for (int i = 0; i < 100; i++) {
        inside.roundTrip();
      }
      assertFalse(node.process.waitFor(2, TimeUnit.SECONDS), "it lives");
      var used = node.processorTime().minus(before);
      assertTrue(used.toMillis() < 1_000, () -> used + " of the processor in 2 s and a bit");
      assertEquals(1, node.lines.stream()
          .filter(line -> line.contains("accepting clients failed")).count());
      closeAll(others);
      for (var client : waiting) {
        client.send(RawClient.request("/"));
        assertTrue(client.head().startsWith("HTTP/1.1 101 "));
        client.roundTrip();
      }
    } finally {
      closeAll(others);
      closeAll(waiting);
    }
  }
}
