package io.parley.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// That a `rediss:` URL is tried with TLS, and no certificate is believed that a node wouldn't. The
/// Redis that comes along can't do TLS, so something smaller answers, with the name `localhost`.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RedisOverTlsTest {
  private static final String TRUST = "javax.net.ssl.trustStore";
  private static final String TRUST_PASSWORD = "javax.net.ssl.trustStorePassword";
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir
  private static Path folder;

  private static Path keys;

  private final SSLServerSocket listener;

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = folder.resolve("keys");
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var made = new ProcessBuilder(keytool, "-genkeypair", "-alias", "redis", "-keyalg", "EC",
        "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-storetype", "PKCS12",
        "-keystore", keys.toString(), "-storepass", new String(PASSWORD))
        .redirectErrorStream(true).start();
    var said = new String(made.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, made.waitFor(), said);
  }

  RedisOverTlsTest() throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD);
    }
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    listener = (SSLServerSocket) context.getServerSocketFactory()
        .createServerSocket(0, 9, InetAddress.getLoopbackAddress());
  }

  @BeforeEach
  void answer() {
    Thread.ofVirtual().start(() -> {
      while (!listener.isClosed()) {
        try (var client = listener.accept()) {
          var lines = new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8));
          for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals("AUTH") || line.equals("PING")) {
              var answer = line.equals("AUTH") ? "+OK\r\n" : "+PONG\r\n";
              client.getOutputStream().write(answer.getBytes(UTF_8));
            }
          }
        } catch (IOException refused) {
          // The next one may like it better.
        }
      }
    });
  }

  @AfterEach
  void close() throws IOException {
    System.clearProperty(TRUST);
    System.clearProperty(TRUST_PASSWORD);
    listener.close();
  }

  private void trustIt() {
    System.setProperty(TRUST, keys.toString());
    System.setProperty(TRUST_PASSWORD, new String(PASSWORD));
  }

  private RedisAddress address(String scheme, String host) {
    return RedisAddress.parse(scheme + "://:secret@" + host + ":" + listener.getLocalPort());
  }

  private static String refusal(RedisAddress address) {
    return String.valueOf(assertThrows(IOException.class, address::check).getMessage());
  }

  @Test
  void aTrustedCertificateOfThatNameIsBelieved() throws IOException {
    trustIt();
    address("rediss", "localhost").check();
  }

  @Test
  void aCertificateOfAnotherNameIsNot() {
    trustIt();
    var said = refusal(address("rediss", "127.0.0.1"));
    assertTrue(said.contains("No subject alternative names matching IP address"), said);
  }

  @Test
  void aCertificateThatNobodySignedIsNot() {
    var said = refusal(address("rediss", "localhost"));
    assertTrue(said.contains("unable to find valid certification path"), said);
  }

  @Test
  void plainWordsToItAreNoRedis() {
    var said = refusal(address("redis", "localhost"));
    assertTrue(said.startsWith("it "), said);
  }
}
