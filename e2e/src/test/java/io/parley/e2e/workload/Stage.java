package io.parley.e2e.workload;

import io.parley.e2e.harness.Haproxy;
import io.parley.e2e.harness.Installed;
import io.parley.e2e.harness.NodeProcess;
import io.parley.e2e.harness.Ports;
import io.parley.e2e.harness.RedisRelay;
import io.parley.e2e.harness.RedisServer;
import io.parley.e2e.harness.WatchedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where it all happens: production nodes that stay at their ports when they are started again, a
/// Redis that keeps its data, and an HAProxy before the nodes where the machine has one. What the
/// nodes said is kept beside the run's log. Confined to the test's thread.
final class Stage implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);

  private final Store store;
  private final Plan plan;
  private final List<Integer> ports;
  private final List<NodeProcess> nodes = new ArrayList<>();
  private @Nullable Haproxy haproxy;

  /// What there shall be.
  ///
  /// @param isAllBalanced all clients come through the balancer; otherwise half of them, if the
  ///     machine has one
  /// @param logs what the nodes' logs are called, up to their names
  record Plan(int nodes, Store.Kind store, Store.Durability durability, boolean isAllBalanced,
      Path logs) {}

  private Stage(Plan plan, Store store) {
    this.plan = plan;
    this.store = store;
    var free = new LinkedHashSet<Integer>();
    while (free.size() < 2 * plan.nodes) {
      free.add(Ports.free());
    }
    ports = List.copyOf(free);
  }

  /// Starts all of it and waits until it is ready.
  static Stage up(Plan plan) {
    if (plan.isAllBalanced) {
      Installed.orSkip("haproxy");
    }
    var stage = new Stage(plan, Store.start(plan.store, plan.nodes, plan.durability));
    try {
      for (var i = 0; i < plan.nodes; i++) {
        stage.nodes.add(stage.launch(i));
      }
      Installed.find("haproxy").ifPresent(stage::balance);
      stage.awaitReady();
      return stage;
    } catch (AssertionError | RuntimeException notReady) {
      stage.close();
      throw notReady;
    }
  }

  private NodeProcess launch(int index) {
    return NodeProcess.start("n" + (index + 1), store.url(index),
        "--listen.port=" + ports.get(2 * index), "--internal.port=" + ports.get(2 * index + 1),
        "--proxy.trusted=127.0.0.1,::1");
  }

  private void balance(Path binary) {
    haproxy = Haproxy.before(binary, nodes);
  }

  Store.Durability durability() {
    return plan.durability;
  }

  /// The one Redis.
  RedisServer redis() {
    return switch (store) {
      case Store.Alone alone -> alone.redis();
      case Store.BehindRelays behind -> behind.redis();
      case Store.Watched watched -> throw new IllegalStateException(
          "store: " + watched + " (expected: one Redis)");
    };
  }

  /// The ways of the nodes to Redis, in their order.
  List<RedisRelay> relays() {
    return store instanceof Store.BehindRelays behind ? behind.relays() : List.of();
  }

  /// The Redis that sentinels watch.
  WatchedRedis watched() {
    if (store instanceof Store.Watched watched) {
      return watched.redis();
    }
    throw new IllegalStateException("store: " + store + " (expected: with sentinels)");
  }

  int size() {
    return nodes.size();
  }

  NodeProcess node(int index) {
    return nodes.get(index);
  }

  /// The ports of the nodes, and the balancer's as often, so that every second client comes through
  /// it; or the balancer's alone.
  Doors doors() {
    var all = new ArrayList<Integer>();
    for (var node : nodes) {
      if (!plan.isAllBalanced) {
        all.add(node.port());
      }
      if (haproxy != null) {
        all.add(haproxy.port());
      }
    }
    return new Doors(all);
  }

  /// The balancer, of a plan that can't do without it.
  Haproxy balancer() {
    if (haproxy == null) {
      throw new IllegalStateException("no balancer (expected: one)");
    }
    return haproxy;
  }

  /// How clients get in, for who reads what a run was like.
  String entrance() {
    if (haproxy == null) {
      return "without HAProxy";
    }
    return plan.isAllBalanced ? "through HAProxy" : "directly and through HAProxy";
  }

  /// Ends a node without asking.
  void kill(int index) {
    var victim = nodes.get(index);
    victim.close();
    keepLog(victim);
  }

  /// After [#kill]: another one by the same name, at the same ports.
  void startAgain(int index) {
    nodes.set(index, launch(index));
  }

  void awaitReady() {
    store.awaitWhole();
    nodes.forEach(node -> node.health().awaitReady(READY_WITHIN));
  }

  private void keepLog(NodeProcess node) {
    try {
      Files.write(Path.of(plan.logs + "-" + node.name() + ".log"), node.program().lines(),
          StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  @Override
  public void close() {
    if (haproxy != null) {
      haproxy.close();
    }
    nodes.forEach(NodeProcess::close);
    store.close();
    nodes.forEach(this::keepLog);
  }
}
