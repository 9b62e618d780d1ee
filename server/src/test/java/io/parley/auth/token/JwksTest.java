package io.parley.auth.token;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.redis.LogLines;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys that an identity provider publishes, over a real HTTP server.
@Timeout(60)
class JwksTest {
  private static final String ALICE = "{\"sub\":\"alice\"}";
  private static final Issuer FIRST = Issuer.withNewKeys("RS256").as("k1", "RS256");
  private static final Issuer SECOND = Issuer.withNewKeys("ES256").as("k2", "ES256");
  private static final Issuer THIRD = Issuer.withNewKeys("EdDSA").as("k3", "EdDSA");

  /// A node that may ask at once, whenever it wants to.
  private static Checks eager(KeyServer server, String... changes) {
    return node(server, "10ms", changes);
  }

  private static Checks node(KeyServer server, String pause, String... changes) {
    var all = new ArrayList<>(List.of("jwks-url", server.url(), "jwks-pause", pause));
    all.addAll(List.of(changes));
    return Checks.with(all.toArray(String[]::new));
  }

  private static void isAlice(Checks node, Issuer issuer) {
    assertEquals("alice", node.claims(issuer.token(ALICE)).user());
  }

  private static double fetches(Checks node, String outcome) {
    return node.registry.get("parley.token.jwks.fetches").tag("outcome", outcome).counter()
        .count();
  }

  @Test
  void publishedKeysAreBelievedAndAskedForOnce() {
    try (var server = KeyServer.of(FIRST, SECOND, THIRD); var node = node(server, "10s")) {
      for (int i = 0; i < 10; i++) {
        isAlice(node, FIRST);
        isAlice(node, SECOND);
        isAlice(node, THIRD);
        isAlice(node, FIRST.as("k1", "PS512"));
        // A token needn't name its key.
        isAlice(node, THIRD.as(null, "Ed25519"));
      }
      assertEquals(1, server.asked());
      assertEquals(1, fetches(node, "loaded"));
      assertEquals("signature: by no key that is believed here",
          node.refused(Issuer.withNewKeys("ES256").as("k2", "ES256").token(ALICE)));
      assertTrue(node.refused(FIRST.as("k2", "RS256").token(ALICE)).startsWith("signature"));
    }
  }

  @Test
  void aSecretOfItsOwnNeedsNoKeysOfOthers() {
    try (var server = KeyServer.of(FIRST)) {
      server.hold();
      try (var node = node(server, "10s", "hmac-secret", Checks.SECRET)) {
        isAlice(node, Issuer.withSecret("HS256", Checks.SECRET));
        node.refused(Issuer.withSecret("HS256", Checks.SECRET + "x").token(ALICE));
      }
    }
  }

  @Test
  void aPublishedKeyIsNoSecret() {
    try (var server = KeyServer.of(FIRST); var node = node(server, "10s")) {
      isAlice(node, FIRST);
      assertTrue(node.refused(Issuer.withSecret("HS256", FIRST.pem()).as("k1", "HS256")
          .token(ALICE)).startsWith("algorithm"));
    }
  }

  @Test
  void aNewKeyIsAskedForWhenATokenNamesIt() {
    try (var server = KeyServer.of(FIRST); var node = eager(server)) {
      isAlice(node, FIRST);
      server.publish(FIRST, SECOND);
      await().until(() -> node.connection(
          SECOND.token(ALICE)) instanceof TokenCheck.Valid<ConnectionClaims>);
      isAlice(node, FIRST);
    }
  }

  @Test
  void madeUpNamesDoNotFloodTheProvider() {
    try (var server = KeyServer.of(FIRST); var node = node(server, "1h")) {
      isAlice(node, FIRST);
      for (int i = 0; i < 100; i++) {
        // It could be new: nobody knows before the provider may be asked again.
        assertInstanceOf(TokenCheck.Unavailable.class,
            node.connection(SECOND.as("made-up-" + i, "ES256").token(ALICE)));
      }
      assertEquals(1, server.asked());
      isAlice(node, FIRST);
    }
  }

  @Test
  void aNameThatTheProviderDoesNotKnowIsRefusedOnceItWasAsked() {
    try (var server = KeyServer.of(FIRST); var node = eager(server)) {
      isAlice(node, FIRST);
      await().until(() -> node.connection(
          SECOND.token(ALICE)) instanceof TokenCheck.Invalid<ConnectionClaims>);
    }
  }

  @Test
  void aWithdrawnKeyIsBelievedNoLongerThanTwiceTheRefresh() {
    try (var server = KeyServer.of(FIRST, SECOND);
        var node = eager(server, "jwks-refresh", "100ms")) {
      isAlice(node, FIRST);
      server.publish(SECOND);
      await().until(() -> node.connection(
          FIRST.token(ALICE)) instanceof TokenCheck.Invalid<ConnectionClaims>);
      isAlice(node, SECOND);
    }
  }

