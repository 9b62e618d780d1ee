package io.parley.e2e.harness;

import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisExecProvider;

/// A Redis of the test's own, on loopback and with nothing on disk unless the test asks for it,
/// which it can take away and bring back at the same port. Confined to the test's thread.
public final class RedisServer implements AutoCloseable {
  private static final Duration START_WITHIN = Duration.ofSeconds(10);
  private static final Duration END_WITHIN = Duration.ofSeconds(10);
  private static final int TIMEOUT_MILLIS = 3_000;

  private final List<String> settings;
  private final int port = Ports.free();
  private final File binary;
  private Program program;

  private RedisServer(List<String> settings) throws IOException {
    this.settings = settings;
    binary = RedisExecProvider.defaultProvider().get();
    program = launch();
  }

  public static RedisServer start() {
    return start(List.of("--appendonly", "no", "--dir", System.getProperty("java.io.tmpdir")));
  }

  /// Starts one that keeps what it has in a file in this folder, which is its own, and brings it
  /// back from there.
  ///
  /// @param fsync when the file is made safe: `always`, or `everysec`
  public static RedisServer startOn(Path folder, String fsync) {
    return startOn(folder, fsync, List.of());
  }

  /// The same with more settings, as on the command line.
  static RedisServer startOn(Path folder, String fsync, List<String> more) {
    var settings = new ArrayList<>(List.of("--appendonly", "yes", "--appendfsync", fsync, "--dir",
        folder.toString()));
    settings.addAll(more);
    return start(settings);
  }

  /// Starts a sentinel.
  ///
  /// @param file its configuration, which it writes to
  static RedisServer startSentinel(Path file) {
    return start(List.of(file.toString(), "--sentinel"));
  }

  private static RedisServer start(List<String> settings) {
    try {
      return new RedisServer(settings);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private Program launch() {
    var command = new ArrayList<>(List.of(binary.getPath()));
    if (settings.contains("--sentinel")) {
      // Its file comes first, and it knows nothing of saving.
      command.addAll(settings);
      command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
    } else {
      command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1",
          "--save", ""));
      command.addAll(settings);
    }
    var started = Program.start("redis", Repository.module(), Map.of(), command);
    await("redis at port " + port).atMost(START_WITHIN).until(this::answers);
    return started;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  public boolean isAlive() {
    return program.isAlive();
  }

  /// Kills it as SIGKILL does: everything in it that isn't on disk is gone.
  public void kill() {
    program.close();
  }

  /// Ends it as a power cut does: what it has written since the beginning of this time isn't on
  /// disk. Only for one that was started on a folder.
  public void losePower(Duration unsynced) throws InterruptedException {
    var files = Path.of(settings.get(settings.indexOf("--dir") + 1), "appendonlydir").toFile()
        .listFiles((folder, name) -> name.endsWith(".incr.aof"));
    if (files == null || files.length != 1) {
      throw new AssertionError("append-only files: " + Arrays.toString(files)
          + " (expected: one that grows)");
    }
    var bytes = files[0].length();
    Thread.sleep(unsynced);
    kill();
    try (var file = FileChannel.open(files[0].toPath(), StandardOpenOption.WRITE)) {
      file.truncate(bytes);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /// Ends it as an operator does, so that it writes down what it has.
  public void stop() {
    program.signal("TERM");
    program.awaitExit(END_WITHIN);
    program.close();
  }

  /// After [#kill] or [#stop]: another one at the same port.
  public void startAgain() {
    program = launch();
  }

  /// It keeps its connections and accepts new ones (the kernel does), but never answers.
  public void freeze() {
    program.signal("STOP");
    // A signal takes effect a little later than it is sent.
    await("redis to stop").atMost(START_WITHIN)
        .until(() -> "T ".indexOf(Processes.state(program.pid())) >= 0);
  }

  public void thaw() {
    program.signal("CONT");
  }

  /// The channels with publications that somebody is subscribed to.
  public List<String> channels() {
    return ask("PUBSUB", "CHANNELS", "parley:pub:*");
  }

  /// How many connections are subscribed to a channel.
  public int subscribers(String channel) {
    return Integer.parseInt(ask("PUBSUB", "NUMSUB", channel).getLast());
  }

  /// Whether `INFO` has this line.
  boolean says(String section, String line) {
    try {
      return ask("INFO", section).getFirst().lines().anyMatch(line::equals);
    } catch (UncheckedIOException silent) {
      return false;
    }
  }

  /// The value of a line of `INFO`.
  public long info(String section, String field) {
    return ask("INFO", section).getFirst().lines()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(field.length() + 1).strip()))
        .findFirst().orElseThrow(() -> new AssertionError("INFO " + section + ": no " + field));
  }

  private boolean answers() {
    try {
      return ask("PING").equals(List.of("PONG"));
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  /// Reads along what is published to a room.
  public Witness witness(String room) {
    return Witness.of(port, "parley:pub:{room:" + room + "}");
  }

  /// Sends one command on a connection of its own.
  ///
  /// @return the answer's strings and numbers, nested arrays flattened
  public List<String> ask(String... words) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      var request = new StringBuilder("*" + words.length + "\r\n");
      for (var word : words) {
        request.append('$').append(word.getBytes(StandardCharsets.UTF_8).length).append("\r\n");
        request.append(word).append("\r\n");
      }
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
      var answer = new ArrayList<String>();
      read(new BufferedInputStream(socket.getInputStream()), answer);
      return answer;
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  static void read(InputStream in, List<String> answer) throws IOException {
    var head = line(in);
    var rest = head.substring(1);
    switch (head.charAt(0)) {
      case '+', ':' -> answer.add(rest);
      case '$' -> {
        var text = bulk(in, Integer.parseInt(rest));
        if (text != null) {
          answer.add(text);
        }
      }
      case '*' -> {
        for (var left = Integer.parseInt(rest); left > 0; left--) {
          read(in, answer);
        }
      }
      default -> throw new IOException("redis said: " + head);
    }
  }

  private static @Nullable String bulk(InputStream in, int length) throws IOException {
    if (length < 0) {
      return null;
    }
    var text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    in.readNBytes(2);
    return text;
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (var next = in.read(); next != '\r'; next = in.read()) {
      if (next < 0) {
        throw new IOException("redis closed the connection");
      }
      line.append((char) next);
    }
    in.readNBytes(1);
    return line.toString();
  }

  @Override
  public void close() {
    program.close();
  }
}
