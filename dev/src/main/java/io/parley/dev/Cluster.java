package io.parley.dev;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Everything that one `up` runs: claim of the port, Redis, nodes, and what stands before them.
/// Starts them in that order, but ends the nodes first, so that these can tell their clients to
/// come back before anything they lean on goes. Thread-safe.
final class Cluster implements AutoCloseable {
  private static final Duration END_WITHIN = Duration.ofSeconds(10);

  private final UpOptions options;
  private final Console console;

  /// In the order of their start. After closing none is added.
  @GuardedBy("this")
  private final List<Child> nodes = new ArrayList<>();
  @GuardedBy("this")
  private final List<Child> others = new ArrayList<>();
  @GuardedBy("this")
  private final List<AutoCloseable> resources = new ArrayList<>();
  @GuardedBy("this")
  private boolean closed;

  Cluster(UpOptions options, Console console) {
    this.options = options;
    this.console = console;
  }

  /// Returns once all of it works and the last line about that is out.
  void start() throws StartFailure, InterruptedException {
    var install = Install.find();
    var haproxy = options.front() == Front.HAPROXY ? installedHaproxy() : null;
    var claim = hold(PortClaim.of(options.port()));
    var given = options.redis().orElse(null);
    if (given != null) {
      Install.trustAsNodesDo();
      checkRedis(given);
    }
    introduce(claim.port());

    var ports = PortClaim.free(2 * options.nodes() + 1);
    Child redisChild = null;
    var redis = given;
    if (redis == null) {
      var own = new RedisProcess(ports.getLast());
      redis = own.address();
      redisChild = launch(own);
      redisChild.awaitReady();
    }
    var programs = nodes(install, ports, redis, claim.port());
    var nodeChildren = new ArrayList<Child>();
    for (var program : programs) {
      nodeChildren.add(launch(program));
    }
    for (var child : nodeChildren) {
      child.awaitReady();
    }
    openFront(install, haproxy, programs, claim.port());
    report(claim.port(), programs, nodeChildren, redis, redisChild);
  }

  private static Path installedHaproxy() throws StartFailure {
    return ExecutablePath.find("haproxy").orElseThrow(() -> new StartFailure(
        "--haproxy: there is no haproxy on the PATH; install it, or leave the option out"));
  }

  private static void checkRedis(RedisAddress redis) throws StartFailure {
    try {
      redis.check();
    } catch (IOException cause) {
      throw new StartFailure("can't use the Redis at " + redis + " (" + cause.getMessage()
          + "); start it, mend the URL, or leave --redis out to get one");
    }
  }

  private List<NodeProcess> nodes(Install install, List<Integer> ports, RedisAddress redis,
      int port) {
    return IntStream.range(0, options.nodes())
        .mapToObj(i -> new NodeProcess("n" + (i + 1), install.server(), ports.get(2 * i),
            ports.get(2 * i + 1), redis, options.front(), port))
        .toList();
  }

  private void openFront(Install install, @Nullable Path haproxy,
      List<NodeProcess> programs, int port) throws StartFailure, InterruptedException {
    switch (options.front()) {
      case KERNEL -> {
        // The nodes opened the port before they called themselves ready.
      }
      case RELAY -> {
        try {
          hold(new Relay(port, programs.stream().map(NodeProcess::clientPort).toList()));
        } catch (IOException cause) {
          throw new StartFailure("can't relay port " + port + " (" + cause.getMessage() + ")");
        }
      }
      case HAPROXY -> {
        if (haproxy != null) {
          launch(new HaproxyProcess(haproxy, install.haproxyConfig(), port, programs)).awaitReady();
        }
      }
    }
  }

  private void introduce(int port) {
    console.say("Parley, development mode: listens on all interfaces, accepts pages of any origin,"
        + " anonymous");
    console.say("connections and claimed names, and limits no rates. Not for the internet.");
    LanAddress.find().ifPresent(
        address -> console.say("other devices: http://" + address + ":" + port));
  }

  private void report(int port, List<NodeProcess> programs, List<Child> nodeChildren,
      RedisAddress redis, @Nullable Child redisChild) {
    var nodeWords = IntStream.range(0, programs.size())
        .mapToObj(i -> programs.get(i).name() + " (pid " + nodeChildren.get(i).pid()
            + ", ws://localhost:" + programs.get(i).clientPort()
            + ", internal http://localhost:" + programs.get(i).internalPort() + ")")
        .collect(Collectors.joining(", "));
    console.say("port " + port + ": " + options.front().words() + ". Ctrl-C ends everything.");
    console.say("ready: http://localhost:" + port + "  nodes " + nodeWords
        + "  redis " + redis
        + (redisChild == null ? " (given)" : " (pid " + redisChild.pid() + ")"));
  }

  private synchronized Child launch(Program program) throws StartFailure {
    if (closed) {
      throw new StartFailure("stopped");
    }
    var child = new Child(program, console);
    (program instanceof NodeProcess ? nodes : others).add(child);
    child.start();
    return child;
  }

  private synchronized <T extends AutoCloseable> T hold(T resource) throws StartFailure {
    resources.add(resource);
    if (closed) {
      throw new StartFailure("stopped");
    }
    return resource;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /// Ends all of it and waits, for ten seconds at most; what is left then is up to the guards.
  /// Whoever comes second waits with the first.
  @Override
  public synchronized void close() {
    var deadline = System.nanoTime() + END_WITHIN.toNanos();
    closed = true;
    nodes.forEach(Child::stop);
    nodes.forEach(child -> child.join(left(deadline)));
    for (var child : others.reversed()) {
      child.stop();
      child.join(left(deadline));
    }
    for (var resource : resources.reversed()) {
      closeQuietly(resource);
    }
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception ignored) {
      // The process ends, and the kernel takes back what this would have.
    }
  }
}
