package io.parley.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// Stands before a Redis and has subscriptions wait: what clients send is held from a `SUBSCRIBE`
/// on, on the connection that it comes on, and reaches Redis when the test says so.
///
/// Thread-safe.
public final class DelayingRelay implements AutoCloseable {
  private static final String SUBSCRIBE = "SUBSCRIBE\r\n";

  private final int target;
  private final ClientSockets clients;

  @GuardedBy("this")
  private final List<Held> held = new ArrayList<>();

  @GuardedBy("this")
  private boolean isDelaying;

  /// What waits for its way to Redis.
  private record Held(Socket redis, ByteArrayOutputStream bytes) {}

  /// @param target Redis' port
  public DelayingRelay(int target) throws IOException {
    this.target = target;
    clients = new ClientSockets(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        this::relay);
  }

  public String url() {
    return "redis://127.0.0.1:" + clients.port();
  }

  /// From now on subscriptions wait.
  public synchronized void delay() {
    isDelaying = true;
  }

  /// Whether something with this text in it waits.
  public synchronized boolean holds(String text) {
    return held.stream().anyMatch(each -> each.bytes.toString(ISO_8859_1).contains(text));
  }

  /// What waits goes on.
  public synchronized void release() throws IOException {
    isDelaying = false;
    for (var each : held) {
      each.bytes.writeTo(each.redis.getOutputStream());
    }
    held.clear();
  }

  private void relay(Socket client) {
    try (client; var redis = new Socket(InetAddress.getLoopbackAddress(), target)) {
      var back = Thread.ofVirtual().start(() -> carryBack(redis, client));
      var buffer = new byte[65_536];
      for (int n = client.getInputStream().read(buffer); n >= 0; n = client.getInputStream()
          .read(buffer)) {
        send(redis, new String(buffer, 0, n, ISO_8859_1));
      }
      redis.shutdownOutput();
      back.join();
    } catch (IOException e) {
      // No Redis, or the end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void send(Socket redis, String text) throws IOException {
    var bytes = text.getBytes(ISO_8859_1);
    for (var each : held) {
      if (each.redis.equals(redis)) {
        each.bytes.write(bytes);
        return;
      }
    }
    if (isDelaying && text.contains(SUBSCRIBE)) {
      var waiting = new ByteArrayOutputStream();
      waiting.write(bytes);
      held.add(new Held(redis, waiting));
    } else {
      redis.getOutputStream().write(bytes);
    }
  }

  private static void carryBack(Socket redis, Socket client) {
    try {
      redis.getInputStream().transferTo(client.getOutputStream());
      client.shutdownOutput();
    } catch (IOException e) {
      // The end.
    }
  }

  @Override
  public void close() {
    clients.close();
  }
}
