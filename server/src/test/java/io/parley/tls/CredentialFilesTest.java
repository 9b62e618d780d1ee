package io.parley.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CredentialFilesTest {
  @TempDir
  private Path directory = Path.of("");
  private Path certificate = Path.of("");
  private Path key = Path.of("");
  private CredentialFiles files = new CredentialFiles(certificate, key);

  @BeforeEach
  void nameFiles() {
    certificate = directory.resolve("fullchain.pem");
    key = directory.resolve("privkey.pem");
    files = new CredentialFiles(certificate, key);
  }

  private TestCertificate written(String name, String... options) {
    var made = TestCertificate.make(name, options);
    made.writeTo(certificate, key);
    return made;
  }

  private Credentials found() throws IOException {
    return Objects.requireNonNull(files.next(), "something new");
  }

  private String refusal() {
    return String.valueOf(assertThrows(IOException.class, this::found).getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void keyAndCertificateThatBelongTogetherAreRead(String algorithm) throws Exception {
    var made = written("chat", "-keyalg", algorithm);
    var read = found();
    assertEquals(made.chain(), read.chain());
    assertEquals(made.key(), read.key());
    assertEquals("CN=chat", read.subject());
    assertEquals(made.notAfter(), read.notAfter());
  }

  @Test
  void theWholeChainIsReadInItsOrder() throws Exception {
    var made = TestCertificate.makeSigned("chat", "authority");
    made.writeTo(certificate, key);
    assertEquals(2, made.chain().size());
    assertEquals(made.chain(), found().chain());
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    written("chat");
    for (var algorithm : new String[]{"EC", "RSA"}) {
      var other = TestCertificate.make("second", "-keyalg", algorithm);
      Files.writeString(key, other.keyPem());
      var reason = refusal();
      assertTrue(reason.startsWith("tls.key: " + key + ": a key of another certificate"), reason);
      assertTrue(reason.contains("CN=chat"), reason);
    }
  }

  @ParameterizedTest
  @CsvSource({"RSA PRIVATE KEY,openssl pkcs8 -topk8 -nocrypt",
      "EC PRIVATE KEY,openssl pkcs8 -topk8 -nocrypt", "ENCRYPTED PRIVATE KEY,without a password"})
  void anotherFormOfKeyIsRefusedWithTheWayToMakeItRight(String label, String advice)
      throws Exception {
    var made = written("chat");
    Files.writeString(key, TestCertificate.pem(label, made.key().getEncoded()));
    var reason = refusal();
    assertTrue(reason.startsWith("tls.key: " + key + ": ") && reason.contains(advice), reason);
  }

  @Test
  void whatIsMissingOrBrokenIsRefusedByName() throws Exception {
    assertEquals("tls.certificate: " + certificate + ": no such file", refusal());
    var made = written("chat");
    found();
    Files.writeString(certificate, made.keyPem());
    assertTrue(refusal().startsWith("tls.certificate: " + certificate + ": no certificate in it"));
    Files.writeString(certificate, TestCertificate.pem("CERTIFICATE", new byte[100]));
    assertTrue(refusal().startsWith("tls.certificate: " + certificate + ": certificate 1: "));
    Files.writeString(certificate, made.certificatePem());
    Files.writeString(key, made.certificatePem());
    assertTrue(refusal().startsWith("tls.key: " + key + ": no private key in it"));
    Files.writeString(key, made.keyPem().replace("\n-----END", "%\n-----END").replace("M", "M="));
    var reason = refusal();
    assertTrue(reason.startsWith("tls.key: " + key + ": "), reason);
    assertFalse(reason.contains("MIG"), "nothing of the key is told");
    Files.delete(key);
    assertEquals("tls.key: " + key + ": no such file", refusal());
  }

  @Test
  void onlyWhatIsNewIsTold() throws Exception {
    var first = written("first");
    found();
    assertNull(files.next());
    first.writeTo(certificate, key);
    assertNull(files.next(), "other files, the same content");
    written("second");
    assertEquals("CN=second", found().subject());
    first.writeTo(certificate, key);
    assertEquals("CN=first", found().subject());
  }

  @Test
  void whatCannotBeUsedIsToldOnce() throws Exception {
    var made = written("chat");
    found();
    Files.delete(key);
    refusal();
    assertNull(files.next());
    made.writeTo(certificate, key);
    assertNull(files.next(), "as it was before");
    Files.delete(key);
    refusal();
    Files.writeString(key, "nothing");
    refusal();
    assertNull(files.next());
    made.writeTo(certificate, key);
    found();
  }

  @Test
  void aLinkThatIsTurnedToOtherFilesIsSeen() throws Exception {
    for (var name : new String[]{"first", "second"}) {
      var folder = Files.createDirectory(directory.resolve(name));
      TestCertificate.make(name).writeTo(folder.resolve("c"), folder.resolve("k"));
    }
    var current = directory.resolve("current");
    Files.createSymbolicLink(current, directory.resolve("first"));
    files = new CredentialFiles(current.resolve("c"), current.resolve("k"));
    assertEquals("CN=first", found().subject());
    Files.delete(current);
    Files.createSymbolicLink(current, directory.resolve("second"));
    assertEquals("CN=second", found().subject());
  }
}
