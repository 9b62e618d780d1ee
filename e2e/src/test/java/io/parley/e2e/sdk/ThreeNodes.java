package io.parley.e2e.sdk;

import io.parley.e2e.harness.Haproxy;
import io.parley.e2e.harness.Installed;
import io.parley.e2e.harness.NodeProcess;
import io.parley.e2e.harness.Ports;
import io.parley.e2e.harness.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Nodes `n1` to `n3` over one Redis, behind HAProxy. Confined to the test's thread.
final class ThreeNodes implements AutoCloseable {
  static final int COUNT = 3;

  private final List<Integer> ports = IntStream.range(0, 2 * COUNT).map(i -> Ports.free())
      .boxed().toList();
  private final List<String> flags;
  private final RedisServer redis;
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final Haproxy haproxy;

  /// Starts them; the test is skipped where there is no HAProxy.
  ///
  /// @param flags of each node
  ThreeNodes(String... flags) {
    var binary = Installed.orSkip("haproxy");
    this.flags = List.of(flags);
    redis = RedisServer.start();
    for (var i = 0; i < COUNT; i++) {
      nodes.add(launch(i));
    }
    haproxy = Haproxy.before(binary, nodes);
  }

  private NodeProcess launch(int index) {
    var all = new ArrayList<>(List.of("--listen.port=" + ports.get(2 * index),
        "--internal.port=" + ports.get(2 * index + 1), "--proxy.trusted=127.0.0.1,::1"));
    all.addAll(flags);
    return NodeProcess.start("n" + (index + 1), redis.url(), all.toArray(String[]::new));
  }

  /// HAProxy's.
  int port() {
    return haproxy.port();
  }

  List<NodeProcess> nodes() {
    return List.copyOf(nodes);
  }

  /// Kills a node, without a warning.
  void kill(String name) {
    nodes.get(index(name)).close();
  }

  /// Starts a node that was killed, at the same ports.
  void startAgain(String name) {
    nodes.set(index(name), launch(index(name)));
  }

  private int index(String name) {
    return nodes.stream().map(NodeProcess::name).toList().indexOf(name);
  }

  @Override
  public void close() {
    haproxy.close();
    nodes.forEach(NodeProcess::close);
    redis.close();
  }
}
