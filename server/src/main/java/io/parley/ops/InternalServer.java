package io.parley.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// The internal port: whether the node lives, whether it can serve clients, and what it measures.
/// Not for the public.
///
/// Thread-safe.
public final class InternalServer implements AutoCloseable {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  static {
    // Head and body of a long answer are two writes, and the second would wait 40 ms for the
    // client's delayed acknowledgement of the first.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads;

  /// What the node says of itself.
  ///
  /// @param isReady whether clients may be sent to it
  /// @param text why, or why not
  public record Readiness(boolean isReady, String text) {}

  /// Opens the port.
  ///
  /// @throws IOException if it can't be had
  public InternalServer(
      InetSocketAddress address, Supplier<Readiness> readiness, Supplier<String> metrics)
      throws IOException {
    try {
      server = HttpServer.create(address, 0);
    } catch (IOException e) {
      throw new IOException("internal port " + address.getPort() + " at "
          + address.getHostString() + ": " + e.getMessage(), e);
    }
    // A thread for each request: one that is sent half must not keep the others waiting.
    threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext("/health/live", exchange -> answer(exchange, 200, "alive"));
    server.createContext("/health/ready", exchange -> {
      var now = readiness.get();
      answer(exchange, now.isReady() ? 200 : 503, now.text());
    });
    server.createContext("/metrics",
        exchange -> answer(exchange, 200, PROMETHEUS, metrics.get()));
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, int status, String line) throws IOException {
    answer(exchange, status, "text/plain; charset=utf-8", line + "\n");
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    try (exchange) {
      var body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
