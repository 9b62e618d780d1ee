package io.parley.e2e.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One production node: `./parley node`. Thread-safe.
public final class NodeProcess implements AutoCloseable {
  /// For all nodes that tests start: small, and no time spent on compiling for hours of use.
  static final String JAVA_OPTS = "-Xmx96m -XX:TieredStopAtLevel=1";

  private static final Duration READY_WITHIN = Duration.ofSeconds(30);

  private final String name;
  private final Program program;
  private final int port;
  private final int internalPort;

  private NodeProcess(String name, Program program) {
    this.name = name;
    this.program = program;
    var ready = program.awaitLine("ready: node " + name
        + ", clients at port (\\d+), internal port (\\d+)", READY_WITHIN);
    port = Integer.parseInt(ready.group(1));
    internalPort = Integer.parseInt(ready.group(2));
  }

  /// Starts one that lets everybody in by any name, on free ports, and waits until it is ready.
  ///
  /// @param flags `--key=value` each; they go before what this method would have chosen
  public static NodeProcess start(String name, String redisUrl, String... flags) {
    return startWithJvm(name, redisUrl, "", flags);
  }

  /// The same with options for its JVM.
  public static NodeProcess startWithJvm(
      String name, String redisUrl, String javaOptions, String... flags) {
    return start(List.of(), name, redisUrl, javaOptions, flags);
  }

  /// The same without Redis, on the server's machine of a network: its ports are reached from there
  /// only.
  public static NodeProcess startAlone(Network network, String... flags) {
    return start(network.prefix(), "alone", "", "", flags);
  }

  private static NodeProcess start(List<String> prefix, String name, String redisUrl,
      String javaOptions, String... flags) {
    var settings = new LinkedHashMap<String, String>();
    settings.put("--node.name", name);
    settings.put("--listen.port", "0");
    settings.put("--internal.port", "0");
    settings.put("--access.anonymous", "true");
    settings.put("--access.claimed-names", "true");
    settings.put("--limits.commands-per-second", "0");
    settings.put("--limits.connections-per-address", "0");
    settings.put("--drain.period", "1s");
    for (var flag : flags) {
      var equals = flag.indexOf('=');
      settings.put(flag.substring(0, equals), flag.substring(equals + 1));
    }
    var command = new ArrayList<>(prefix);
    command.addAll(List.of(Repository.launcher().toString(), "node"));
    settings.forEach((key, value) -> command.add(key + "=" + value));
    var program = Program.start(name, Repository.root(),
        Map.of("PARLEY_REDIS_URL", redisUrl, "JAVA_OPTS", (JAVA_OPTS + " " + javaOptions).strip()),
        command);
    try {
      return new NodeProcess(name, program);
    } catch (AssertionError notReady) {
      program.close();
      throw notReady;
    }
  }

  public String name() {
    return name;
  }

  public Program program() {
    return program;
  }

  public int port() {
    return port;
  }

  public int internalPort() {
    return internalPort;
  }

  public Health health() {
    return new Health(internalPort);
  }

  @Override
  public void close() {
    program.close();
  }
}
