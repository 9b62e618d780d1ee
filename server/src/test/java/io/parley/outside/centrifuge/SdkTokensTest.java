package io.parley.outside.centrifuge;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.auth.token.Issuer;
import io.parley.auth.token.KeyServer;
import io.parley.outside.TestNode;
import io.parley.wire.centrifuge.protobuf.Messages.Command;
import io.parley.wire.centrifuge.protobuf.Messages.ConnectRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tokens on the centrifuge protocol: who gets in by them, for how long, and into what.
@Timeout(60)
class SdkTokensTest {
  private static final String SECRET = "0123456789abcdef".repeat(4);
  private static final String OLD_SECRET = SECRET.replace('0', 'x');
  private static final Issuer APP = Issuer.withSecret("HS256", SECRET);
  private static final String ALICE = "{\"sub\":\"alice\",\"aud\":\"chat\",\"iss\":\"app\"}";

  @Test
  void aNodeEndsThoughTokensWaitForKeys() {
    var app = Issuer.withNewKeys("ES256");
    try (var keys = KeyServer.of(app)) {
      keys.hold();
      var node = TestNode.start("token.jwks-url", keys.url(), "token.jwks-timeout", "30s");
      try (var alice = SdkClient.open(node.port())) {
        alice.say("{\"id\":1,\"connect\":{\"token\":\"" + app.token(ALICE) + "\"}}");
        // Who comes behind her is let in, so she has been heard.
        SdkClient.connected(node.port(), "bob").close();
        assertDoesNotThrow(node::close);
      } finally {
        keys.release();
      }
    }
  }

  /// A node whose tokens end when they say so.
  private static TestNode strict(String... changes) {
    var all = new ArrayList<>(List.of("access.anonymous", "false", "token.hmac-secret", SECRET,
        "token.grace", "0s", "token.leeway", "0s"));
    all.addAll(List.of(changes));
    return TestNode.start(all.toArray(String[]::new));
  }

  private static long now() {
    return Instant.now().getEpochSecond();
  }

  private static String shown(String token) {
    return "{\"token\":\"" + token + "\"}";
  }

  private static SdkClient connected(TestNode node, String claims) {
    var client = SdkClient.open(node.port());
    isIn(client.ask("connect", shown(APP.token(claims))));
    return client;
  }

  private static void isIn(String reply) {
    assertTrue(reply.contains("\"inbox:#alice\":{"), reply);
  }

  private static String forChannel(String user, String channel, long end) {
    return APP.token("{\"sub\":\"" + user + "\",\"channel\":\"" + channel + "\",\"exp\":" + end
        + "}");
  }

  private static String in(String channel, String token) {
    return "{\"channel\":\"" + channel + "\",\"token\":\"" + token + "\"}";
  }

  @Test
  void whateverKeySignsATokenItLetsIn(@TempDir Path directory) {
    var rsa = Issuer.withNewKeys("RS256");
    var ec = Issuer.withNewKeys("ES256");
    var ed = Issuer.withNewKeys("EdDSA");
    try (var node = TestNode.start("access.anonymous", "false", "token.hmac-secret", SECRET,
        "token.hmac-secret-previous", OLD_SECRET, "token.audience", "chat",
        "token.issuer", "app", "token.leeway", "60s", "token.public-keys",
        rsa.pemIn(directory) + "," + ec.pemIn(directory) + "," + ed.pemIn(directory))) {
      for (var app : List.of(APP, Issuer.withSecret("HS384", SECRET),
          Issuer.withSecret("HS512", SECRET), Issuer.withSecret("HS256", OLD_SECRET), rsa,
          rsa.as(null, "PS256"), ec, ed)) {
        try (var json = SdkClient.open(node.port());
            var protobuf = ProtobufClient.open(node.port())) {
          isIn(json.ask("connect", shown(app.token(ALICE))));
          assertTrue(protobuf.ask(Command.newBuilder().setConnect(ConnectRequest.newBuilder()
              .setToken(app.token(ALICE)))).getConnect().containsSubs("inbox:#alice"));
        }
      }
      for (var bad : List.of("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.",
          "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.AA",
          Issuer.withSecret("HS256", OLD_SECRET + "y").token(ALICE),
          Issuer.withNewKeys("ES256").token(ALICE), Issuer.withSecret("HS256", ec.pem())
              .token(ALICE),
          APP.token("{\"sub\":\"alice\",\"iss\":\"app\"}"),
          APP.token(ALICE.replace("chat", "mail")), APP.token(ALICE.replace("app", "other")),
          APP.token(ALICE.replace("}", ",\"channel\":\"room:a\"}")),
          APP.token(ALICE.replace("}", ",\"nbf\":" + (now() + 600) + "}")))) {
        try (var json = SdkClient.open(node.port());
            var protobuf = ProtobufClient.open(node.port())) {
          json.say("{\"id\":1,\"connect\":" + shown(bad) + "}").isClosedWith(3500);
          protobuf.say(Command.newBuilder().setId(1).setConnect(
              ConnectRequest.newBuilder().setToken(bad)));
          protobuf.raw.isClosedAtLastWith(3500);
        }
      }
      try (var recent = SdkClient.open(node.port()); var old = SdkClient.open(node.port())) {
        isIn(recent.ask("connect",
            shown(APP.token(ALICE.replace("}", ",\"exp\":" + (now() - 5) + "}")))));
        old.isRefused("connect",
            shown(APP.token(ALICE.replace("}", ",\"exp\":" + (now() - 600) + "}"))), 109);
      }
    }
  }

