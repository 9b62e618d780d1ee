package io.parley.e2e.harness;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/// Reads along in Redis what nodes publish to one channel: the truth about what was stored, while
/// nodes come and go. Thread-safe.
public final class Witness implements AutoCloseable {
  private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

  private final Socket socket;
  private final Thread thread;

  /// The ids of all publications, in order. Written by the thread.
  private final List<String> ids = new CopyOnWriteArrayList<>();

  private Witness(Socket socket, InputStream in) {
    this.socket = socket;
    thread = Thread.ofVirtual().name("witness").start(() -> read(in));
  }

  static Witness of(int port, String channel) {
    try {
      var socket = new Socket(InetAddress.getLoopbackAddress(), port);
      var command = "*2\r\n$9\r\nSUBSCRIBE\r\n$" + channel.length() + "\r\n" + channel + "\r\n";
      socket.getOutputStream().write(command.getBytes(StandardCharsets.US_ASCII));
      var in = new BufferedInputStream(socket.getInputStream());
      var confirmed = new ArrayList<String>();
      RedisServer.read(in, confirmed);
      if (!confirmed.getFirst().equals("subscribe")) {
        throw new AssertionError("redis said " + confirmed + " (expected: subscribe)");
      }
      return new Witness(socket, in);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private void read(InputStream in) {
    try {
      while (true) {
        var message = new ArrayList<String>();
        RedisServer.read(in, message);
        var id = ID.matcher(message.getLast());
        if (id.find()) {
          ids.add(id.group(1));
        }
      }
    } catch (IOException closed) {
      // That is how it ends.
    }
  }

  /// The ids of the publications so far.
  public List<String> ids() {
    return ids;
  }

  @Override
  public void close() {
    try {
      socket.close();
      thread.join(Duration.ofSeconds(5));
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
