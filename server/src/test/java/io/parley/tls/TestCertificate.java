package io.parley.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A private key and its certificates, made with the JDK's keytool, which takes a JVM of its own:
/// whoever asks for the same gets the one that is there. Immutable.
public record TestCertificate(PrivateKey key, List<X509Certificate> chain) {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /// What was made so far in this JVM, by all that keytool was asked for.
  private static final Map<List<List<String>>, TestCertificate> MADE = new ConcurrentHashMap<>();

  /// For `localhost` and 127.0.0.1, signed by itself.
  ///
  /// @param name the subject's common name
  /// @param options more of them, for keytool
  public static TestCertificate make(String name, String... options) {
    return made(List.of(request(name, options)));
  }

  /// One that another has signed.
  public static TestCertificate makeSigned(String name, String authority) {
    return made(List.of(request(authority, "-ext", "bc:c"), request(name, "-signer", authority)));
  }

  private static List<String> request(String name, String... options) {
    var request = new ArrayList<>(List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name,
        "-ext", "san=dns:localhost,ip:127.0.0.1"));
    var more = List.of(options);
    request.addAll(more);
    if (!more.contains("-keyalg")) {
      request.addAll(List.of("-keyalg", "EC"));
    }
    if (more.contains("RSA")) {
      // keytool's own choice of 3072 takes seconds.
      request.addAll(List.of("-keysize", "2048"));
    }
    if (!more.contains("-validity")) {
      request.addAll(List.of("-validity", "2"));
    }
    return List.copyOf(request);
  }

  /// The last of them; those before it are in the same store.
  private static TestCertificate made(List<List<String>> requests) {
    return MADE.computeIfAbsent(requests, missing -> {
      try {
        var directory = Files.createTempDirectory("parley-keytool");
        var store = directory.resolve("store.p12");
        for (var request : requests) {
          keytool(store, request);
        }
        var made = read(store, requests.getLast().get(2));
        Files.delete(store);
        Files.delete(directory);
        return made;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
  }

  private static TestCertificate read(Path store, String name) throws Exception {
    var keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    var chain = new ArrayList<X509Certificate>();
    for (var each : keys.getCertificateChain(name)) {
      chain.add((X509Certificate) each);
    }
    return new TestCertificate((PrivateKey) keys.getKey(name, PASSWORD), chain);
  }

  private static void keytool(Path store, List<String> request) throws Exception {
    var command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-keystore", store.toString(),
        "-storepass", new String(PASSWORD)));
    command.addAll(request);
    var keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    var text = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool: " + text);
    }
  }

  /// The certificates as a PEM file has them.
  public String certificatePem() {
    var pem = new StringBuilder("for human readers\n");
    try {
      for (var each : chain) {
        pem.append(pem("CERTIFICATE", each.getEncoded()));
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return pem.toString();
  }

  /// When it ends.
  public Instant notAfter() {
    return chain.getFirst().getNotAfter().toInstant();
  }

  /// The key as a PEM file has it.
  public String keyPem() {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  static String pem(String label, byte[] content) {
    return "-----BEGIN " + label + "-----\n"
        + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(content)
        + "\n-----END " + label + "-----\n";
  }

  /// Replaces two files by this.
  public void writeTo(Path certificateFile, Path keyFile) {
    replace(certificateFile, certificatePem());
    replace(keyFile, keyPem());
  }

  /// Replaces a file as a whole, so that nobody sees a part.
  public static void replace(Path file, String text) {
    try {
      var next = Path.of(file + ".next");
      Files.writeString(next, text);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// What a client has that trusts these certificates and nothing else.
  public static SSLContext trusting(TestCertificate... certificates) {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (var each : certificates) {
        var root = each.chain.getLast();
        store.setCertificateEntry(root.getSerialNumber().toString(), root);
      }
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
