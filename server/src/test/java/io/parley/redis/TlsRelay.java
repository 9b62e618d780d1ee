package io.parley.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// Stands before a Redis without TLS and speaks TLS for it, with a certificate of its own that
/// nobody has signed.
///
/// Thread-safe.
public final class TlsRelay implements AutoCloseable {
  private static final char[] STORE_PASSWORD = "changeit".toCharArray();

  private final int target;
  private final ClientSockets clients;

  /// @param target Redis' port
  /// @param keys a store with key and certificate, see [#newKeys]
  public TlsRelay(int target, Path keys) throws IOException, GeneralSecurityException {
    this.target = target;
    var store = KeyStore.getInstance(keys.toFile(), STORE_PASSWORD);
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, STORE_PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    clients = new ClientSockets(context.getServerSocketFactory()
        .createServerSocket(0, 50, InetAddress.getLoopbackAddress()), this::relay);
  }

  /// Makes a key and a certificate with the JDK's keytool.
  ///
  /// @param names whom the certificate is for, as `ip:127.0.0.1` or `dns:localhost`
  public static void newKeys(Path store, String names) throws IOException, InterruptedException {
    var keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool")
        .toString(), "-genkeypair", "-alias", "relay", "-keyalg", "EC", "-dname", "CN=relay",
        "-validity", "2", "-ext", "san=" + names, "-keystore", store.toString(), "-storepass",
        new String(STORE_PASSWORD)).redirectErrorStream(true).start();
    var text = new String(keytool.getInputStream().readAllBytes(),
        StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool: " + text);
    }
  }

  /// A trust store with the certificate and without the key, as an operator would make one.
  public static void writeTrust(Path keys, Path trust)
      throws IOException, GeneralSecurityException {
    var certificate = KeyStore.getInstance(keys.toFile(), STORE_PASSWORD)
        .getCertificate("relay");
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("redis", certificate);
    try (var out = Files.newOutputStream(trust)) {
      store.store(out, STORE_PASSWORD);
    }
  }

  public String url() {
    return "rediss://127.0.0.1:" + clients.port();
  }

  private void relay(Socket client) {
    try (client; var redis = new Socket(InetAddress.getLoopbackAddress(), target)) {
      var back = Thread.ofVirtual().start(() -> copy(client, redis, false));
      copy(client, redis, true);
      back.join();
    } catch (IOException e) {
      // No Redis, or the end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Copies in one direction; its end ends both.
  private static void copy(Socket client, Socket redis, boolean isThere) {
    try (client; redis) {
      InputStream in = isThere ? client.getInputStream() : redis.getInputStream();
      OutputStream out = isThere ? redis.getOutputStream() : client.getOutputStream();
      in.transferTo(out);
    } catch (IOException e) {
      // A handshake that failed, or the end.
    }
  }

  @Override
  public void close() {
    clients.close();
  }
}
