package io.parley.e2e.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
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
