package io.parley.auth.token;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.redis.LogLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys that can't be used, in a set with one that can (RFC 7517, section 5).
@Timeout(60)
class OddKeysTest {
  private static final String ALICE = "{\"sub\":\"alice\"}";
  private static final Issuer GOOD = Issuer.withNewKeys("ES256").as("good", "ES256");
  private static final String NUMBER = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
  private static final String RSA = Issuer.withNewKeys("RS256").as("odd", "RS256").jwk()
      .toJSONString();

  /// A set of this key and the good one.
  private static String set(String odd) {
    return "{\"keys\":[" + odd.replace('\'', '"').replace("NUMBER", NUMBER)
        .replace("{RSA,", RSA.substring(0, RSA.length() - 1) + ",") + ","
        + GOOD.jwk().toJSONString() + "]}";
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "{'kty':'EC','crv':'BP-256','x':'NUMBER','y':'NUMBER'}",
      "{'kty':'EC','crv':'P-256','x':'NUMBER','y':'NUMBER'}",
      "{'kty':'EC','crv':1,'x':'NUMBER','y':'NUMBER'}", "{'kty':'RSA','n':'NUMBER'}",
      "{RSA,'key_ops':['fly']}", "{RSA,'use':'sig','key_ops':['encrypt']}", "{RSA,'x5c':['AA']}",
      "{RSA,'x5c':1}", "{RSA,'exp':'x'}", "{'kty':'new'}", "{'kty':1}", "{}", "1", "null", "[]",
      "'x'"})
  void anOddKeyIsNoReasonToDoWithoutTheOthers(String odd) {
    try (var log = new LogLines(JwksEndpoint.class.getName()); var server = KeyServer.of()) {
      server.answer(200, set(odd));
      try (var node = Checks.with("jwks-url", server.url(), "jwks-pause", "10ms",
          "jwks-refresh", "100ms")) {
        await().until(() -> {
          assertEquals("alice", node.claims(GOOD.token(ALICE)).user());
          return server.asked() >= 3;
        });
        // However often the same is fetched.
        assertEquals(1, log.warnings().size(), () -> "" + log.warnings());
        var line = log.warnings().getFirst();
        assertTrue(line.startsWith("token.jwks-url: 1 of 2 keys left out: "), line);
        server.publish(GOOD);
        await().until(() -> {
          node.connection(GOOD.token(ALICE));
          return log.news().size() == 1;
        });
        assertEquals("token.jwks-url: no key is left out any more", log.news().getFirst());
      }
    }
  }

  @Test
  void aSetIsAnObjectWithAListOfKeysWhateverElseItHas() {
    try (var server = KeyServer.of()) {
      server.answer(200, "{\"x\":[1],\"keys\":[" + GOOD.jwk().toJSONString() + "],\"y\":null}");
      try (var node = Checks.with("jwks-url", server.url())) {
        assertEquals("alice", node.claims(GOOD.token(ALICE)).user());
      }
    }
  }
}
