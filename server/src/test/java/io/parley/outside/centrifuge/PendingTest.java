package io.parley.outside.centrifuge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.auth.token.Issuer;
import io.parley.auth.token.KeyServer;
import io.parley.outside.TestNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a client does while a token of its is being checked, which takes as long as fetching keys.
@Timeout(60)
class PendingTest {
  private static final String CHANNEL = "{\"channel\":\"$room:p\"}";

  @Test
  void whoLeavesBeforeHeIsSubscribedIsNotSubscribed() {
    var app = Issuer.withNewKeys("ES256").as("k", "ES256");
    var token = app.token("{\"sub\":\"alice\",\"channel\":\"$room:p\"}");
    var subscribe = "\"subscribe\":{\"channel\":\"$room:p\",\"token\":\"" + token + "\"}}";
    try (var keys = KeyServer.of(app)) {
      keys.hold();
      try (var node = TestNode.start(
          "token.jwks-url", keys.url(), "token.jwks-timeout", "30s");
          var alice = SdkClient.connected(node.port(), "alice")) {
        alice.say("{\"id\":11," + subscribe);
        alice.isRefused("subscribe", CHANNEL, 105);
        alice.say("{\"id\":12,\"unsubscribe\":" + CHANNEL + "}");
        assertTrue(alice.reply(11).contains("\"error\":{\"code\":103,"));
        assertTrue(alice.reply(12).endsWith("\"unsubscribe\":{}}"));
        alice.isRefused("publish", "{\"channel\":\"$room:p\",\"data\":1}", 103);
        keys.release();
        // Answered once its own token is checked, which is after the first one.
        alice.say("{\"id\":13," + subscribe);
        assertTrue(alice.reply(13).contains("\"subscribe\":{"));
        alice.asks("publish", "{\"channel\":\"$room:p\",\"data\":1}", "\"publish\":{}");
      }
    }
  }

  @Test
  void aPongWhileItIsConnectingIsNothing() {
    var app = Issuer.withNewKeys("ES256").as("k", "ES256");
    try (var keys = KeyServer.of(app)) {
      keys.hold();
      try (var node = TestNode.start(
          "token.jwks-url", keys.url(), "token.jwks-timeout", "30s");
          var alice = SdkClient.open(node.port())) {
        alice.say("{\"id\":1,\"connect\":{\"token\":\"" + app.token("{\"sub\":\"alice\"}")
            + "\"}}\n{}\n{}\n{\"id\":2,\"rpc\":{\"method\":\"whoami\"}}");
        keys.release();
        assertTrue(alice.reply(1).contains("\"connect\":{"));
        assertTrue(alice.reply(2).contains("\"user\":\"alice\""));
      }
    }
  }

  @Test
  void pongsThatNobodyAskedForAreAFlood() {
    try (var node = TestNode.start("limits.pings-per-second", "10");
        var few = SdkClient.connected(node.port(), "few");
        var many = SdkClient.connected(node.port(), "many")) {
      few.say("{}\n{}\n{}");
      few.asks("unsubscribe", CHANNEL, "\"unsubscribe\":{}");
      many.say("{}\n".repeat(100)).isClosedWith(1008);
    }
  }
}
