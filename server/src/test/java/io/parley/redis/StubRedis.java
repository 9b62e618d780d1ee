package io.parley.redis;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Speaks as much of Redis' protocol as a node asks for, so that a test can have it answer what a
/// real one answers only sometimes, and when the test says so.
///
/// Thread-safe.
public final class StubRedis implements AutoCloseable {
  private static final String HELLO = "%6\r\n" + bulk("server") + bulk("redis") + bulk("version")
      + bulk("7.0.15") + bulk("proto") + ":3\r\n" + bulk("id") + ":1\r\n" + bulk("mode")
      + bulk("standalone") + bulk("role") + bulk("master");

  private final ClientSockets clients;
  private final Behaviour behaviour;

  /// What a test has it do otherwise.
  public interface Behaviour {
    /// The answer, in RESP; null for that of a Redis in which all is well. May take its time; the
    /// connection's next command waits until then.
    ///
    /// @param later writes to the connection at any time; then the answer is the empty text
    @Nullable
    String answer(List<String> command, Consumer<String> later)
        throws InterruptedException;
  }

  public StubRedis(Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    clients = new ClientSockets(
        new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), this::serve);
  }

  public String url() {
    return "redis://127.0.0.1:" + clients.port();
  }

  /// How often somebody connected.
  public int connections() {
    return clients.accepted();
  }

  private void serve(Socket socket) {
    try (socket) {
      var in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        var command = new ArrayList<String>();
        int parts = number(in, '*');
        for (int i = 0; i < parts; i++) {
          var text = in.readNBytes(number(in, '$'));
          in.skipNBytes(2);
          command.add(new String(text, StandardCharsets.UTF_8));
        }
        var answer = behaviour.answer(command, later -> write(socket, later));
        write(socket, answer == null ? wellAnswer(command) : answer);
      }
    } catch (IOException | UncheckedIOException e) {
      // The node closed it, or this stub is being closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void write(Socket socket, String answer) {
    try {
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What a Redis in which all is well answers.
  public static String wellAnswer(List<String> command) {
    return switch (command.getFirst()) {
      case "HELLO" -> HELLO;
      case "PING" -> "+PONG\r\n";
      case "INFO" -> bulk("# Replication\r\nrole:master\r\n");
      case "SCRIPT" -> bulk("0123456789abcdef0123456789abcdef01234567");
      case "SUBSCRIBE", "UNSUBSCRIBE" -> {
        var answer = new StringBuilder();
        for (var channel : command.subList(1, command.size())) {
          answer.append(">3\r\n").append(bulk(command.getFirst().toLowerCase(Locale.ROOT)))
              .append(bulk(channel)).append(":1\r\n");
        }
        yield answer.toString();
      }
      default -> "+OK\r\n";
    };
  }

  private static String bulk(String text) {
    return "$" + text.getBytes(StandardCharsets.UTF_8).length + "\r\n" + text + "\r\n";
  }

  /// The number on a line that begins with this character.
  private static int number(InputStream in, char kind) throws IOException {
    if (in.read() != kind) {
      throw new IOException("end, or no " + kind);
    }
    int number = 0;
    for (int c = in.read(); c >= '0' && c <= '9'; c = in.read()) {
      number = number * 10 + c - '0';
    }
    in.skipNBytes(1);
    return number;
  }

  @Override
  public void close() {
    clients.close();
  }
}