  @Test
  void aConnectionLastsAsLongAsItsFreshestToken() {
    var alice = "{\"sub\":\"alice\"}";
    try (var node = strict();
        var ofOther = connected(node, alice);
        var tooLate = connected(node, alice);
        var forged = connected(node, alice);
        var lapses = connected(node, "{\"sub\":\"alice\",\"exp\":" + (now() + 2) + "}");
        var stays = connected(node, "{\"sub\":\"alice\",\"exp\":" + (now() + 2) + "}")) {
      var reply = stays.ask("refresh",
          shown(APP.token("{\"sub\":\"alice\",\"exp\":" + (now() + 600) + "}")));
      assertTrue(reply.contains("\"refresh\":{") && reply.contains("\"expires\":true"), reply);
      ofOther.say("{\"id\":2,\"refresh\":" + shown(APP.token("{\"sub\":\"bob\"}")) + "}")
          .isClosedWith(3500);
      tooLate.say("{\"id\":2,\"refresh\":" + shown(
          APP.token("{\"sub\":\"alice\",\"exp\":" + (now() - 1) + "}")) + "}").isClosedWith(3005);
      forged.say("{\"id\":2,\"refresh\":" + shown(
          Issuer.withSecret("HS256", OLD_SECRET).token(alice)) + "}").isClosedWith(3500);
      lapses.isClosedWith(3005);
      assertTrue(stays.ask("rpc", "{\"method\":\"whoami\"}").contains("\"user\":\"alice\""));
    }
  }

  @Test
  void aSubscriptionLastsAsLongAsItsFreshestToken() {
    var alice = "{\"sub\":\"alice\"}";
    try (var node = strict();
        var lapses = connected(node, alice);
        var stays = connected(node, alice);
        var ofOther = connected(node, alice);
        var elsewhere = connected(node, alice)) {
      long soon = now() + 3;
      for (var each : List.of(lapses, stays, ofOther, elsewhere)) {
        var reply = each.ask("subscribe", in("room:a", forChannel("alice", "room:a", soon)));
        assertTrue(reply.contains("\"subscribe\":{\"expires\":true"), reply);
      }
      stays.isRefused("sub_refresh", in("room:b", forChannel("alice", "room:b", soon)), 103);
      stays.isRefused("sub_refresh", in("room:a", "a.b.c"), 103);
      stays.isRefused("sub_refresh", in("room:a", APP.token(alice)), 103);
      stays.isRefused("sub_refresh", in("room:a", forChannel("alice", "room:a", 1)), 109);
      var reply = stays.ask("sub_refresh",
          in("room:a", forChannel("alice", "room:a", now() + 600)));
      assertTrue(reply.contains("\"sub_refresh\":{\"expires\":true"), reply);
      ofOther.say("{\"id\":9,\"sub_refresh\":" + in("room:a", forChannel("bob", "room:a", soon))
          + "}").isClosedWith(3500);
      elsewhere.say("{\"id\":9,\"sub_refresh\":"
          + in("room:a", forChannel("alice", "room:b", soon)) + "}").isClosedWith(3500);
      lapses.hears("room:a", "\"unsubscribe\":{\"code\":2501,\"reason\":\"expired\"}");
      stays.asks("publish", "{\"channel\":\"room:a\",\"data\":1}", "\"publish\":{}");
      assertTrue(stays.push().contains("\"pub\":{\"data\":1,"));
    }
  }

