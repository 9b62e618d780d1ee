package io.parley.auth.token;

import io.micrometer.core.instrument.Counter;
import io.parley.auth.token.Signatures.Verdict;
import io.parley.config.AccessSettings.TokenSettings;
import io.parley.config.Settings;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Checks tokens by the keys of this node. An answer comes on the caller's thread before the call
/// returns, unless the signature has to be checked by a public key, of this node or of a provider:
/// then it comes later, on another thread, and whoever has a loop goes back to it. Where too many
/// wait for that, and when this is closed, the answer is that the token can't be checked now.
///
/// Nothing of a token is ever logged, or in what is answered.
///
/// Thread-safe.
public final class Tokens implements AutoCloseable {
  private final TokenSettings settings;
  private final InstantSource clock;
  private final Metrics metrics;
  private final boolean heedsExpiry;

  /// Null: there is no key, and no token is good.
  private final @Nullable Signatures signatures;

  private final Counter valid;
  private final Counter expired;
  private final Counter invalid;
  private final Counter unavailable;

  private Tokens(TokenSettings settings, @Nullable Signatures signatures, InstantSource clock,
      Metrics metrics, boolean heedsExpiry) {
    this.settings = settings;
    this.signatures = signatures;
    this.clock = clock;
    this.metrics = metrics;
    this.heedsExpiry = heedsExpiry;
    valid = metrics.counter(Metric.TOKEN_CHECKS, "valid");
    expired = metrics.counter(Metric.TOKEN_CHECKS, "expired");
    invalid = metrics.counter(Metric.TOKEN_CHECKS, "invalid");
    unavailable = metrics.counter(Metric.TOKEN_CHECKS, "unavailable");
    for (var outcome : List.of("loaded", "failed")) {
      metrics.counter(Metric.JWKS_FETCHES, outcome);
    }
  }

  /// Reads the keys, and begins to fetch those that are elsewhere.
  ///
  /// @throws IOException if a key can't be used; says which and why
  public static Tokens open(TokenSettings settings, Metrics metrics) throws IOException {
    return open(settings, metrics, InstantSource.system());
  }

  /// The same, by another clock.
  ///
  /// @param clock the time that tokens' ends are held against
  public static Tokens open(TokenSettings settings, Metrics metrics, InstantSource clock)
      throws IOException {
    // Without a key, nothing of the JWT library is loaded.
    var signatures = settings.hasKey()
        ? Signatures.open(settings, metrics, System::nanoTime)
        : null;
    return new Tokens(settings, signatures, clock, metrics, true);
  }

  /// Without a key.
  public static Tokens none(Metrics metrics) {
    return new Tokens(
        Settings.defaults().token(), null, InstantSource.system(), metrics, true);
  }

  /// The same, but no token ever ends: for test suites. Closing one closes both.
  public Tokens withoutExpiry() {
    return new Tokens(settings, signatures, clock, metrics, false);
  }

  /// Whether there is a key; without one every token is invalid.
  public boolean canCheck() {
    return signatures != null;
  }

  /// How long after its token's end a connection waits for a fresh one.
  public long graceSeconds() {
    return settings.grace().toSeconds();
  }

  /// Checks a token for connecting.
  public void checkConnection(String token, Consumer<TokenCheck<ConnectionClaims>> answer) {
    check(token, Claims::forConnecting, answer);
  }

  /// Checks a token for a channel. Whether it is for this user and this channel is for the caller
  /// to see.
  public void checkSubscription(String token, Consumer<TokenCheck<SubscriptionClaims>> answer) {
    check(token, Claims::forSubscribing, answer);
  }

  /// What a token is used for.
  @FunctionalInterface
  private interface Use<C> {
    C of(Claims claims) throws InvalidTokenException;
  }

  private <C> void check(String token, Use<C> use, Consumer<TokenCheck<C>> answer) {
    if (signatures == null) {
      tell(new TokenCheck.Invalid<>("this node has no key to check tokens with"), answer);
    } else if (token.length() > settings.jwtBytes()) {
      metrics.hit(Limit.TOKEN_JWT_BYTES);
      tell(new TokenCheck.Invalid<>(
          token.length() + " bytes (expected: " + settings.jwtBytes() + " at most)"), answer);
    } else {
      signatures.check(token, verdict -> tell(switch (verdict) {
        case Verdict.Good good -> judged(good.payload(), use);
        case Verdict.Bad bad -> new TokenCheck.Invalid<>(bad.detail());
        case Verdict.Unknown _ -> new TokenCheck.Unavailable<>();
      }, answer));
    }
  }

  private <C> void tell(TokenCheck<C> check, Consumer<TokenCheck<C>> answer) {
    var counter = switch (check) {
      case TokenCheck.Valid<C> _ -> valid;
      case TokenCheck.Expired<C> _ -> expired;
      case TokenCheck.Invalid<C> _ -> invalid;
      case TokenCheck.Unavailable<C> _ -> unavailable;
    };
    counter.increment();
    answer.accept(check);
  }

  private <C> TokenCheck<C> judged(byte[] payload, Use<C> use) {
    try {
      var claims = ClaimsReader.read(payload);
      if (!settings.issuer().isEmpty() && !settings.issuer().equals(claims.issuer())) {
        throw new InvalidTokenException("claim 'iss' (expected: this node's token.issuer)");
      }
      if (!settings.audience().isEmpty()
          && (claims.audience() == null || !claims.audience().contains(settings.audience()))) {
        throw new InvalidTokenException("claim 'aud' (expected: this node's token.audience)");
      }
      long now = clock.instant().getEpochSecond();
      long leeway = settings.leeway().toSeconds();
      if (claims.notBefore() != null && claims.notBefore() - leeway > now) {
        throw new InvalidTokenException("claim 'nbf': later than now");
      }
      var used = use.of(heedsExpiry ? claims : claims.withoutEnd());
      // Last: expired is what would be good, if it were fresh.
      return heedsExpiry && claims.isOver(now - leeway)
          ? new TokenCheck.Expired<>()
          : new TokenCheck.Valid<>(used);
    } catch (InvalidTokenException bad) {
      return new TokenCheck.Invalid<>(bad.detail());
    }
  }

  @Override
  public void close() {
    if (signatures != null) {
      signatures.close();
    }
  }
}
