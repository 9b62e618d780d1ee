package io.parley.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A private key and the certificates that vouch for it: the node's own first, then whoever signed
/// the one before. Immutable.
public record Credentials(PrivateKey key, List<X509Certificate> chain) {
  private static final String PLAIN_KEY = "PRIVATE KEY";

  public Credentials {
    chain = List.copyOf(chain);
  }

  /// Reads what the two files say, and sees to it that the one belongs to the other.
  ///
  /// @throws IOException if not; names the file and the reason, never what is in the key
  static Credentials of(Path certificateFile, byte[] certificates, Path keyFile, byte[] key)
      throws IOException {
    var chain = chain(certificateFile, certificates);
    var publicKey = chain.getFirst().getPublicKey();
    var privateKey = privateKey(keyFile, key, publicKey.getAlgorithm());
    if (privateKey == null || !belongTogether(privateKey, publicKey)) {
      throw new IOException("tls.key: " + keyFile + ": a key of another certificate (expected: that"
          + " of the first one in " + certificateFile + ", " + name(chain.getFirst()) + ")");
    }
    return new Credentials(privateKey, chain);
  }

  private static List<X509Certificate> chain(Path file, byte[] text) throws IOException {
    var chain = new ArrayList<X509Certificate>();
    for (var block : blocks("tls.certificate", file, text)) {
      if (block.label().equals("CERTIFICATE")) {
        try {
          chain.add((X509Certificate) CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block.content())));
        } catch (CertificateException e) {
          throw new IOException("tls.certificate: " + file + ": certificate " + (chain.size() + 1)
              + ": " + e.getMessage() + " (expected: X.509)", e);
        }
      }
    }
    if (chain.isEmpty()) {
      throw new IOException("tls.certificate: " + file
          + ": no certificate in it (expected: PEM, -----BEGIN CERTIFICATE-----)");
    }
    return chain;
  }

  /// @return null if it isn't a key of this algorithm
  private static @Nullable PrivateKey privateKey(
      Path file, byte[] text, String algorithm) throws IOException {
    for (var block : blocks("tls.key", file, text)) {
      if (block.label().equals(PLAIN_KEY)) {
        try {
          return KeyFactory.getInstance(algorithm)
              .generatePrivate(new PKCS8EncodedKeySpec(block.content()));
        } catch (GeneralSecurityException anotherAlgorithm) {
          return null;
        }
      }
      if (block.label().endsWith(PLAIN_KEY)) {
        throw new IOException("tls.key: " + file + ": " + (block.label().startsWith("ENCRYPTED")
            ? "encrypted (expected: without a password; openssl pkcs8 -in FILE -out NEW)"
            : block.label() + " (expected: PKCS#8; openssl pkcs8 -topk8 -nocrypt -in FILE"
                + " -out NEW)"));
      }
    }
    throw new IOException("tls.key: " + file
        + ": no private key in it (expected: PEM, -----BEGIN PRIVATE KEY-----)");
  }

  private static List<Pem> blocks(String setting, Path file, byte[] text) throws IOException {
    try {
      return Pem.blocks(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(setting + ": " + file + ": " + e.getMessage(), e);
    }
  }

  /// Whether what the one signs the other takes for signed.
  private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey) {
    var sample = new byte[32];
    try {
      var signature = Signature.getInstance(switch (publicKey.getAlgorithm()) {
        case "RSA" -> "SHA256withRSA";
        case "EC" -> "SHA256withECDSA";
        default -> publicKey.getAlgorithm();
      });
      signature.initSign(privateKey);
      signature.update(sample);
      var signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(sample);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /// Whose certificate it is.
  public String subject() {
    return name(chain.getFirst());
  }

  private static String name(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }

  /// When the node's own certificate ends.
  public Instant notAfter() {
    return chain.getFirst().getNotAfter().toInstant();
  }
}
