package io.parley.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.impl.BaseJWSProvider;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Set;

/// Checks Ed25519 signatures (RFC 8037) by the JDK. The JWT library would do it by another library
/// of its own.
///
/// Thread-safe.
final class Ed25519Check extends BaseJWSProvider implements JWSVerifier {
  /// The same algorithm by its old and its new name.
  static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);

  private final PublicKey key;

  Ed25519Check(PublicKey key) {
    super(ALGORITHMS);
    this.key = key;
  }

  @Override
  public boolean verify(JWSHeader header, byte[] signed, Base64URL signature)
      throws JOSEException {
    try {
      var check = Signature.getInstance("Ed25519");
      check.initVerify(key);
      check.update(signed);
      return check.verify(signature.decode());
    } catch (SignatureException noSignature) {
      return false;
    } catch (GeneralSecurityException impossible) {
      throw new JOSEException("the JDK has no Ed25519", impossible);
    }
  }
}
