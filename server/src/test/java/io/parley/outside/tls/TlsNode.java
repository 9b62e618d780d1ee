package io.parley.outside.tls;

import io.parley.outside.Browser;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import io.parley.tls.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/// A node that speaks TLS, and clients that trust its certificate.
///
/// Confined to the test's thread.
final class TlsNode implements AutoCloseable {
  private final TestNode node;
  private final TestCertificate first;
  private final Path directory;

  private TlsNode(Path directory, TestCertificate first, String... changes) {
    this.directory = directory;
    this.first = first;
    first.writeTo(certificateFile(), keyFile());
    node = TestNode.start(Stream.concat(Stream.of("tls.certificate", certificateFile().toString(),
        "tls.key", keyFile().toString(), "tls.reload-interval", "50ms"), Stream.of(changes))
        .toArray(String[]::new));
  }

  /// A node with a certificate like any other.
  static TlsNode start(String... changes) {
    return start(TestCertificate.make("first"), changes);
  }

  static TlsNode start(TestCertificate certificate, String... changes) {
    return new TlsNode(newDirectory(), certificate, changes);
  }

  private static Path newDirectory() {
    try {
      return Files.createTempDirectory("parley-tls");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return node.port();
  }

  TestNode node() {
    return node;
  }

  Path certificateFile() {
    return directory.resolve("fullchain.pem");
  }

  Path keyFile() {
    return directory.resolve("privkey.pem");
  }

  /// Puts another certificate and key into the node's files.
  void renew(TestCertificate next) {
    next.writeTo(certificateFile(), keyFile());
  }

  /// How many connections the node has ended for their TLS.
  double refused(String reason) {
    return node.metric("parley_tls_refused_total{reason=\"" + reason + "\"}");
  }

  String url(String scheme, String query) {
    return scheme + "://localhost:" + port() + "/?" + query;
  }

  SSLContext trusting() {
    return TestCertificate.trusting(first);
  }

  /// The JDK's client, over one version of TLS.
  HttpClient http(String protocol) {
    return HttpClient.newBuilder().sslContext(trusting())
        .sslParameters(new SSLParameters(null, new String[]{protocol})).build();
  }

  Browser browser(String query) {
    return browser("TLSv1.3", query);
  }

  Browser browser(String protocol, String query) {
    return Browser.open(http(protocol), url("wss", query)).settled();
  }

  /// A client that can break every rule of what goes through TLS.
  RawClient raw(String protocol, String query) {
    var client = RawClient.connect(port()).secured(trusting(), protocol).upgraded("/?" + query);
    client.roundTrip();
    return client;
  }

  @Override
  public void close() {
    node.close();
    try (var files = Files.list(directory)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
