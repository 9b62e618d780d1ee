package io.parley.e2e.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// What a node says of itself at its internal port. Immutable.
///
/// @param internalPort on loopback
public record Health(int internalPort) {
  private static final int TIMEOUT_MILLIS = 2_000;

  /// The HTTP status, or 0 when nobody answers.
  public int status(String path) {
    try {
      var url = URI.create("http://127.0.0.1:" + internalPort + path).toURL();
      var connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      try {
        return connection.getResponseCode();
      } finally {
        connection.disconnect();
      }
    } catch (IOException silent) {
      return 0;
    }
  }

  /// What a metric shows now.
  ///
  /// @param series as Prometheus writes it: `parley_closes_total{code="3001"}`
  public double metric(String series) {
    var url = URI.create("http://127.0.0.1:" + internalPort + "/metrics");
    try (var body = url.toURL().openConnection(Proxy.NO_PROXY).getInputStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8).lines()
          .filter(line -> line.startsWith(series + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
          .findFirst().orElseThrow(() -> new AssertionError("no metric " + series));
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  public boolean isReady() {
    return status("/health/ready") == HttpURLConnection.HTTP_OK;
  }

  public boolean isAlive() {
    return status("/health/live") == HttpURLConnection.HTTP_OK;
  }

  public void awaitReady(Duration limit) {
    await("readiness of internal port " + internalPort).atMost(limit).until(this::isReady);
  }

  /// Waits until the node itself says that it isn't ready: silence doesn't count.
  public void awaitUnready(Duration limit) {
    await("unreadiness of internal port " + internalPort).atMost(limit)
        .until(() -> status("/health/ready") == HttpURLConnection.HTTP_UNAVAILABLE);
  }
}
