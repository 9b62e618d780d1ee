package io.parley.e2e.workload;

import io.parley.e2e.harness.Haproxy;
import io.parley.e2e.harness.Installed;
import io.parley.e2e.harness.NodeProcess;
import io.parley.e2e.harness.Ports;
import io.parley.e2e.harness.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where it all happens: production nodes that stay at their ports when they are started again, a
/// Redis that keeps its data, and an HAProxy before the nodes where the machine has one. Confined
/// to the test's thread.
final class Stage implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);

  private final RedisServer redis;
  private final List<Integer> ports;
  private final List<NodeProcess> nodes = new ArrayList<>();
  private @Nullable Haproxy haproxy;

  private Stage(int count, RedisServer redis) {
    this.redis = redis;
    var free = new LinkedHashSet<Integer>();
    while (free.size() < 2 * count) {
      free.add(Ports.free());
    }
    ports = List.copyOf(free);
  }

  /// Starts all of it and waits until it is ready.
  ///
  /// @param fsync when Redis makes its file safe: `always`, or `everysec`
  static Stage up(int nodes, String fsync) {
    try {
      var folder = Files.createTempDirectory("checker-redis");
      var stage = new Stage(nodes, RedisServer.startOn(folder, fsync));
      try {
        for (var i = 0; i < nodes; i++) {
          stage.nodes.add(stage.launch(i));
        }
        Installed.find("haproxy").ifPresent(stage::balance);
        stage.awaitReady();
        return stage;
      } catch (AssertionError | RuntimeException notReady) {
        stage.close();
        throw notReady;
      }
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private NodeProcess launch(int index) {
    return NodeProcess.start("n" + (index + 1), redis.url(),
        "--listen.port=" + ports.get(2 * index), "--internal.port=" + ports.get(2 * index + 1),
        "--proxy.trusted=127.0.0.1,::1");
  }

  private void balance(Path binary) {
    haproxy = Haproxy.before(binary, nodes);
  }

  RedisServer redis() {
    return redis;
  }

  int size() {
    return nodes.size();
  }

  NodeProcess node(int index) {
    return nodes.get(index);
  }

  /// The ports of the nodes, and the balancer's as often, so that every second client comes through
  /// it.
  Doors doors() {
    var all = new ArrayList<Integer>();
    for (var node : nodes) {
      all.add(node.port());
      if (haproxy != null) {
        all.add(haproxy.port());
      }
    }
    return new Doors(all);
  }

  boolean isBalanced() {
    return haproxy != null;
  }

  /// Ends a node without asking.
  void kill(int index) {
    nodes.get(index).close();
  }

  /// After [#kill]: another one by the same name, at the same ports.
  void startAgain(int index) {
    nodes.set(index, launch(index));
  }

  void awaitReady() {
    nodes.forEach(node -> node.health().awaitReady(READY_WITHIN));
  }

  @Override
  public void close() {
    if (haproxy != null) {
      haproxy.close();
    }
    nodes.forEach(NodeProcess::close);
    redis.close();
  }
}
