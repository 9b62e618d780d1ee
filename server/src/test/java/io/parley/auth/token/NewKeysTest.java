package io.parley.auth.token;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Keys that a provider publishes while a node runs, where names don't tell them apart.
@Timeout(60)
class NewKeysTest {
  private static final String ALICE = "{\"sub\":\"alice\"}";
  private static final Issuer NAMELESS = Issuer.withNewKeys("ES256");
  private static final Issuer NEW = Issuer.withNewKeys("ES256");

  private static Checks node(KeyServer server, String pause) {
    return Checks.with("jwks-url", server.url(), "jwks-pause", pause);
  }

  private static void isAlice(Checks node, Issuer issuer) {
    assertEquals("alice", node.claims(issuer.token(ALICE)).user());
  }

  @Test
  void aTokenByANewKeyIsNeverCalledInvalid() {
    for (var old : List.of(NAMELESS, NAMELESS.as("old", "ES256"))) {
      for (var fresh : List.of(NEW, NEW.as("new", "ES256"), Issuer.withNewKeys("EdDSA"))) {
        try (var server = KeyServer.of(old); var node = node(server, "300ms")) {
          isAlice(node, old);
          server.publish(old, fresh);
          await().until(() -> switch (node.connection(fresh.token(ALICE))) {
            case TokenCheck.Valid<ConnectionClaims> _ -> true;
            case TokenCheck.Unavailable<ConnectionClaims> _ -> false;
            case TokenCheck<ConnectionClaims> bad -> throw new AssertionError(bad);
          });
          isAlice(node, fresh);
          assertEquals(2, server.asked());
        }
      }
    }
  }

  @Test
  void badSignaturesDoNotFloodTheProvider() {
    try (var server = KeyServer.of(NAMELESS); var node = node(server, "1h")) {
      isAlice(node, NAMELESS);
      for (var id : List.of("x", "y", "z")) {
        assertInstanceOf(TokenCheck.Unavailable.class, node.connection(NEW.token(ALICE)));
        assertInstanceOf(
            TokenCheck.Unavailable.class, node.connection(NEW.as(id, "ES256").token(ALICE)));
      }
      assertEquals(1, server.asked());
      isAlice(node, NAMELESS);
    }
  }

  @Test
  void onceTheProviderWasAskedABadSignatureIsBad() {
    try (var server = KeyServer.of(NAMELESS); var node = node(server, "10ms")) {
      isAlice(node, NAMELESS);
      await().until(() -> node.connection(
          NEW.token(ALICE)) instanceof TokenCheck.Invalid<ConnectionClaims>);
      server.answer(500, "");
      await().until(() -> node.connection(
          NEW.token(ALICE)) instanceof TokenCheck.Unavailable<ConnectionClaims>);
      isAlice(node, NAMELESS);
    }
  }

  @Test
  void whereAKeyHasTheVeryNameABadSignatureIsBadAtOnce() {
    var named = Issuer.withNewKeys("ES256").as("k", "ES256");
    try (var server = KeyServer.of(NAMELESS, named); var node = node(server, "1h")) {
      isAlice(node, named);
      // Another key may have been published under no name, and that is worth a try, but no wait.
      isAlice(node, NAMELESS.as("k", "ES256"));
      node.refused(NEW.as("k", "ES256").token(ALICE));
      node.refused(Issuer.withNewKeys("RS256").as("k", "RS256").token(ALICE));
      assertEquals(1, server.asked());
    }
  }
}
