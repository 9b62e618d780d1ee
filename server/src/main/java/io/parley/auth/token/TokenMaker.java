package io.parley.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.parley.config.AccessSettings.Secret;
import io.parley.config.AccessSettings.TokenSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/// Makes tokens as an application's backend does, to try things out.
///
/// Immutable.
public final class TokenMaker {
  private final Secret secret;
  private final TokenSettings settings;

  /// A maker of tokens that a node with these settings believes, if it has this secret.
  public TokenMaker(Secret secret, TokenSettings settings) {
    this.secret = secret;
    this.settings = settings;
  }

  /// A token, signed by HS256.
  ///
  /// @param channel the channel that it is for; null: it is for connecting
  /// @param life how long it is good; null: for ever
  public String make(
      String user, @Nullable String channel, Instant now, @Nullable Duration life) {
    var claims = new JWTClaimsSet.Builder().subject(user).issueTime(Date.from(now));
    if (channel != null) {
      claims.claim("channel", channel);
    }
    if (life != null) {
      claims.expirationTime(Date.from(now.plus(life)));
    }
    if (!settings.audience().isEmpty()) {
      claims.audience(settings.audience());
    }
    if (!settings.issuer().isEmpty()) {
      claims.issuer(settings.issuer());
    }
    var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
    try {
      token.sign(new MACSigner(secret.bytes()));
    } catch (JOSEException e) {
      throw new IllegalArgumentException("secret: " + e.getMessage());
    }
    return token.serialize();
  }
}
