package io.parley.outside.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Browser;
import io.parley.outside.RawClient;
import io.parley.redis.LogLines;
import io.parley.tls.TestCertificate;
import java.io.IOException;
import java.net.http.HttpClient;
import java.security.cert.X509Certificate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The certificate is renewed while the node runs.
@Timeout(60)
class TlsReloadTest {
  /// What a client that connects now gets.
  private static String shown(TlsNode node, TestCertificate... trusted) {
    try (var raw = RawClient.connect(node.port())
        .secured(TestCertificate.trusting(trusted), "TLSv1.3")) {
      var chain = raw.tls().getSession().getPeerCertificates();
      return ((X509Certificate) chain[0]).getSubjectX500Principal().getName();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void newConnectionsGetTheNewCertificateAndOldOnesLiveOn() {
    var first = TestCertificate.make("first");
    var second = TestCertificate.make("second", "-keyalg", "RSA");
    try (var log = new LogLines("io.parley.transport.TlsPort");
        var node = TlsNode.start(first);
        var before = node.browser("room=a")) {
      assertEquals("CN=first", shown(node, first, second));
      node.renew(second);
      Awaitility.await("renewed").until(() -> shown(node, first, second).equals("CN=second"));
      try (var after = Browser.open(
          HttpClient.newBuilder().sslContext(TestCertificate.trusting(second)).build(),
          node.url("wss", "room=a")).settled()) {
        before.saysAndHears("still here");
        after.hears("still here");
        after.saysAndHears("here, too");
        before.hears("here, too");
      }
      assertEquals((double) second.notAfter().getEpochSecond(),
          node.node().metric("parley_tls_expires_timestamp_seconds"));
      assertEquals(2, node.node().metric("parley_tls_loads_total{outcome=\"used\"}"));
      assertEquals(2, log.news().size(), () -> log.news().toString());
      assertEquals("TLS: certificate of CN=second, good until "
          + second.notAfter(), log.news().getLast());
    }
  }

  @Test
  void filesThatDoNotFitAreRefusedOnceAndTheOldCertificateStays() {
    var first = TestCertificate.make("first");
    var second = TestCertificate.make("second");
    try (var log = new LogLines("io.parley.transport.TlsPort");
        var node = TlsNode.start(first)) {
      TestCertificate.replace(node.certificateFile(), second.certificatePem());
      Awaitility.await("refused").until(() -> log.warnings().size() == 1);
      var line = log.warnings().getFirst();
      assertTrue(line.startsWith("TLS: new files refused, the certificate from before stays:"
          + " tls.key: " + node.keyFile() + ": a key of another certificate"), line);
      assertEquals("CN=first", shown(node, first, second));
      // The other half comes, as when somebody copies one file after the other.
      TestCertificate.replace(node.keyFile(), second.keyPem());
      Awaitility.await("renewed").until(() -> shown(node, first, second).equals("CN=second"));
      assertEquals(1, log.warnings().size(), () -> log.warnings().toString());
    }
  }

  @Test
  void aCertificateThatHasExpiredIsUsedAndWarnedOf() {
    try (var log = new LogLines("io.parley.transport.TlsPort");
        var node = TlsNode.start(
            TestCertificate.make("old", "-startdate", "-3d", "-validity", "1"))) {
      assertTrue(log.warnings().getFirst().startsWith("TLS: certificate of CN=old, EXPIRED on "),
          () -> log.warnings().toString());
      assertTrue(node.port() > 0);
    }
  }

  @Test
  void theWholeChainIsSent() throws IOException {
    var signed = TestCertificate.makeSigned("chat", "authority");
    try (var node = TlsNode.start(signed);
        var raw = RawClient.connect(node.port())
            .secured(TestCertificate.trusting(signed), "TLSv1.2")) {
      assertEquals(2, raw.tls().getSession().getPeerCertificates().length);
    }
  }
}
