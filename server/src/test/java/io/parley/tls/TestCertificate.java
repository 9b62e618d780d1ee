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
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A private key and its certificates, made with the JDK's keytool. Immutable.
public record TestCertificate(PrivateKey key, List<X509Certificate> chain) {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /// For `localhost` and 127.0.0.1, signed by itself.
  ///
  /// @param name the subject's common name
  /// @param options more of them, for keytool
  public static TestCertificate make(Path directory, String name, String... options) {
    return make(directory.resolve(name + ".p12"), name, List.of(options));
  }

  private static TestCertificate make(Path store, String name, List<String> options) {
    var arguments = new ArrayList<>(List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name,
        "-ext", "san=dns:localhost,ip:127.0.0.1", "-keystore", store.toString(), "-storepass",
        new String(PASSWORD)));
    arguments.addAll(options);
    if (!options.contains("-keyalg")) {
      arguments.addAll(List.of("-keyalg", "EC"));
    }
    if (!options.contains("-validity")) {
      arguments.addAll(List.of("-validity", "2"));
    }
    try {
      keytool(arguments);
      var keys = KeyStore.getInstance(store.toFile(), PASSWORD);
      var chain = new ArrayList<X509Certificate>();
      for (var each : keys.getCertificateChain(name)) {
        chain.add((X509Certificate) each);
      }
      return new TestCertificate((PrivateKey) keys.getKey(name, PASSWORD), chain);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /// One that another has signed.
  public static TestCertificate makeSigned(Path directory, String name, String authority) {
    var store = directory.resolve(authority + ".p12");
    make(store, authority, List.of("-ext", "bc:c"));
    return make(store, name, List.of("-signer", authority));
  }

  private static void keytool(List<String> arguments) throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(arguments);
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