  @Test
  void whileTheKeysAreAwayClientsAreToTryAgain() {
    var app = Issuer.withNewKeys("ES256").as("k", "ES256");
    var keys = KeyServer.of(app);
    keys.close();
    try (var node = strict("token.jwks-url", keys.url());
        var away = SdkClient.open(node.port());
        var inside = connected(node, "{\"sub\":\"alice\"}")) {
      away.isRefused("connect", shown(app.token("{\"sub\":\"alice\"}")), 100);
      inside.isRefused("refresh", shown(app.token("{\"sub\":\"alice\"}")), 100);
      inside.isRefused("subscribe",
          in("room:a", app.token("{\"sub\":\"alice\",\"channel\":\"room:a\"}")), 100);
      inside.ask("subscribe", "{\"channel\":\"room:a\"}");
      inside.isRefused("sub_refresh",
          in("room:a", app.token("{\"sub\":\"alice\",\"channel\":\"room:a\"}")), 100);
    }
  }

  @Test
  void whoIsGoneFromAChannelWhileKeysAreFetchedIsNotSubscribed() {
    var app = Issuer.withNewKeys("ES256").as("k", "ES256");
    try (var keys = KeyServer.of(app)) {
      keys.hold();
      try (var node = strict("token.jwks-url", keys.url(), "token.jwks-timeout", "30s");
          var alice = connected(node, "{\"sub\":\"alice\"}")) {
        alice.ask("subscribe", "{\"channel\":\"room:a\"}");
        alice.say("{\"id\":8,\"sub_refresh\":" + in("room:a", app.token(
            "{\"sub\":\"alice\",\"channel\":\"room:a\",\"exp\":" + (now() + 600) + "}")) + "}");
        alice.say("{\"id\":9,\"unsubscribe\":{\"channel\":\"room:a\"}}");
        assertEquals("{\"id\":9,\"unsubscribe\":{}}", alice.reply(9));
        keys.release();
        assertTrue(alice.reply(8).contains("\"error\":{\"code\":103,"));
      }
    }
  }

  @Test
  void anotherUsersInboxIsOpenOnlyByTheWordOfTheApplication() {
    try (var node = strict();
        var bob = connectedAs(node, "bob");
        var alice = connected(node, "{\"sub\":\"alice\"}");
        var trusted = connected(node, "{\"sub\":\"alice\",\"channels\":[\"inbox:#bob\"]}");
        var asking = SdkClient.open(node.port())) {
      for (var more : List.of("", ",\"recover\":true", ",\"recover\":true,\"offset\":0")) {
        alice.isRefused("subscribe", "{\"channel\":\"inbox:#bob\"" + more + "}", 103);
      }
      // Nor can he name it among what he comes back to.
      var reply = asking.ask("connect", "{\"token\":\"" + APP.token("{\"sub\":\"alice\"}")
          + "\",\"subs\":{\"inbox:#bob\":{\"recover\":true,\"offset\":0}}}");
      isIn(reply);
      assertFalse(reply.contains("inbox:#bob"), reply);
      alice.ask("rpc",
          "{\"method\":\"direct\",\"data\":{\"to\":\"bob\",\"data\":\"secret\"}}");
      assertTrue(bob.push().contains("secret"));
      // A token is the application's word, whatever it names.
      assertTrue(trusted.push().contains("{\"channel\":\"inbox:#bob\",\"pub\":{"));
      assertTrue(alice.ask("subscribe",
          in("inbox:#bob", forChannel("alice", "inbox:#bob", now() + 600)))
          .contains("\"subscribe\":{"));
    }
  }

  private static SdkClient connectedAs(TestNode node, String user) {
    var client = SdkClient.open(node.port());
    var reply = client.ask("connect", shown(APP.token("{\"sub\":\"" + user + "\"}")));
    assertTrue(reply.contains("\"inbox:#" + user + "\":{"), reply);
    return client;
  }
}
