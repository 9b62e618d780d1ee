package io.parley.e2e.harness;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The installed HAProxy with `deploy/haproxy.cfg` as it is. Confined to the test's thread.
public final class Haproxy implements AutoCloseable {
  private static final Duration START_WITHIN = Duration.ofSeconds(10);

  private final Path binary;
  private final int port = Ports.free();
  private final Map<String, String> environment = new HashMap<>();
  private Program program;

  private Haproxy(Path binary, List<NodeProcess> nodes) {
    this.binary = binary;
    environment.put("BALANCER_BIND", ":::" + port);
    for (var i = 0; i < nodes.size(); i++) {
      environment.put("BALANCER_NODE_" + (i + 1), "127.0.0.1:" + nodes.get(i).port());
      environment.put("BALANCER_HEALTH_" + (i + 1),
          Integer.toString(nodes.get(i).internalPort()));
    }
    program = launch();
  }

  /// Puts it before these nodes, which are `node1` and so on in its log, and waits until it
  /// listens.
  public static Haproxy before(Path binary, List<NodeProcess> nodes) {
    return new Haproxy(binary, nodes);
  }

  private Program launch() {
    var started = Program.start("haproxy", Repository.root(), environment,
        List.of(binary.toString(), "-db", "-f", "deploy/haproxy.cfg"));
    await("haproxy at port " + port + ": " + started).atMost(START_WITHIN)
        .until(() -> Ports.isOpen(port) || !started.isAlive());
    return started;
  }

  /// Kills it: every connection through it ends at once.
  public void kill() {
    program.close();
  }

  /// After [#kill]: another one at the same port.
  public void startAgain() {
    program = launch();
  }

  public int port() {
    return port;
  }

  public Program program() {
    return program;
  }

  @Override
  public void close() {
    program.close();
  }
}
