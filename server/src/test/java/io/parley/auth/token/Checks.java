package io.parley.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.config.Settings;
import io.parley.metric.Metrics;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The tokens of a node at a fixed time, and what tests ask of them.
///
/// Confined to the test's thread.
final class Checks implements AutoCloseable {
  static final long NOW = 1_700_000_000;
  static final String SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final Tokens tokens;

  private Checks(Settings settings) throws IOException {
    tokens = Tokens.open(
        settings.token(), new Metrics(registry), () -> Instant.ofEpochSecond(NOW));
  }

  /// @param changes pairs of a key of the section `token` and its value
  static Checks with(String... changes) {
    var settings = Settings.defaults();
    for (int i = 0; i < changes.length; i += 2) {
      settings = settings.with("token." + changes[i], changes[i + 1]);
    }
    try {
      return new Checks(settings);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  TokenCheck<ConnectionClaims> connection(String token) {
    var answer = new CompletableFuture<TokenCheck<ConnectionClaims>>();
    tokens.checkConnection(token, answer::complete);
    return answer.orTimeout(10, TimeUnit.SECONDS).join();
  }

  TokenCheck<SubscriptionClaims> subscription(String token) {
    var answer = new CompletableFuture<TokenCheck<SubscriptionClaims>>();
    tokens.checkSubscription(token, answer::complete);
    return answer.orTimeout(10, TimeUnit.SECONDS).join();
  }

  ConnectionClaims claims(String token) {
    var check = connection(token);
    return assertInstanceOf(TokenCheck.Valid.class, check).claims() instanceof ConnectionClaims c
        ? c
        : throwing(check);
  }

  private static ConnectionClaims throwing(Object found) {
    throw new AssertionError("claims: " + found);
  }

  /// Why a token for connecting is no good.
  String refused(String token) {
    return detail(connection(token), token);
  }

  /// Why a token for a channel is no good.
  String refusedForAChannel(String token) {
    return detail(subscription(token), token);
  }

  private static String detail(TokenCheck<?> check, String token) {
    var detail = assertInstanceOf(TokenCheck.Invalid.class, check).detail();
    for (var part : token.split("\\.", -1)) {
      assertFalse(part.length() > 8 && detail.contains(part), detail);
    }
    return detail;
  }

  double count(String outcome) {
    return registry.get("parley.token.checks").tag("outcome", outcome).counter().count();
  }

  void counts(String outcome, int times) {
    assertEquals(times, count(outcome), outcome);
  }

  @Override
  public void close() {
    tokens.close();
  }
}
