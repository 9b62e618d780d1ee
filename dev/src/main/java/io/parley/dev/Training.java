package io.parley.dev;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// Makes a node's AOT cache: what a JVM finds out about a program while it runs (its classes, read
/// and linked; which of its methods are worth compiling, and how) for the next JVM to begin with.
/// With it a node starts three times as fast, and the first minute of its work costs less.
///
/// A node is started beside a Redis, as production starts it, clients talk over it for some
/// seconds, and it is ended; then the JVM writes the cache. It goes with this very jar and this
/// very JVM: any other passes it over. So it is made at build time, beside the jar, and for an
/// image in the image.
///
///     java -cp parley-dev.jar io.parley.dev.Training SERVER_JAR
public final class Training {
  private static final int CLIENTS = 100;
  private static final int SPEAKERS = 8;
  private static final int DIRECT_ROUNDS = 300;
  private static final int ROOM_ROUNDS = 400;

  /// Each of the two parts ends after this, finished or not: a busy machine makes a worse cache,
  /// not a build that hangs.
  private static final Duration PART = Duration.ofSeconds(6);

  /// The JVM writes the cache after the node's end.
  private static final int END_SECONDS = 120;

  private final int port;
  private final int internalPort;

  private Training(int port, int internalPort) {
    this.port = port;
    this.internalPort = internalPort;
  }

  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      System.err.println("training: " + args.length + " arguments (expected: the server's jar)");
      System.exit(2);
    }
    var began = System.nanoTime();
    var jar = Path.of(args[0]).toAbsolutePath();
    var cache = jar.resolveSibling(Install.CACHE);
    if (isDone(jar, cache)) {
      System.out.println("training: " + cache.getFileName() + " is as new as what it is made of");
      return;
    }
    Files.deleteIfExists(cache);
    var ports = PortClaim.free(3);
    var redis = new RedisProcess(ports.get(2));
    var redisChild = new Child(redis, new Console(System.out));
    redisChild.start();
    try {
      redisChild.awaitReady();
      train(jar, cache, ports, redis.address());
    } finally {
      redisChild.stop();
      redisChild.join(Duration.ofSeconds(10));
    }
    System.out.println("training: " + cache.getFileName() + ", " + Files.size(cache) / (1 << 20)
        + " MiB, after " + Duration.ofNanos(System.nanoTime() - began).toSeconds() + " s");
  }

  /// Whether the cache is newer than all that goes into it, and made by this JVM.
  private static boolean isDone(Path jar, Path cache) throws Exception {
    var self = Path.of(Training.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (!Install.isFresh(jar) || !Install.isNewer(cache, self)
        || !Install.isNewer(cache, jar.resolveSibling("node.options"))) {
      return false;
    }
    var strict = new ArrayList<>(Install.jvm(jar));
    strict.addAll(List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=on", "-jar", jar.toString(),
        "version"));
    var trial = new ProcessBuilder(strict).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    return trial.waitFor() == 0;
  }

  private static void train(Path jar, Path cache, List<Integer> ports, RedisAddress redis)
      throws Exception {
    var fresh = cache.resolveSibling(Install.CACHE + ".new");
    var command = new ArrayList<>(Install.jvm(jar));
    command.add("-XX:AOTCacheOutput=" + fresh);
    command.addAll(List.of("-jar", jar.toString()));
    var program = new NodeProcess("training", command, ports.get(0), ports.get(1), redis,
        Front.RELAY, 0);
    var node = Guard.start(program.command(), program.environment(), END_SECONDS);
    var lines = new ArrayList<String>();
    var reader = Thread.ofVirtual().start(() -> {
      for (var line = node.readLine(); line != null; line = node.readLine()) {
        lines.add(line);
      }
    });
    try {
      awaitReady(program, node);
      new Training(ports.get(0), ports.get(1)).run();
    } finally {
      node.release();
      node.await();
      reader.join();
    }
    if (!Files.exists(fresh)) {
      throw new IOException("the JVM wrote no cache; it said:\n" + String.join("\n", lines));
    }
    Files.move(fresh, cache, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void awaitReady(NodeProcess program, Guard node)
      throws IOException, InterruptedException {
    var deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!isReady(program)) {
      if (!node.isAlive() || System.nanoTime() - deadline > 0) {
        throw new IOException("the node doesn't get ready");
      }
      Thread.sleep(Duration.ofMillis(50));
    }
  }

  private static boolean isReady(NodeProcess program) {
    try {
      return program.isReady();
    } catch (IOException notYet) {
      return false;
    }
  }

  private void run() throws Exception {
    for (var path : List.of("/", "/nothing")) {
      get(port, path);
    }
    for (var path : List.of("/health/live", "/health/ready", "/metrics")) {
      get(internalPort, path);
    }
    var clients = new ArrayList<TrainingClient>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new TrainingClient(port, "/?user=u" + i + "&room=training"));
      }
      for (int i = 0; i < CLIENTS; i++) {
        manners(clients.get(i), i);
      }
      var direct = System.nanoTime() + PART.toNanos();
      all(threads.invokeAll(IntStream.range(0, CLIENTS).<Callable<Void>>mapToObj(
          i -> () -> direct(clients.get(i), i, direct)).toList()));
      var room = System.nanoTime() + PART.toNanos();
      for (int round = 0; round < ROOM_ROUNDS && System.nanoTime() - room < 0; round++) {
        int n = round;
        all(threads.invokeAll(IntStream.range(0, CLIENTS).<Callable<Void>>mapToObj(
            i -> () -> room(clients.get(i), i, n)).toList()));
      }
      for (int i = 0; i < CLIENTS / 2; i++) {
        clients.get(i).leave();
      }
    } finally {
      for (var client : clients) {
        client.close();
      }
    }
  }

  private static void all(List<Future<Void>> parts) throws InterruptedException, IOException {
    for (var part : parts) {
      try {
        part.get();
      } catch (ExecutionException failed) {
        throw new IOException("a client failed", failed.getCause());
      }
    }
  }

  private static void get(int port, String path) throws IOException {
    var url = URI.create("http://127.0.0.1:" + port + path).toURL();
    var page = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
    page.getResponseCode();
    page.disconnect();
  }

  /// What a client does beside talking, and does wrong.
  private static void manners(TrainingClient client, int i) throws IOException {
    client.say("{\"join\":\"room" + i % 7 + "\",\"id\":\"j\"}");
    client.say("{\"whoami\":true,\"id\":\"w\"}");
    client.say("{\"room\":\"room" + i % 7 + "\",\"text\":\"hello\",\"id\":\"h\"}");
    client.ping();
    client.say("{\"join\":");
    client.say("{\"to\":\"\",\"id\":\"e\"}");
    client.say("{\"history\":\"room" + i % 7 + "\",\"id\":\"o\"}");
    client.say("{\"join\":\"inbox\",\"since\":\"0:0\"}");
    client.say("{\"leave\":\"room" + i % 7 + "\",\"id\":\"l\"}");
    client.await("{\"left\":");
  }

  /// Direct messages with acks, each after the one before.
  private static Void direct(TrainingClient client, int i, long until) throws IOException {
    for (int n = 0; n < DIRECT_ROUNDS && System.nanoTime() - until < 0; n++) {
      var id = "\"" + i + "-" + n + "\"";
      client.say("{\"to\":\"u" + (i + 1 + n) % CLIENTS + "\",\"id\":" + id + ",\"text\":\""
          + "some words ".repeat(n % 20) + "\"}");
      client.await("{\"ack\":" + id);
    }
    return null;
  }

  /// A round in a room: some speak, all hear all of it.
  private static Void room(TrainingClient client, int i, int round) throws IOException {
    if (i < SPEAKERS) {
      client.say(i % 2 == 0
          ? "round " + round + " " + "x".repeat(round % 200)
          : "{\"text\":\"round\",\"number\":" + round + "}");
    }
    for (int heard = 0; heard < SPEAKERS;) {
      var text = client.next();
      if (text.startsWith("round " + round) || text.contains("\"number\":" + round)) {
        heard++;
      }
    }
    return null;
  }
}
