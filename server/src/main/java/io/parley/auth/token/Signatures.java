package io.parley.auth.token;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSObject;
import io.parley.config.AccessSettings.TokenSettings;
import io.parley.metric.Metrics;
import java.io.IOException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The keys of a node, and whether a token is signed by one of them.
///
/// Thread-safe.
final class Signatures {
  private static final Pattern FORM = Pattern.compile(
      "[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++");

  private final List<VerificationKey> own;

  /// Null: there is none.
  private final @Nullable JwksEndpoint endpoint;

  private Signatures(List<VerificationKey> own, @Nullable JwksEndpoint endpoint) {
    this.own = List.copyOf(own);
    this.endpoint = endpoint;
  }

  /// @throws IOException if a key can't be used; says which and why
  static Signatures open(TokenSettings settings, Metrics metrics, LongSupplier nanoClock)
      throws IOException {
    var keys = new ArrayList<VerificationKey>();
    if (settings.hmacSecret() != null) {
      keys.add(VerificationKey.ofSecret(settings.hmacSecret().bytes()));
    }
    if (settings.hmacSecretPrevious() != null) {
      keys.add(VerificationKey.ofSecret(settings.hmacSecretPrevious().bytes()));
    }
    keys.addAll(PublicKeyFiles.read(settings.publicKeys()));
    return new Signatures(keys, settings.jwksUrl() == null
        ? null
        : JwksEndpoint.open(settings.jwksUrl(), settings, metrics, nanoClock));
  }

  /// What a token's signature says of it.
  sealed interface Verdict {
    /// A key that is believed here has signed it.
    ///
    /// @param payload what was signed
    record Good(byte[] payload) implements Verdict {}

    /// None has, or it is no token at all.
    ///
    /// @param detail why it is no good
    record Bad(String detail) implements Verdict {}

    /// The keys can't be had now.
    record Unknown() implements Verdict {}
  }

  /// Checks a signature. The answer comes on the caller's thread, unless keys have to be fetched.
  void check(String token, Consumer<Verdict> answer) {
    var jws = FORM.matcher(token).matches() ? parsed(token) : null;
    if (jws == null) {
      answer.accept(new Verdict.Bad("not a JWT (expected: header, claims and signature, in"
          + " Base64url, with an algorithm other than none)"));
      return;
    }
    if (jws.getHeader().getCriticalParams() != null) {
      answer.accept(new Verdict.Bad("header 'crit' (expected: nothing that has to be understood)"));
      return;
    }
    var algorithm = jws.getHeader().getAlgorithm();
    var payload = signedBy(own, jws);
    if (payload != null) {
      answer.accept(new Verdict.Good(payload));
    } else if (endpoint == null || JWSAlgorithm.Family.HMAC_SHA.contains(algorithm)) {
      answer.accept(bad(algorithm));
    } else {
      endpoint.keys(jws.getHeader().getKeyID(), fetched -> answer.accept(judged(jws, fetched)));
    }
  }

  private static Verdict judged(JWSObject jws, @Nullable List<VerificationKey> fetched) {
    if (fetched == null) {
      return new Verdict.Unknown();
    }
    var payload = signedBy(fetched, jws);
    return payload == null
        ? new Verdict.Bad("signature: by no key that is believed here")
        : new Verdict.Good(payload);
  }

  private static @Nullable JWSObject parsed(String token) {
    try {
      return JWSObject.parse(token);
    } catch (ParseException | RuntimeException bad) {
      // What strangers write must not end as a bug of ours, whatever the library makes of it.
      return null;
    }
  }

  private static byte @Nullable [] signedBy(List<VerificationKey> keys, JWSObject jws) {
    var algorithm = jws.getHeader().getAlgorithm();
    for (var key : keys) {
      if (key.isFor(algorithm) && key.hasSigned(jws)) {
        return jws.getPayload().toBytes();
      }
    }
    return null;
  }

  private Verdict bad(JWSAlgorithm algorithm) {
    if (own.stream().anyMatch(key -> key.isFor(algorithm))) {
      return new Verdict.Bad("signature: by no key that is believed here");
    }
    var known = own.stream().flatMap(key -> key.algorithms().stream()).map(JWSAlgorithm::getName)
        .distinct().sorted().collect(Collectors.joining(", "));
    return new Verdict.Bad("algorithm: one that no key here is for"
        + (known.isEmpty() ? "" : " (expected: " + known + ")"));
  }

  void close() {
    if (endpoint != null) {
      endpoint.close();
    }
  }
}
