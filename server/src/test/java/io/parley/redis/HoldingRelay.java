package io.parley.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// Stands before a Redis and lets connections break half: what clients send on them is held, what
/// Redis answers is lost, and Redis doesn't notice when the client gives up. Later what was held
/// reaches Redis after all.
///
/// Thread-safe.
public final class HoldingRelay implements AutoCloseable {
  private static final String MARK = "late-mark";
  private static final String ECHO = "*2\r\n$4\r\nECHO\r\n$" + MARK.length() + "\r\n" + MARK
      + "\r\n";

  private final int target;
  private final ClientSockets clients;
  private final Queue<Line> lines = new ConcurrentLinkedQueue<>();

  /// @param target Redis' port
  public HoldingRelay(int target) throws IOException {
    this.target = target;
    clients = new ClientSockets(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        this::relay);
  }

  public String url() {
    return "redis://127.0.0.1:" + clients.port();
  }

  private void relay(Socket client) {
    try (client; var redis = new Socket(InetAddress.getLoopbackAddress(), target)) {
      var line = new Line(client, redis);
      lines.add(line);
      var there = Thread.ofVirtual().start(line::carryThere);
      line.carryBack();
      there.join();
    } catch (IOException e) {
      // No Redis, or the end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// All connections that there are break half.
  public void hold() {
    lines.forEach(Line::hold);
  }

  /// What clients send is held, and what Redis says reaches them: it hears nothing new from them.
  public void holdRequests() {
    lines.forEach(Line::holdRequests);
  }

  /// Sends what was held of requests; the connections go on as if nothing had happened.
  public void letGo() throws IOException {
    for (var line : lines) {
      line.letGo();
    }
  }

  /// Whether something with this text in it is held.
  public boolean holds(String text) {
    return lines.stream().anyMatch(line -> line.holds(text));
  }

  /// Sends what was held, and waits until Redis has done it, or has ended the connection.
  public void release() {
    lines.forEach(Line::release);
    Awaitility.await("what was late").atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(5)).until(() -> lines.stream().allMatch(Line::isOver));
  }

  @Override
  public void close() {
    clients.close();
    lines.forEach(Line::end);
  }

  /// One connection of a client, and the one to Redis behind it.
  private static final class Line {
    private final Socket client;
    private final Socket redis;

    /// Null while all is well.
    @GuardedBy("this")
    private @Nullable ByteArrayOutputStream held;
    @GuardedBy("this")
    private boolean losesAnswers;
    @GuardedBy("this")
    private final StringBuilder lost = new StringBuilder();
    @GuardedBy("this")
    private boolean hasEnded;

    Line(Socket client, Socket redis) {
      this.client = client;
      this.redis = redis;
    }

    void carryThere() {
      var buffer = new byte[65_536];
      try {
        for (int n = client.getInputStream().read(buffer); n >= 0; n = client.getInputStream()
            .read(buffer)) {
          send(buffer, n);
        }
      } catch (IOException e) {
        // As below.
      }
      if (!isHeld()) {
        end();
      }
    }

    private synchronized void send(byte[] bytes, int count) throws IOException {
      if (held == null) {
        redis.getOutputStream().write(bytes, 0, count);
      } else {
        held.write(bytes, 0, count);
      }
    }

    void carryBack() {
      var buffer = new byte[65_536];
      try {
        for (int n = redis.getInputStream().read(buffer); n >= 0; n = redis.getInputStream()
            .read(buffer)) {
          if (losesAnswers()) {
            lose(new String(buffer, 0, n, ISO_8859_1));
          } else {
            client.getOutputStream().write(buffer, 0, n);
          }
        }
      } catch (IOException e) {
        // As below.
      }
      end();
    }

    private synchronized void lose(String answer) {
      lost.append(answer);
    }

    private synchronized boolean isHeld() {
      return held != null;
    }

    private synchronized boolean losesAnswers() {
      return losesAnswers;
    }

    synchronized void hold() {
      holdRequests();
      losesAnswers = true;
    }

    synchronized void holdRequests() {
      held = new ByteArrayOutputStream();
    }

    synchronized void letGo() throws IOException {
      if (held != null) {
        held.writeTo(redis.getOutputStream());
        held = null;
      }
    }

    synchronized boolean holds(String text) {
      return held != null && held.toString(ISO_8859_1).contains(text);
    }

    synchronized void release() {
      if (held != null) {
        try {
          held.writeTo(redis.getOutputStream());
          redis.getOutputStream().write(ECHO.getBytes(ISO_8859_1));
        } catch (IOException e) {
          end();
        }
      }
    }

    synchronized boolean isOver() {
      return hasEnded || held == null || lost.indexOf(MARK) >= 0;
    }

    void end() {
      synchronized (this) {
        hasEnded = true;
      }
      try (client; redis) {
        // Both are closed.
      } catch (IOException e) {
        // They are all the same.
      }
    }
  }
}