  @Test
  void oldKeysStayWhileTheEndpointIsAwayAndTheLogSaysSoOnce() {
    try (var log = new LogLines(JwksEndpoint.class.getName());
        var server = KeyServer.of(FIRST);
        var node = eager(server, "jwks-refresh", "100ms")) {
      isAlice(node, FIRST);
      server.answer(503, "");
      await().until(() -> {
        isAlice(node, FIRST);
        return fetches(node, "failed") >= 3;
      });
      assertInstanceOf(TokenCheck.Unavailable.class, node.connection(SECOND.token(ALICE)));
      assertEquals(List.of("token.jwks-url: IOException: status 503 (expected: 200);"
          + " the keys from before stay"), log.warnings());
      server.publish(SECOND);
      await().until(() -> node.connection(
          SECOND.token(ALICE)) instanceof TokenCheck.Valid<ConnectionClaims>);
      assertEquals(List.of("token.jwks-url: 1 keys are here again"), log.news());
    }
  }

  @Test
  void whileThereAreNoKeysNobodyIsToldThatHisTokenIsBad() {
    try (var server = KeyServer.of(FIRST)) {
      server.answer(500, "");
      try (var node = eager(server)) {
        assertInstanceOf(TokenCheck.Unavailable.class, node.connection(FIRST.token(ALICE)));
        server.publish(FIRST);
        await().until(() -> node.connection(
            FIRST.token(ALICE)) instanceof TokenCheck.Valid<ConnectionClaims>);
      }
    }
  }

  @Test
  void anEndpointThatIsNotThereAtAllIsAway() {
    var server = KeyServer.of(FIRST);
    try (var node = eager(server)) {
      isAlice(node, FIRST);
      server.close();
      assertInstanceOf(TokenCheck.Unavailable.class, node.connection(SECOND.token(ALICE)));
      isAlice(node, FIRST);
    }
  }

  @Test
  void tokensWaitForASlowEndpointOneFetchForAll() {
    try (var server = KeyServer.of(FIRST)) {
      server.hold();
      try (var node = node(server, "10s", "jwks-timeout", "30s")) {
        var answers = new ArrayList<CompletableFuture<TokenCheck<ConnectionClaims>>>();
        for (int i = 0; i < 50; i++) {
          var answer = new CompletableFuture<TokenCheck<ConnectionClaims>>();
          node.tokens.checkConnection(FIRST.token(ALICE), answer::complete);
          answers.add(answer);
        }
        assertFalse(answers.stream().anyMatch(CompletableFuture::isDone));
        server.release();
        for (var answer : answers) {
          assertInstanceOf(TokenCheck.Valid.class, answer.orTimeout(10, TimeUnit.SECONDS).join());
        }
        assertEquals(1, server.asked());
      }
    }
  }

  @Test
  void anEndpointThatIsTooSlowIsAway() {
    try (var server = KeyServer.of(FIRST)) {
      server.hold();
      try (var node = node(server, "1h", "jwks-timeout", "50ms")) {
        assertInstanceOf(TokenCheck.Unavailable.class, node.connection(FIRST.token(ALICE)));
        hit(node, "token.jwks-timeout");
      }
    }
  }

  @Test
  void anAnswerThatIsTooLongIsNone() {
    try (var server = KeyServer.of(FIRST)) {
      server.answer(200, "{\"keys\":[]," + "\"x\":1,".repeat(1_000) + "\"y\":2}");
      try (var node = node(server, "1h", "jwks-bytes", "1KiB")) {
        assertInstanceOf(TokenCheck.Unavailable.class, node.connection(FIRST.token(ALICE)));
        await().until(() -> fetches(node, "failed") == 1);
        hit(node, "token.jwks-bytes");
      }
    }
  }

  private static void hit(Checks node, String limit) {
    assertEquals(1, node.registry.get("parley.limit.hits").tag("limit", limit).counter().count(),
        limit);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[]}", "{\"keys\":[1]}",
      "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
      "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}",
      "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}]}",
      "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}", "<html>"})
  void whatIsNoSetOfKeysIsNone(String answer) {
    try (var server = KeyServer.of(FIRST)) {
      server.answer(200, answer);
      try (var node = node(server, "1h")) {
        assertInstanceOf(TokenCheck.Unavailable.class, node.connection(FIRST.token(ALICE)));
        await().until(() -> fetches(node, "failed") == 1);
      }
    }
  }

  @Test
  void keysThatAreForOtherThingsAreLeftOut() {
    try (var server = KeyServer.of(FIRST)) {
      var rsa = FIRST.jwk().toJSONString();
      var more = ",\"use\":\"enc\"}";
      server.answer(200, "{\"keys\":[" + rsa.substring(0, rsa.length() - 1) + more + ","
          + "{\"kty\":\"new\",\"kid\":\"x\"}," + SECOND.jwk().toJSONString() + "]}");
      try (var node = eager(server)) {
        isAlice(node, SECOND);
        await().until(() -> node.connection(
            FIRST.token(ALICE)) instanceof TokenCheck.Invalid<ConnectionClaims>);
      }
      server.answer(200, "{\"keys\":[" + rsa.substring(0, rsa.length() - 1)
          + ",\"use\":\"sig\",\"alg\":\"RS256\"}]}");
      try (var node = node(server, "1h")) {
        isAlice(node, FIRST);
        node.refused(FIRST.as("k1", "RS512").token(ALICE));
      }
    }
  }
}
