package io.parley.outside.centrifuge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.TestNode;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How a client gets in, and what ends it.
@Timeout(60)
class ConnectTest {
  private static final TestNode NODE = TestNode.start();

  @AfterAll
  static void stop() {
    NODE.close();
  }

  private static SdkClient open() {
    return SdkClient.open(NODE.port());
  }

  @Test
  void theAnswerSaysWhoOneIsAndHasTheInbox() {
    try (var alice = open()) {
      alice.asks("connect", "{\"data\":{\"user\":\"alice\"},\"name\":\"js\",\"version\":\"5\"}",
          "\"connect\":{\"client\":\"CLIENT\",\"version\":\"0.0.0 PARLEY\","
              + "\"subs\":{\"inbox:#alice\":{\"recoverable\":true,\"positioned\":true,"
              + "\"epoch\":\"EPOCH\"}},\"ping\":25,\"pong\":true}");
      alice.asks("rpc", "{\"method\":\"whoami\"}",
          "\"rpc\":{\"data\":{\"user\":\"alice\",\"client\":\"CLIENT\",\"node\":\"n1\"}}");
    }
  }

  @Test
  void withoutANameOneIsAGuest() {
    try (var guest = open()) {
      guest.ask("connect", "{}");
      var who = guest.ask("rpc", "{\"method\":\"whoami\"}");
      assertTrue(who.contains("\"user\":\"guest-"), who);
    }
  }

  @Test
  void aFrameMayHoldConnectAndWhatFollowsIt() {
    try (var alice = open()) {
      alice.say("""
          {"id":1,"connect":{"data":{"user":"al"}}}
          {"id":2,"subscribe":{"channel":"room:c1"}}
          {"id":3,"publish":{"channel":"room:c1","data":1}}
          """);
      assertTrue(alice.reply(1).contains("\"connect\""));
      // To subscribe may take longer than to publish.
      var rest = Stream.generate(alice::line).filter(line -> line.startsWith("{\"id\""))
          .limit(2).sorted().toList();
      assertTrue(rest.getFirst().startsWith("{\"id\":2,\"subscribe\""), rest::toString);
      assertEquals("{\"id\":3,\"publish\":{}}", rest.getLast());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "{", "[]", "1", "null", "\"connect\"", "{\"id\":1}",
      "{\"id\":1,\"nope\":{}}", "{\"id\":1,\"subscribe\":{\"channel\":\"room:a\"}}", "{}",
      "{\"id\":-1,\"connect\":{}}", "{\"id\":4294967296,\"connect\":{}}",
      "{\"id\":\"1\",\"connect\":{}}", "{\"id\":1,\"connect\":[]}", "{\"id\":1,\"connect\":1}",
      "{\"id\":1,\"connect\":{\"token\":1}}", "{\"id\":1,\"connect\":{\"subs\":[]}}",
      "{\"id\":1,\"connect\":{}} {}", "{\"id\":1,\"connect\":{\"data\":}}",
      "{\"id\":1,\"connect\":{\"data\":{\"user\":\"a:b\"}}}"})
  void whatIsNoConnectClosesWithBadRequest(String frame) {
    try (var client = open()) {
      client.say(frame).isClosedWith(3501);
    }
  }

  @Test
  void aTokenThatNobodyHereCanCheckIsInvalid() {
    try (var client = open()) {
      client.say("{\"id\":1,\"connect\":{\"token\":\"a.b.c\"}}").isClosedWith(3500);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"id\":7,\"connect\":{}}", "{\"id\":7}", "{\"id\":7,\"nope\":{}}",
      "{\"id\":7,\"subscribe\":{}}", "{\"id\":7,\"unsubscribe\":{}}", "x", "{\"id\":7,\"publish\""
          + ":{\"channel\":\"room:a\"}}",
      "{\"id\":7,\"refresh\":{}}",
      "{\"id\":7,\"subscribe\":{\"channel\":\"room:a\",\"delta\":\"x\"}}",
      "{\"id\":7,\"subscribe\":{\"channel\":\"room:a\",\"offset\":-1}}",
      "{\"id\":7,\"history\":{\"channel\":\"room:a\",\"limit\":1e3}}"})
  void whatIsAgainstTheProtocolClosesWithBadRequest(String frame) {
    try (var client = SdkClient.connected(NODE.port(), "carl")) {
      client.say(frame).isClosedWith(3501);
    }
  }

  @Test
  void whatNobodyReadsIsNotAvailable() {
    try (var client = SdkClient.connected(NODE.port(), "carl")) {
      client.isRefused("ping", "{}", 108);
      client.isRefused("rpc", "{\"method\":\"nope\"}", 104);
      client.say("{\"send\":{\"data\":1}}").isClosedWith(3508);
    }
  }

  @Test
  void whoeverSaysNothingIsStale() {
    try (var node = TestNode.start("limits.auth-timeout", "1s");
        var silent = SdkClient.open(node.port())) {
      silent.isClosedWith(3502);
    }
  }

  @Test
  void whereTokensAreNeededNoneIsABadRequest() {
    try (var node = TestNode.start("access.anonymous", "false",
        "token.hmac-secret", "0123456789abcdef0123456789abcdef");
        var client = SdkClient.open(node.port())) {
      client.say("{\"id\":1,\"connect\":{}}").isClosedWith(3501);
    }
  }

  @Test
  void aPingIntervalIsToldInWholeSecondsAtLeastOne() {
    try (var node = TestNode.start(
        "limits.ping-interval", "200ms", "limits.pong-timeout", "100ms");
        var client = SdkClient.open(node.port())) {
      var reply = client.ask("connect", "{}");
      assertTrue(reply.endsWith(",\"ping\":1,\"pong\":true}}"), reply);
    }
  }

  @Test
  void pingsAreOfTheProtocolAndWhoeverAnswersStays() {
    try (var node = TestNode.start(
        "limits.ping-interval", "1s", "limits.pong-timeout", "1s")) {
      try (var client = SdkClient.connected(node.port(), "pat");
          var mute = SdkClient.connected(node.port(), "max")) {
        for (int i = 0; i < 3; i++) {
          assertEquals("{}", client.push());
          client.say("{}");
        }
        mute.isClosedWith(3012);
        assertEquals("{}", client.push());
      }
    }
  }
}
