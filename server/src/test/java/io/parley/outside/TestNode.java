package io.parley.outside;

import io.parley.Node;
import io.parley.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;

/// A node on free ports of the loopback, with the memory broker, on which names may be claimed.
///
/// Thread-safe.
public final class TestNode implements AutoCloseable {
  public static final String NAME = "n1";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Node node;

  private TestNode(Node node) {
    this.node = node;
  }

  /// Starts a node and waits until it is ready.
  ///
  /// @param changes pairs of a key and its value, over the test settings
  public static TestNode start(String... changes) {
    try {
      var node = Node.start(settings(changes));
      node.ready().get(10, TimeUnit.SECONDS);
      return new TestNode(node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new AssertionError("the node doesn't get ready", e);
    }
  }

  public static Settings settings(String... changes) {
    var settings = Settings.defaults().with("node.name", NAME)
        .with("listen.address", "127.0.0.1").with("listen.port", "0").with("internal.port", "0")
        .with("access.anonymous", "true").with("access.claimed-names", "true");
    for (int i = 0; i < changes.length; i += 2) {
      settings = settings.with(changes[i], changes[i + 1]);
    }
    return settings;
  }

  public Node node() {
    return node;
  }

  public int port() {
    return node.port();
  }

  /// A client of this node, once it is in its room.
  ///
  /// @param query what stands behind the URL's question mark
  public Browser browser(String query) {
    return Browser.open(port(), query).settled();
  }

  /// A client that can break every rule, once it is in its room.
  public RawClient raw(String query) {
    var client = RawClient.upgraded(port(), "/?" + query);
    client.roundTrip();
    return client;
  }

  public HttpResponse<String> get(String path) {
    return get(port(), path);
  }

  public HttpResponse<String> health(String path) {
    return get(node.internalPort(), path);
  }

  /// What a metric shows now.
  ///
  /// @param series as Prometheus writes it: `parley_closes_total{code="1002"}`
  public double metric(String series) {
    return health("/metrics").body().lines().filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1))).findFirst()
        .orElseThrow(() -> new AssertionError("no metric " + series));
  }

  /// How often a limit was hit.
  public double hits(String limit) {
    return metric("parley_limit_hits_total{limit=\"" + limit + "\"}");
  }

  private static HttpResponse<String> get(int port, String path) {
    try {
      var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
      return HTTP.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    node.close();
  }
}
