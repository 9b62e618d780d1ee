package io.parley.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A key and the algorithms that it is for. A token says itself by which algorithm it is signed, so
/// it is the key that has to say which it takes: or a public key, which everybody has, could be
/// used as a secret.
///
/// Thread-safe.
///
/// @param id as a set of keys names it; null: it has none
record VerificationKey(@Nullable String id, Set<JWSAlgorithm> algorithms, JWSVerifier verifier) {
  private static final Set<JWSAlgorithm> RSA = Set.of(
      JWSAlgorithm.RS256, JWSAlgorithm.RS384, JWSAlgorithm.RS512,
      JWSAlgorithm.PS256, JWSAlgorithm.PS384, JWSAlgorithm.PS512);
  private static final Map<Curve, JWSAlgorithm> BY_CURVE = Map.of(
      Curve.P_256, JWSAlgorithm.ES256, Curve.P_384, JWSAlgorithm.ES384,
      Curve.P_521, JWSAlgorithm.ES512);
  /// A secret has at least as many bytes as the hash (RFC 7518, section 3.2).
  private static final TreeMap<Integer, Set<JWSAlgorithm>> BY_SECRET_BYTES = new TreeMap<>(Map.of(
      32, Set.of(JWSAlgorithm.HS256),
      48, Set.of(JWSAlgorithm.HS256, JWSAlgorithm.HS384),
      64, Set.of(JWSAlgorithm.HS256, JWSAlgorithm.HS384, JWSAlgorithm.HS512)));
  private static final int RSA_BITS_MIN = 2048;
  private static final int RSA_BITS_MAX = 16384;
  private static final int ED25519_BYTES = 32;

  /// What stands before the 32 bytes of an Ed25519 key where its algorithm is said (RFC 8410).
  private static final byte[] ED25519_START = {
      0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

  /// @throws IllegalArgumentException if it is too short; nothing of it is in the message
  static VerificationKey ofSecret(byte[] secret) {
    var algorithms = BY_SECRET_BYTES.floorEntry(secret.length);
    if (algorithms == null) {
      throw new IllegalArgumentException("secret of " + secret.length + " bytes (expected: at"
          + " least 32 for HS256, 48 for HS384, 64 for HS512)");
    }
    try {
      return new VerificationKey(null, algorithms.getValue(), new MACVerifier(secret));
    } catch (JOSEException impossible) {
      throw new IllegalStateException("secret of " + secret.length + " bytes", impossible);
    }
  }

  /// @throws IllegalArgumentException if it is none that tokens can be signed with
  static VerificationKey ofPublicKey(@Nullable String id, PublicKey key) {
    try {
      return switch (key) {
        case RSAPublicKey rsa -> new VerificationKey(id, RSA, new RSASSAVerifier(checked(rsa)));
        case ECPublicKey ec -> new VerificationKey(id, Set.of(algorithmOf(ec)),
            new ECDSAVerifier(ec));
        case EdECPublicKey ed when isEd25519(ed) -> new VerificationKey(
            id, Ed25519Check.ALGORITHMS, new Ed25519Check(ed));
        default -> throw new IllegalArgumentException(
            "key: " + key.getAlgorithm() + " (expected: RSA, P-256, P-384, P-521 or Ed25519)");
      };
    } catch (JOSEException e) {
      throw new IllegalArgumentException("key: " + e.getMessage());
    }
  }

  /// @return null if it isn't there to check signatures with, or is of a kind that isn't known
  /// @throws IllegalArgumentException if it is broken
  static @Nullable VerificationKey ofJwk(JWK jwk) {
    boolean isForOther = (jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE))
        || (jwk.getKeyOperations() != null && !jwk.getKeyOperations().isEmpty()
            && !jwk.getKeyOperations().contains(KeyOperation.VERIFY));
    if (isForOther) {
      return null;
    }
    try {
      var key = switch (jwk) {
        case RSAKey rsa -> ofPublicKey(jwk.getKeyID(), rsa.toRSAPublicKey());
        case ECKey ec when BY_CURVE.containsKey(ec.getCurve()) -> ofPublicKey(
            jwk.getKeyID(), ec.toECPublicKey());
        case OctetKeyPair pair when pair.getCurve().equals(Curve.Ed25519) -> ofPublicKey(
            jwk.getKeyID(), ed25519(pair.getDecodedX()));
        default -> null;
      };
      if (key == null || jwk.getAlgorithm() == null) {
        return key;
      }
      return key.algorithms.stream().filter(each -> each.equals(jwk.getAlgorithm())).findAny()
          .map(only -> new VerificationKey(key.id, Set.of(only), key.verifier)).orElse(null);
    } catch (JOSEException | GeneralSecurityException e) {
      throw new IllegalArgumentException("key: " + e.getMessage());
    }
  }

  private static RSAPublicKey checked(RSAPublicKey key) {
    int bits = key.getModulus().bitLength();
    if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) {
      throw new IllegalArgumentException("RSA key of " + bits + " bits (expected: "
          + RSA_BITS_MIN + " to " + RSA_BITS_MAX + ")");
    }
    return key;
  }

  private static JWSAlgorithm algorithmOf(ECPublicKey key) {
    var curve = Curve.forECParameterSpec(key.getParams());
    var algorithm = curve == null ? null : BY_CURVE.get(curve);
    if (algorithm == null) {
      throw new IllegalArgumentException("key on the curve " + (curve == null ? "?" : curve)
          + " (expected: P-256, P-384 or P-521)");
    }
    return algorithm;
  }

  private static boolean isEd25519(EdECPublicKey key) {
    return key.getParams().getName().equals(NamedParameterSpec.ED25519.getName());
  }

  private static PublicKey ed25519(byte[] x) throws GeneralSecurityException {
    if (x.length != ED25519_BYTES) {
      throw new IllegalArgumentException(
          "Ed25519 key of " + x.length + " bytes (expected: " + ED25519_BYTES + ")");
    }
    var encoded = new byte[ED25519_START.length + x.length];
    System.arraycopy(ED25519_START, 0, encoded, 0, ED25519_START.length);
    System.arraycopy(x, 0, encoded, ED25519_START.length, x.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  boolean isFor(JWSAlgorithm algorithm) {
    return algorithms.contains(algorithm);
  }

  boolean hasSigned(JWSObject token) {
    try {
      return token.verify(verifier);
    } catch (JOSEException | RuntimeException bad) {
      // What strangers write must not end as a bug of ours, whatever the library makes of it.
      return false;
    }
  }
}
