package io.parley.outside.centrifuge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.auth.token.Issuer;
import io.parley.outside.TestNode;
import io.parley.redis.LogLines;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What tokens open, and what stays closed without them.
@Timeout(60)
class TokensTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final Issuer APP = Issuer.withSecret("HS256", SECRET);
  private static final TestNode NODE = TestNode.start(
      "token.hmac-secret", SECRET, "limits.rooms-per-connection", "3");

  @AfterAll
  static void stop() {
    NODE.close();
  }

  /// One who shows a token; what it is answered isn't read.
  private static SdkClient showing(String claims) {
    return SdkClient.open(NODE.port())
        .say("{\"id\":1,\"connect\":{\"token\":\"" + APP.token(claims) + "\"}}");
  }

  /// One who is let in by a token.
  private static SdkClient connected(String claims) {
    var client = SdkClient.open(NODE.port());
    var reply = client.ask("connect", "{\"token\":\"" + APP.token(claims) + "\"}");
    assertTrue(reply.startsWith("{\"id\":1,\"connect\":{"), reply);
    return client;
  }

  private static String subscription(String user, String channel) {
    return "{\"channel\":\"" + channel + "\",\"token\":\"" + APP.token("{\"sub\":\"" + user
        + "\",\"channel\":\"" + channel + "\"}") + "\"}";
  }

  private static void subscribes(SdkClient client, String user, String channel) {
    var reply = client.ask("subscribe", subscription(user, channel));
    assertTrue(reply.contains("\"subscribe\":{"), reply);
  }

  @Test
  void aPrivateChannelIsClosedToThoseWhoAreNotInIt() {
    var secret = "{\"channel\":\"$room:secret\"}";
    try (var carl = connected("{\"sub\":\"carl\"}"); var bob = connected("{\"sub\":\"bob\"}")) {
      subscribes(carl, "carl", "$room:secret");
      carl.asks("publish", "{\"channel\":\"$room:secret\",\"data\":1}", "\"publish\":{}");
      bob.isRefused("subscribe", secret, 103);
      bob.isRefused("publish", "{\"channel\":\"$room:secret\",\"data\":1}", 103);
      bob.isRefused("rpc", "{\"method\":\"publish\",\"data\":{\"channel\":\"$room:secret\","
          + "\"data\":1,\"id\":1}}", 103);
      bob.isRefused("history", "{\"channel\":\"$room:secret\",\"limit\":9}", 103);
      bob.isRefused("presence", secret, 103);
      bob.isRefused("presence_stats", secret, 103);
      bob.isRefused("history", "{\"channel\":\"$nope:secret\",\"limit\":9}", 102);
      assertTrue(carl.ask("history", "{\"channel\":\"$room:secret\",\"limit\":9}")
          .contains("\"publications\":[{\"data\":1,"));
      carl.asks("presence_stats", secret,
          "\"presence_stats\":{\"num_clients\":1,\"num_users\":1}");
      carl.asks("unsubscribe", secret, "\"unsubscribe\":{}");
      carl.isRefused("history", "{\"channel\":\"$room:secret\",\"limit\":9}", 103);
      carl.isRefused("publish", "{\"channel\":\"$room:secret\",\"data\":1}", 103);
    }
  }

  @Test
  void aChannelThatIsCalledDataIsSubscribedToAndGoneOnInAsAnyOther() {
    try (var node = TestNode.start("token.hmac-secret", SECRET,
        "namespaces.default.history-size", "10", "namespaces.default.history-ttl", "60s",
        "namespaces.default.resume", "true");
        var alice = SdkClient.open(node.port())) {
      alice.say("{\"id\":1,\"connect\":{\"token\":\""
          + APP.token("{\"sub\":\"alice\",\"channels\":[\"data\"]}")
          + "\",\"subs\":{\"data\":{\"recover\":true,\"offset\":0}}}}");
      var reply = alice.reply(1);
      assertTrue(reply.contains("\"data\":{\"recoverable\":true,\"positioned\":true,"
          + "\"epoch\":\"EPOCH\",\"recovered\":true,\"was_recovering\":true}"), reply);
      alice.asks("unsubscribe", "{\"channel\":\"data\",\"data\":{\"x\":[]}}",
          "\"unsubscribe\":{}");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "\"new\":123456789012345678901234567890", "\"new\":{\"n\":-99999999999999999999}",
      "\"new\":[99999999999999999999]", "\"tags\":{\"data\":1e999}"})
  void whatIsNotKnownIsPassedOverHoweverGreatItIs(String member) {
    try (var alice = connected("{\"sub\":\"alice\"}")) {
      alice.asks("history", "{\"channel\":\"room:great\"," + member + "}",
          "\"history\":{\"epoch\":\"EPOCH\"}");
      alice.say("{\"id\":9,\"history\":{\"channel\":\"room:great\","
          + "\"limit\":99999999999999999999}}").isClosedWith(3501);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"auth0|5f", "a b", "#1,2:{x}", "\u00e9\ud83d\ude00"})
  void whoeverHasATokenCanBeWrittenTo(String user) {
    var name = user + "x".repeat(255 - user.getBytes(StandardCharsets.UTF_8).length);
    try (var alice = connected("{\"sub\":\"alice\"}");
        var bob = connected("{\"sub\":\"" + name + "\"}")) {
      alice.ask("rpc",
          "{\"method\":\"direct\",\"data\":{\"to\":\"" + name + "\",\"data\":{\"a\":1}}}");
      var push = bob.push();
      assertTrue(push.contains("\"pub\":{\"data\":{\"to\":\"" + name + "\",\"a\":1}"), push);
    }
  }

  @Test
  void aClaimedNameIsAUserToTokensAndAGuestIsNone() {
    try (var alice = SdkClient.connected(NODE.port(), "alice")) {
      subscribes(alice, "alice", "$room:claimed");
      alice.asks("sub_refresh", subscription("alice", "$room:claimed"), "\"sub_refresh\":{}");
      assertTrue(alice.ask("refresh", "{\"token\":\"" + APP.token("{\"sub\":\"alice\"}") + "\"}")
          .contains("\"refresh\":{\"client\":\"CLIENT\""));
    }
    try (var bob = SdkClient.connected(NODE.port(), "bob");
        var carl = SdkClient.connected(NODE.port(), "carl");
        var guest = SdkClient.open(NODE.port());
        var other = connected("{\"sub\":\"\"}")) {
      bob.say("{\"id\":5,\"subscribe\":" + subscription("alice", "$room:claimed") + "}")
          .isClosedWith(3500);
      carl.say("{\"id\":5,\"subscribe\":" + subscription("", "$room:claimed") + "}")
          .isClosedWith(3500);
      guest.ask("connect", "{}");
      subscribes(guest, "", "$room:claimed");
      subscribes(other, "", "$room:claimed");
      var who = guest.ask("rpc", "{\"method\":\"whoami\"}");
      var name = who.replaceAll(".*\"user\":\"(guest-[0-9a-f]+)\".*", "$1");
      guest.say("{\"id\":5,\"subscribe\":" + subscription(name, "$room:own") + "}")
          .isClosedWith(3500);
    }
  }

  @Test
  void aTokenNamesNoMoreChannelsThanAConnectionMayHave() {
    var three = "\"channels\":[\"room:1\",\"room:2\",\"inbox:#alice\"],\"subs\":{\"room:3\":{}";
    double before = NODE.hits("limits.rooms-per-connection");
    try (var most = showing("{\"sub\":\"alice\"," + three + "}}");
        var more = showing("{\"sub\":\"alice\"," + three + ",\"room:4\":{}}}")) {
      assertTrue(most.reply(1).matches(".*\"inbox:#alice\".*\"room:3\":.*"));
      most.isRefused("subscribe", "{\"channel\":\"room:4\"}", 106);
      more.isClosedWith(3505);
    }
    assertEquals(before + 2, NODE.hits("limits.rooms-per-connection"));
  }

  @Test
  void aChannelThatCanNotBeIsLeftOutAndToldToTheOperator() {
    try (var log = new LogLines("io.parley.session.Session");
        var alice = showing(
            "{\"sub\":\"alice\",\"channels\":[\"nope:1\",\"room:a b\",\"room:1\"]}")) {
      var reply = alice.reply(1);
      assertTrue(reply.contains("\"room:1\":{"), reply);
      assertFalse(reply.contains("nope") || reply.contains("a b"), reply);
      assertEquals(1, log.linesWith("command refused: error 102 unknown channel, user alice")
          .size());
    }
  }

  @Test
  void whoseTokenIsOverIsToldAndDoesNothingMore() {
    try (var late = showing("{\"sub\":\"alice\",\"exp\":1}")) {
      assertEquals("{\"id\":1,\"error\":{\"code\":109,\"message\":\"token expired\"}}",
          late.line());
      late.say("{\"id\":2,\"subscribe\":{\"channel\":\"room:1\"}}").isClosedWith(3501);
    }
  }
}
