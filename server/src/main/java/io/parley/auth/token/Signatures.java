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
  private final AsideChecks aside;

  private Signatures(List<VerificationKey> own, AsideChecks aside) {
    this.own = own;
    this.aside = aside;
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
    var own = List.copyOf(keys);
    return new Signatures(own, new AsideChecks(own, settings, metrics, nanoClock));
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

    /// It can't be checked now: the keys can't be had, or too many tokens wait.
    record Unknown() implements Verdict {}
  }

  /// Checks a signature. The answer comes on the caller's thread before this returns, unless a
  /// public key may have made it: that takes long, and comes later on another thread.
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
    boolean isBySecret = JWSAlgorithm.Family.HMAC_SHA.contains(algorithm);
    if (!isBySecret && aside.canCheck(algorithm)) {
      aside.check(jws, token.length(), answer);
    } else {
      answer.accept(isBySecret && isSigned(jws, own) ? good(jws) : bad(algorithm));
    }
  }

  private static @Nullable JWSObject parsed(String token) {
    try {
      return JWSObject.parse(token);
    } catch (ParseException | RuntimeException bad) {
      // What strangers write must not end as a bug of ours, whatever the library makes of it.
      return null;
    }
  }

  static boolean isSigned(JWSObject jws, List<VerificationKey> keys) {
    var algorithm = jws.getHeader().getAlgorithm();
    return keys.stream().anyMatch(key -> key.isFor(algorithm) && key.hasSigned(jws));
  }

  static Verdict good(JWSObject jws) {
    return new Verdict.Good(jws.getPayload().toBytes());
  }

  static Verdict byNone() {
    return new Verdict.Bad("signature: by no key that is believed here");
  }

  private Verdict bad(JWSAlgorithm algorithm) {
    if (own.stream().anyMatch(key -> key.isFor(algorithm))) {
      return byNone();
    }
    var known = own.stream().flatMap(key -> key.algorithms().stream()).map(JWSAlgorithm::getName)
        .distinct().sorted().collect(Collectors.joining(", "));
    return new Verdict.Bad("algorithm: one that no key here is for"
        + (known.isEmpty() ? "" : " (expected: " + known + ")"));
  }

  void close() {
    aside.close();
  }
}
