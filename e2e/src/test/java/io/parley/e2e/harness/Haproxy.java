package io.parley.e2e.harness;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The installed HAProxy with `deploy/haproxy.cfg` as it is. Thread-safe.
public final class Haproxy implements AutoCloseable {
  private static final Duration START_WITHIN = Duration.ofSeconds(10);

  private final int port;
  private final Program program;

  private Haproxy(int port, Program program) {
    this.port = port;
    this.program = program;
  }

  /// Puts it before these nodes, which are `node1` and so on in its log, and waits until it
  /// listens.
  public static Haproxy before(Path binary, List<NodeProcess> nodes) {
    var port = Ports.free();
    var environment = new HashMap<>(Map.of("BALANCER_BIND", ":::" + port));
    for (var i = 0; i < nodes.size(); i++) {
      environment.put("BALANCER_NODE_" + (i + 1), "127.0.0.1:" + nodes.get(i).port());
      environment.put("BALANCER_HEALTH_" + (i + 1),
          Integer.toString(nodes.get(i).internalPort()));
    }
    var program = Program.start("haproxy", Repository.root(), environment,
        List.of(binary.toString(), "-db", "-f", "deploy/haproxy.cfg"));
    await("haproxy at port " + port + ": " + program).atMost(START_WITHIN)
        .until(() -> Ports.isOpen(port) || !program.isAlive());
    return new Haproxy(port, program);
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
