package io.parley.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.resource.DefaultClientResources;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisExecProvider;

/// A real Redis for tests: its own process on a free port of the loopback, with nothing on disk
/// unless it is asked to. It can be killed and started again on the same port, over what it left on
/// disk. It can also be a sentinel.
///
/// Confined to the test's thread.
public final class RedisServer implements AutoCloseable {
  /// What a sentinel calls the Redis that it watches.
  public static final String MASTER = "chat";

  private static final String HOST = "127.0.0.1";

  private final int port;
  private final File binary;
  private final List<String> options;
  private final DefaultClientResources resources = DefaultClientResources.builder()
      .ioThreadPoolSize(2).computationThreadPoolSize(2).build();
  private final RedisClient client = RedisClient.create(resources);
  private @Nullable Process process;
  private @Nullable StatefulRedisConnection<String, String> connection;

  /// Starts it.
  ///
  /// @param options as on the command line, beside those that every test needs
  public RedisServer(String... options) throws IOException {
    this(List.of(options));
  }

  private RedisServer(List<String> options) throws IOException {
    this(RedisExecProvider.defaultProvider().get(), options);
  }

  private RedisServer(File binary, List<String> options) throws IOException {
    try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = probe.getLocalPort();
    }
    this.binary = binary;
    this.options = options;
    start();
  }

  /// Starts a sentinel, which watches a primary alone: it takes it for dead after 300 ms.
  public static RedisServer sentinelOf(RedisServer primary) throws IOException {
    var binary = RedisExecProvider.defaultProvider().get();
    var file = new File(binary.getParentFile(), "sentinel.conf");
    Files.write(file.toPath(), List.of(
        "sentinel monitor " + MASTER + " " + HOST + " " + primary.port + " 1",
        "sentinel down-after-milliseconds " + MASTER + " 300",
        "sentinel failover-timeout " + MASTER + " 10000"));
    return new RedisServer(binary, List.of(file.getPath(), "--sentinel"));
  }

  /// Starts it again after [#kill].
  public void start() throws IOException {
    boolean isSentinel = options.contains("--sentinel");
    var words = new ArrayList<>(List.of(binary.getPath()));
    if (isSentinel) {
      words.addAll(options);
    }
    words.addAll(List.of("--port", Integer.toString(port), "--bind", HOST, "--dir",
        directory().toString()));
    if (!isSentinel) {
      words.addAll(List.of("--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0"));
      words.addAll(options);
    }
    var started = new ProcessBuilder(words).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    process = started;
    // For the case that the test's JVM is ended before it closes this.
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    Awaitility.await("Redis").atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(10)).until(this::isListening);
  }

  /// Where it keeps what it keeps.
  public Path directory() {
    return binary.getParentFile().toPath();
  }

  private boolean isListening() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.UTF_8));
      return socket.getInputStream().read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://" + HOST + ":" + port;
  }

  /// Ends it as `kill -9` does.
  public void kill() throws InterruptedException {
    if (connection != null) {
      connection.close();
      connection = null;
    }
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  /// Makes it deaf and dumb until [#thaw]: its connections stay, and nothing is answered.
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    if (process == null) {
      throw new IllegalStateException("Redis: not started (expected: started)");
    }
    var pid = Long.toString(process.pid());
    int exit = new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IOException("kill -" + name + " " + pid + ": exit code " + exit);
    }
  }

  /// To look at what it holds, and to do what an operator can do.
  public RedisCommands<String, String> commands() {
    if (connection == null) {
      connection = client.connect(RedisURI.create(url()));
    }
    return connection.sync();
  }

  /// Sets rules of an ACL user, as `ACL SETUSER` takes them.
  public void acl(String user, String... rules) {
    var args = new CommandArgs<>(StringCodec.UTF8).add("SETUSER").add(user);
    for (var rule : rules) {
      args.add(rule);
    }
    commands().dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), args);
  }

  /// Makes it a replica, and waits until it has what the other has.
  public void follow(RedisServer primary) {
    commands().replicaof(HOST, primary.port);
    Awaitility.await("replica").atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> commands().info("replication").contains("master_link_status:up"));
  }

  /// Has a sentinel move the primary.
  public void failOver() {
    commands().dispatch(CommandType.SENTINEL, new StatusOutput<>(StringCodec.UTF8),
        new CommandArgs<>(StringCodec.UTF8).add("FAILOVER").add(MASTER));
  }

  /// How a node finds the primary through this sentinel.
  public String sentinelUrl() {
    return "redis-sentinel://" + HOST + ":" + port + "?master=" + MASTER;
  }

  /// How often a command was called, as `INFO commandstats` has it.
  public long calls(String command) {
    return commands().info("commandstats").lines()
        .filter(line -> line.startsWith("cmdstat_" + command + ":calls="))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=([0-9]+),.*", "$1")))
        .findFirst().orElse(0);
  }

  /// One number of `INFO stats`.
  public long stat(String name) {
    return commands().info("stats").lines().filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1))).findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.shutdownAsync(0, 1, TimeUnit.SECONDS);
    resources.shutdown(0, 1, TimeUnit.SECONDS);
    try (var left = Files.walk(directory())) {
      for (var file : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
