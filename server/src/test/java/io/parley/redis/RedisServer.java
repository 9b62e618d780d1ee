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
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisExecProvider;

/// A real Redis for tests: its own process on a free port of the loopback, nothing on disk. It can
/// be killed and started again on the same port.
///
/// Confined to the test's thread.
public final class RedisServer implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final int port;
  private final File binary;
  private final DefaultClientResources resources = DefaultClientResources.builder()
      .ioThreadPoolSize(2).computationThreadPoolSize(2).build();
  private final RedisClient client = RedisClient.create(resources);
  private @Nullable Process process;
  private @Nullable StatefulRedisConnection<String, String> connection;

  /// Starts it.
  public RedisServer() throws IOException {
    try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = probe.getLocalPort();
    }
    binary = RedisExecProvider.defaultProvider().get();
    start();
  }

  /// Starts it again after [#kill].
  public void start() throws IOException {
    var started = new ProcessBuilder(binary.getPath(), "--port", Integer.toString(port),
        "--bind", HOST, "--save", "", "--appendonly", "no", "--dir",
        binary.getParentFile().getPath()).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    process = started;
    // For the case that the test's JVM is ended before it closes this.
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    Awaitility.await("Redis").atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(10)).until(this::isListening);
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
    if (!binary.delete() || !binary.getParentFile().delete()) {
      throw new UncheckedIOException(new IOException(binary + ": can't be removed"));
    }
  }
}
