package io.parley.broker.redis;

import static io.parley.broker.PublishOutcome.Stored.NOWHERE;
import static io.parley.broker.RecordingEvents.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.redis.LogLines;
import io.parley.redis.RedisServer;
import io.parley.redis.TlsRelay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `rediss:` over a real TLS socket. Whom a node trusts is what its JVM trusts.
@Timeout(60)
class RedisTlsTest {
  private static final String TRUST = "javax.net.ssl.trustStore";
  private static final String TRUST_PASSWORD = "javax.net.ssl.trustStorePassword";

  private final RedisServer redis;

  @TempDir
  private Path directory = Path.of("");

  RedisTlsTest() throws IOException {
    redis = new RedisServer();
  }

  @AfterEach
  void stop() {
    System.clearProperty(TRUST);
    System.clearProperty(TRUST_PASSWORD);
    redis.close();
  }

  private void trust(Path keys) throws Exception {
    var trust = directory.resolve("trust.p12");
    TlsRelay.writeTrust(keys, trust);
    // As `-Djavax.net.ssl.trustStore=…` does it.
    System.setProperty(TRUST, trust.toString());
    System.setProperty(TRUST_PASSWORD, "changeit");
  }

  private Path keysFor(String names) throws Exception {
    var keys = directory.resolve("keys.p12");
    TlsRelay.newKeys(keys, names);
    return keys;
  }

  @Test
  void aCertificateThatTheJvmTrustsIsGoodAndWhatIsSaidGoesThroughTls() throws Exception {
    var keys = keysFor("dns:localhost,ip:127.0.0.1");
    trust(keys);
    try (var relay = new TlsRelay(redis.port(), keys);
        var node = new RedisNode(relay.url(), RedisNode.SETTINGS).awaitReady()) {
      node.subscribe("room:a");
      var big = "x".repeat(100_000);
      assertEquals(NOWHERE, node.publish("room:a", "1", "id").get());
      assertEquals(NOWHERE, node.publish("room:a", big, null).get());
      node.events.awaitTexts("room:a", 2);
      assertEquals(List.of("1", big), node.events.texts("room:a"));
    }
  }

  @Test
  void aCertificateOfNobodyIsRefusedWithAClearLine() throws Exception {
    assertRefused(keysFor("dns:localhost,ip:127.0.0.1"),
        "unable to find valid certification path to requested target");
  }

  @Test
  void aCertificateForAnotherNameIsRefusedWithAClearLine() throws Exception {
    var keys = keysFor("dns:elsewhere.example,ip:127.0.0.2");
    trust(keys);
    assertRefused(keys, "No subject alternative names matching IP address 127.0.0.1 found");
  }

  private void assertRefused(Path keys, String reason) throws Exception {
    try (var log = new LogLines("io.parley.redis.RedisLink");
        var relay = new TlsRelay(redis.port(), keys);
        var node = new RedisNode(relay.url(), RedisNode.SETTINGS)) {
      await("a line of each link", () -> log.warnings().size() >= 2);
      log.warnings().forEach(line -> assertTrue(line.contains(reason), line));
      assertFalse(node.broker.isReady());
    }
  }

  @Test
  void withoutTlsAtTheOtherEndTheNodeIsNotReadyAndSaysSo() {
    try (var log = new LogLines("io.parley.redis.RedisLink");
        var node = new RedisNode("rediss://127.0.0.1:" + redis.port(), RedisNode.SETTINGS)) {
      await("a line of each link", () -> log.warnings().size() >= 2);
      assertFalse(node.broker.isReady());
      log.warnings().forEach(line -> assertTrue(line.contains("timed out"), line));
    }
  }
}
