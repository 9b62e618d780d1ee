package io.parley.outside.centrifuge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.auth.token.Issuer;
import io.parley.outside.TestNode;
import io.parley.redis.LogLines;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A node for the SDKs' own test suites, on which everybody may do everything.
@Timeout(60)
class InsecureTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  private static TestNode insecure() {
    return TestNode.start("client.insecure", "true", "access.anonymous", "false",
        "token.hmac-secret", SECRET, "token.grace", "0s",
        "namespaces.default.history-size", "100", "namespaces.default.history-ttl", "300s",
        "namespaces.default.resume", "true", "namespaces.default.presence", "true",
        "namespaces.default.join-leave", "true");
  }

  @Test
  void anybodyMayDoAnythingWithoutAToken() {
    try (var node = insecure(); var client = SdkClient.open(node.port())) {
      assertTrue(client.ask("connect", "{}").contains("\"connect\""));
      for (var channel : new String[]{"test", "$test", "inbox:#bob", "me:#bob"}) {
        var reply = client.ask("subscribe", "{\"channel\":\"" + channel + "\"}");
        assertTrue(reply.contains("\"subscribe\":{\"recoverable\":true"), reply);
      }
      client.asks("publish", "{\"channel\":\"test\",\"data\":{}}", "\"publish\":{}");
      assertTrue(client.ask("history", "{\"channel\":\"test\",\"limit\":1}")
          .contains("\"publications\""));
      client.asks("presence_stats", "{\"channel\":\"test\"}",
          "\"presence_stats\":{\"num_clients\":1,\"num_users\":1}");
      client.isRefused("subscribe", "{\"channel\":\"nope:test\"}", 102);
      client.isRefused("rpc", "{\"method\":\"nope\"}", 108);
    }
  }

  @Test
  void tokensAreCheckedButNeverEnd() {
    var app = Issuer.withSecret("HS256", SECRET);
    try (var node = insecure();
        var old = SdkClient.open(node.port());
        var forged = SdkClient.open(node.port())) {
      var reply = old.ask("connect",
          "{\"token\":\"" + app.token("{\"sub\":\"alice\",\"exp\":1}") + "\"}");
      assertTrue(reply.contains("\"inbox:#alice\""), reply);
      forged.say("{\"id\":1,\"connect\":{\"token\":\""
          + Issuer.withSecret("HS256", "x".repeat(32)).token("{\"sub\":\"alice\"}") + "\"}}")
          .isClosedWith(3500);
    }
  }

  @Test
  void whoIsGoneIsGoneAtOnce() {
    try (var node = insecure(); var stays = SdkClient.open(node.port())) {
      stays.ask("connect", "{}");
      stays.ask("subscribe", "{\"channel\":\"test\"}");
      try (var goes = SdkClient.open(node.port())) {
        goes.ask("connect", "{}");
        goes.ask("subscribe", "{\"channel\":\"test\"}");
        assertTrue(stays.ask("presence_stats", "{\"channel\":\"test\"}").contains(":2,"));
      }
      Awaitility.await("gone, long before presence.leave-delay").atMost(Duration.ofSeconds(2))
          .until(() -> stays.ask("presence_stats", "{\"channel\":\"test\"}").contains(":1,"));
    }
  }

  @Test
  void itIsSaidLoudly() {
    try (var log = new LogLines("io.parley.Node"); var node = insecure()) {
      assertEquals("ready, INSECURE", node.health("/health/ready").body().strip());
      assertEquals(1, log.linesWith("INSECURE: client.insecure is set").size());
    }
  }
}
