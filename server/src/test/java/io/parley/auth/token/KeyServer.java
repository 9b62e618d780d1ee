package io.parley.auth.token;

import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// An identity provider's endpoint, which tests change while it is asked.
///
/// Thread-safe.
public final class KeyServer implements AutoCloseable {
  private final HttpServer server;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile int status = 200;
  private volatile String body = "{\"keys\":[]}";

  /// What an answer waits for.
  private volatile CountDownLatch gate = new CountDownLatch(0);

  private KeyServer(HttpServer server) {
    this.server = server;
  }

  /// Starts one that publishes these keys.
  public static KeyServer of(Issuer... issuers) {
    try {
      var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      var server = new KeyServer(http);
      server.publish(issuers);
      http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      http.createContext("/keys", server::answer);
      http.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    try (exchange) {
      gate.await();
      var bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/keys";
  }

  /// From now on it publishes these keys.
  public void publish(Issuer... issuers) {
    answer(200, new JWKSet(Arrays.stream(issuers).map(Issuer::jwk).toList()).toString());
  }

  /// From now on it answers this.
  void answer(int newStatus, String newBody) {
    status = newStatus;
    body = newBody;
  }

  /// From now on it answers nothing, until [#release].
  public void hold() {
    gate = new CountDownLatch(1);
  }

  public void release() {
    gate.countDown();
  }

  int asked() {
    return asked.get();
  }

  @Override
  public void close() {
    release();
    server.stop(0);
  }
}
