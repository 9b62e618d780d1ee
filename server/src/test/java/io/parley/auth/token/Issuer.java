package io.parley.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Somebody who signs tokens: an application's backend, or who pretends to be it.
///
/// Immutable.
public final class Issuer {
  private final JWSAlgorithm algorithm;
  private final @Nullable String keyId;
  private final @Nullable KeyPair keys;
  private final byte[] secret;

  private Issuer(
      JWSAlgorithm algorithm, @Nullable String keyId, @Nullable KeyPair keys, byte[] secret) {
    this.algorithm = algorithm;
    this.keyId = keyId;
    this.keys = keys;
    this.secret = secret;
  }

  /// By a secret.
  public static Issuer withSecret(String algorithm, String secret) {
    return new Issuer(JWSAlgorithm.parse(algorithm), null, null,
        secret.getBytes(StandardCharsets.UTF_8));
  }

  /// By a new pair of keys.
  public static Issuer withNewKeys(String algorithm) {
    return new Issuer(JWSAlgorithm.parse(algorithm), null, newKeys(algorithm), new byte[0]);
  }

  /// The same keys under a name, and perhaps by another algorithm.
  public Issuer as(@Nullable String id, String otherAlgorithm) {
    return new Issuer(JWSAlgorithm.parse(otherAlgorithm), id, keys, secret);
  }

  private static KeyPair newKeys(String algorithm) {
    try {
      var generator = switch (algorithm.substring(0, 2)) {
        case "RS", "PS" -> KeyPairGenerator.getInstance("RSA");
        case "ES" -> KeyPairGenerator.getInstance("EC");
        default -> KeyPairGenerator.getInstance("Ed25519");
      };
      switch (algorithm.substring(0, 2)) {
        case "RS", "PS" -> generator.initialize(2048);
        case "ES" -> generator.initialize(new ECGenParameterSpec(switch (algorithm) {
          case "ES256" -> "secp256r1";
          case "ES384" -> "secp384r1";
          default -> "secp521r1";
        }));
        default -> {
          // There is one size.
        }
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private KeyPair keys() {
    if (keys == null) {
      throw new AssertionError("an issuer with a secret has no keys");
    }
    return keys;
  }

  /// A token with these claims.
  public String token(String claims) {
    try {
      var header = new JWSHeader.Builder(algorithm).keyID(keyId).build();
      if (Ed25519Check.ALGORITHMS.contains(algorithm)) {
        var signed = header.toBase64URL() + "." + Base64URL.encode(claims);
        var signature = Signature.getInstance("Ed25519");
        signature.initSign(keys().getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64URL.encode(signature.sign());
      }
      var jws = new JWSObject(header, new Payload(claims));
      jws.sign(signer());
      return jws.serialize();
    } catch (JOSEException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private JWSSigner signer() throws JOSEException {
    if (JWSAlgorithm.Family.HMAC_SHA.contains(algorithm)) {
      return new MACSigner(secret);
    }
    return JWSAlgorithm.Family.RSA.contains(algorithm)
        ? new RSASSASigner(keys().getPrivate())
        : new ECDSASigner((ECPrivateKey) keys().getPrivate());
  }

  /// The public key as PEM.
  public String pem() {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(keys().getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  /// The public key in a file.
  public Path pemIn(Path directory) {
    try {
      return Files.writeString(directory.resolve("key-" + System.identityHashCode(this) + ".pem"),
          pem());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The public key as identity providers publish it.
  public JWK jwk() {
    return switch (keys().getPublic()) {
      case RSAPublicKey rsa -> new RSAKey.Builder(rsa).keyID(keyId).build();
      case ECPublicKey ec -> new ECKey.Builder(
          Curve.forECParameterSpec(ec.getParams()), ec).keyID(keyId).build();
      default -> {
        var encoded = keys().getPublic().getEncoded();
        yield new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(
            Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length))).keyID(keyId)
            .build();
      }
    };
  }
}
