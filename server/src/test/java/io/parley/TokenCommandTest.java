package io.parley;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.auth.token.ConnectionClaims;
import io.parley.auth.token.SubscriptionClaims;
import io.parley.auth.token.TokenCheck;
import io.parley.auth.token.Tokens;
import io.parley.config.Settings;
import io.parley.metric.Metrics;
import io.parley.outside.Browser;
import io.parley.outside.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCommandTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final Map<String, String> ENVIRONMENT = Map.of("PARLEY_TOKEN_HMAC_SECRET", SECRET);

  private static String run(String... flags) throws Exception {
    return TokenCommand.run(null, ENVIRONMENT, List.of(flags));
  }

  private static Tokens node(String... changes) throws IOException {
    var settings = Settings.defaults().with("token.hmac-secret", SECRET);
    for (int i = 0; i < changes.length; i += 2) {
      settings = settings.with(changes[i], changes[i + 1]);
    }
    return Tokens.open(settings.token(), new Metrics(new SimpleMeterRegistry()));
  }

  private static ConnectionClaims claims(Tokens node, String token) {
    var answer = new CompletableFuture<TokenCheck<ConnectionClaims>>();
    node.checkConnection(token, answer::complete);
    var valid = assertInstanceOf(TokenCheck.Valid.class, answer.getNow(null));
    return assertInstanceOf(ConnectionClaims.class, valid.claims());
  }

  @Test
  void aTokenIsMadeByTheSettingsOfANode(@TempDir Path directory) throws Exception {
    var file = Files.writeString(directory.resolve("a.yaml"), """
        token:
          hmac-secret: '%s'
          audience: chat
          issuer: https://id.example.com
        """.formatted(SECRET));
    try (var node = node("token.audience", "chat", "token.issuer", "https://id.example.com")) {
      var claims = claims(node, TokenCommand.run(file, Map.of(), List.of("--user", "alice")));
      assertEquals("alice", claims.user());
      assertEquals(0, claims.expireAt());
    }
  }

  @Test
  void aNodeLetsInWhoShowsIt() throws Exception {
    try (var node = TestNode.start(
        "access.anonymous", "false", "token.hmac-secret", SECRET);
        var alice = Browser.open(
            node.port(), "token=" + run("--user", "alice", "--ttl", "1h"));
        var other = Browser.open(node.port(),
            "token=" + run("--user", "alice", "--secret", SECRET.replace('0', 'x')))) {
      alice.say("{\"whoami\":true}")
          .hears("{\"you\":\"alice\",\"node\":\"n1\",\"rooms\":[\"lobby\"]}");
      other.isClosedWith(3500);
    }
  }

  @Test
  void itEndsIfItIsToldTo() throws Exception {
    try (var node = node()) {
      long before = Instant.now().getEpochSecond() + 3_600;
      var claims = claims(node, run("--user=alice", "--ttl", "1h"));
      assertTrue(claims.expireAt() >= before && claims.expireAt() <= before + 60,
          claims::toString);
    }
  }

  @Test
  void aTokenForAChannelIsForThatAlone() throws Exception {
    try (var node = node()) {
      var token = run("--user", "alice", "--channel", "room:x");
      node.checkConnection(token, check -> assertInstanceOf(TokenCheck.Invalid.class, check));
      var answer = new CompletableFuture<TokenCheck<SubscriptionClaims>>();
      node.checkSubscription(token, answer::complete);
      var valid = assertInstanceOf(TokenCheck.Valid.class, answer.getNow(null));
      assertEquals("room:x",
          assertInstanceOf(SubscriptionClaims.class, valid.claims()).channel());
    }
  }

  @Test
  void aSecretOfItsOwnGoesBeforeTheNodes() throws Exception {
    var other = SECRET.replace('0', 'x');
    try (var node = node("token.hmac-secret", other)) {
      assertEquals("", claims(node, run("--user", "", "--secret", other)).user());
    }
  }

  @Test
  void withoutASecretItSaysWhereOneIsExpected() {
    var failure = assertThrows(IllegalArgumentException.class,
        () -> TokenCommand.run(null, Map.of(), List.of("--user", "alice")));
    assertEquals("token: no secret to sign with (expected: token.hmac-secret in the settings of the"
        + " node, by --config FILE or PARLEY_TOKEN_HMAC_SECRET; or --secret SECRET)",
        failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--user", "--user a --user b", "--user a --ttl 1", "--user a --ttl x",
      "--user a --channel=", "--user a --secret short-s3cret"})
  void flagsThatCannotBeUsedAreNamed(String flags) {
    var failure = assertThrows(IllegalArgumentException.class,
        () -> run(flags.isEmpty() ? new String[0] : flags.split(" ", -1)));
    var message = String.valueOf(failure.getMessage());
    assertTrue(message.startsWith("token: ") && message.contains("(expected: "), message);
    assertFalse(message.contains("s3cret"), message);
  }
}
