package io.parley.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.config.Settings;
import io.parley.config.reader.SettingsException;
import io.parley.config.reader.SettingsReader;
import io.parley.metric.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys that can't be used: the node says so when it starts.
class KeysTest {
  @TempDir
  Path directory;

  private String problem(String text) throws IOException {
    var file = Files.writeString(directory.resolve("key.pem"), text);
    return problem(file);
  }

  private static String problem(Path file) {
    var settings = Settings.defaults().with("token.public-keys", file.toString()).token();
    var metrics = new Metrics(new SimpleMeterRegistry());
    var failure = assertThrows(IOException.class, () -> Tokens.open(settings, metrics));
    var message = String.valueOf(failure.getMessage());
    assertTrue(message.startsWith("token.public-keys: " + file + ": "), message);
    return message.substring(("token.public-keys: " + file + ": ").length());
  }

  private static String pem(String label, byte[] content) {
    return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(content)
        + "\n-----END " + label + "-----\n";
  }

  private static byte[] key(String kind, int bits) throws Exception {
    var generator = KeyPairGenerator.getInstance(kind);
    if (bits > 0) {
      generator.initialize(bits);
    }
    return generator.generateKeyPair().getPublic().getEncoded();
  }

  @Test
  void filesThatHaveNoPublicKeyAreNamed() throws Exception {
    assertEquals("no such file", problem(directory.resolve("none.pem")));
    assertEquals("no key (expected: PEM, BEGIN PUBLIC KEY)", problem(""));
    assertEquals("no key (expected: PEM, BEGIN PUBLIC KEY)", problem("ssh-ed25519 AAAA me"));
    assertEquals("PRIVATE KEY (expected: PUBLIC KEY, as `openssl pkey -pubout` makes it of a"
        + " private one)", problem(pem("PRIVATE KEY", new byte[8])));
    assertEquals("a key of another kind (expected: RSA, P-256, P-384, P-521 or Ed25519)",
        problem(pem("PUBLIC KEY", new byte[8])));
    assertEquals("a key that is cut off (expected: Base64)",
        problem("-----BEGIN PUBLIC KEY-----\nAAAAA\n-----END PUBLIC KEY-----\n"));
  }

  @Test
  void keysThatAreTooWeakOrOfAnotherKindAreRefused() throws Exception {
    assertEquals("RSA key of 1024 bits (expected: 2048 to 16384)",
        problem(pem("PUBLIC KEY", key("RSA", 1024))));
    assertEquals("a key of another kind (expected: RSA, P-256, P-384, P-521 or Ed25519)",
        problem(pem("PUBLIC KEY", key("X25519", 0))));
    assertEquals("a key of another kind (expected: RSA, P-256, P-384, P-521 or Ed25519)",
        problem(pem("PUBLIC KEY", key("Ed448", 0))));
  }

  @Test
  void aFileMayHaveSeveralKeys() throws Exception {
    var one = Issuer.withNewKeys("ES256");
    var other = Issuer.withNewKeys("EdDSA");
    var file = Files.writeString(directory.resolve("both.pem"),
        "the old one\n" + one.pem() + "the new one\n" + other.pem());
    try (var node = Checks.with("public-keys", file.toString())) {
      assertEquals("a", node.claims(one.token("{\"sub\":\"a\"}")).user());
      assertEquals("a", node.claims(other.token("{\"sub\":\"a\"}")).user());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hmac-secret", "hmac-secret-previous"})
  void aShortSecretIsRefusedAndNotShown(String key) {
    var secret = "not-so-secret-s3cret-of-31bytes";
    var problems = assertThrows(SettingsException.class, () -> SettingsReader.read(null,
        Map.of(), List.of("--token." + key + "=" + secret))).problems();
    assertEquals(List.of("--token." + key + ": *** of 31 bytes (expected: a secret of 32 bytes or"
        + " more, as `openssl rand -hex 32` makes them)"), problems);
  }

  @Test
  void secretsAreMaskedWhereSettingsArePrinted() {
    var settings = Settings.defaults().with("token.hmac-secret", Checks.SECRET);
    assertTrue(settings.toYaml().contains("  hmac-secret: '***'\n"), settings.toYaml());
    assertFalse(settings.toString().contains(Checks.SECRET), settings.toString());
  }

  @Test
  void aPreviousSecretNeedsAPresentOne() {
    var problems = assertThrows(SettingsException.class, () -> SettingsReader.read(null,
        Map.of("PARLEY_TOKEN_HMAC_SECRET_PREVIOUS", Checks.SECRET), List.of())).problems();
    assertEquals(List.of("token.hmac-secret-previous: '***' from"
        + " PARLEY_TOKEN_HMAC_SECRET_PREVIOUS (expected: none, without token.hmac-secret: '' by"
        + " default)"), problems);
  }

  @ParameterizedTest
  @ValueSource(strings = {"id.example.com/keys", "ftp://id.example.com/keys", "https:///keys",
      "file:///keys", "https://al:s3cret@id.example.com/keys", "https://id.example.com/a b"})
  void whatIsNoUrlIsRefused(String url) {
    var problems = assertThrows(SettingsException.class, () -> SettingsReader.read(null,
        Map.of(), List.of("--token.jwks-url=" + url))).problems();
    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().contains("(expected: https://host"), problems::toString);
    assertFalse(problems.getFirst().contains("s3cret"), problems::toString);
  }
}
