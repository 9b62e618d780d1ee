package io.parley.presence.redis;

import static io.parley.presence.RecordedChanges.await;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.parley.redis.RedisServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Sees every command that Redis gets, as its own `MONITOR` shows them; not those of scripts.
///
/// Thread-safe.
final class SeenCommands implements AutoCloseable {
  private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]++|\\\\.)*+)\"");
  private static final String OF_A_SCRIPT = " lua] ";

  private final Socket socket;
  private final List<List<String>> seen = new ArrayList<>();

  SeenCommands(RedisServer redis) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), redis.port());
    socket.getOutputStream().write("MONITOR\r\n".getBytes(ISO_8859_1));
    var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
    var answer = lines.readLine();
    if (!"+OK".equals(answer)) {
      throw new IOException("MONITOR: " + answer + " (expected: +OK)");
    }
    Thread.ofVirtual().start(() -> read(lines));
  }

  private void read(BufferedReader lines) {
    try (lines) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.contains(OF_A_SCRIPT)) {
          add(WORD.matcher(line).results().map(word -> word.group(1)).toList());
        }
      }
    } catch (IOException e) {
      // The end.
    }
  }

  private synchronized void add(List<String> words) {
    seen.add(words);
  }

  synchronized void clear() {
    seen.clear();
  }

  /// The words of each command with this name, once all that Redis got before are here. What isn't
  /// printable is escaped, as Redis shows it.
  List<List<String>> named(RedisServer redis, String name) {
    var last = List.of("ECHO", "mark" + System.nanoTime());
    redis.commands().echo(last.getLast());
    await("what Redis got", () -> all().contains(last));
    return all().stream().filter(words -> words.getFirst().equalsIgnoreCase(name)).toList();
  }

  private synchronized List<List<String>> all() {
    return List.copyOf(seen);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
