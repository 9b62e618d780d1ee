package io.parley.outside.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.auth.token.Issuer;
import io.parley.outside.Browser;
import io.parley.outside.TestNode;
import io.parley.outside.TwoNodes;
import io.parley.outside.centrifuge.SdkClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a backend subscribes clients to, on whatever node they are, and what their tokens do.
@Timeout(60)
class SubscribingTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final Issuer APP = Issuer.withSecret("HS256", SECRET);
  private static final String PUSH = "\"subscribe\":{\"recoverable\":true,\"positioned\":true,"
      + "\"epoch\":\"EPOCH\"";

  private final TwoNodes nodes;
  private final TestNode near;
  private final TestNode far;
  private final Backend backend;

  SubscribingTest() throws IOException {
    nodes = new TwoNodes("api.keys", "backend=" + Backend.KEY, "token.hmac-secret", SECRET,
        "token.grace", "0s", "token.leeway", "0s");
    near = nodes.near;
    far = nodes.far;
    backend = Backend.of(near);
    backend.awaitNodes();
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  private void subscribe(String members) {
    assertEquals("{}",
        backend.result("subscribe", "{\"user\":\"bob\",\"channel\":\"room:a\"" + members + "}"));
  }

  private void publish(int number) {
    backend.result("publish", "{\"channel\":\"room:a\",\"data\":{\"n\":" + number + "}}");
  }

  private static String pub(int number, int offset) {
    return "\"pub\":{\"data\":{\"n\":" + number + "},\"offset\":" + offset + "}";
  }

  @Test
  void clientsOfAllNodesAreSubscribedAndToldBeforeWhatFollows() {
    try (var here = SdkClient.connected(near.port(), "bob");
        var there = SdkClient.connected(far.port(), "bob");
        var plain = far.browser("user=bob&room=b");
        var alice = far.browser("user=alice&room=b")) {
      subscribe(",\"data\":{\"why\":\"so\"},\"info\":[1]");
      plain.hears("{\"joined\":\"a\"}");
      for (var each : List.of(here, there)) {
        each.hears("room:a", PUSH + ",\"data\":{\"why\":\"so\"}}");
      }
      publish(1);
      for (var each : List.of(here, there)) {
        each.hears("room:a", pub(1, 1));
      }
      plain.hears("{\"n\":1,\"room\":\"a\"}");
      // Once more is nothing.
      subscribe("");
      here.isRefused("subscribe", "{\"channel\":\"room:a\"}", 105);
      there.asks("publish", "{\"channel\":\"room:a\",\"data\":2}", "\"publish\":{}");
      var said = "\"pub\":{\"data\":2,\"info\":{\"user\":\"bob\",\"client\":\"CLIENT\","
          + "\"chan_info\":[1]},\"offset\":2}";
      here.hears("room:a", said);
      there.hears("room:a", said);
      plain.hears("{\"data\":2,\"from\":\"bob\",\"room\":\"a\"}");
      assertTrue(backend.result("presence", "{\"channel\":\"room:a\"}")
          .contains("\"user\":\"bob\",\"chan_info\":[1]}"));

      backend.result("unsubscribe", "{\"user\":\"bob\",\"channel\":\"room:a\"}");
      for (var each : List.of(here, there)) {
        each.hears("room:a",
            "\"unsubscribe\":{\"code\":2000,\"reason\":\"server unsubscribe\"}");
      }
      plain.hears("{\"left\":\"a\"}");
      plain.hearsNothing();
      alice.hearsNothing();
    }
  }

  @Test
  void whatWasMissedSinceAPositionFollowsThePush() {
    try (var bob = SdkClient.connected(far.port(), "bob");
        var plain = far.browser("user=bob&room=b&as=json");
        var lost = SdkClient.connected(far.port(), "carl")) {
      publish(1);
      publish(2);
      publish(3);
      var epoch = backend.post("/api/history", "{\"channel\":\"room:a\"}", "X-API-Key",
          Backend.KEY).body().replaceAll(".*\"epoch\":\"([0-9a-f]{16})\".*", "$1");
      subscribe(",\"recover_since\":{\"offset\":1,\"epoch\":\"" + epoch + "\"}");
      bob.hears("room:a", PUSH + ",\"offset\":1}", pub(2, 2), pub(3, 3));
      plain.hears("{\"joined\":\"a\",\"recovered\":true}",
          "{\"n\":2,\"room\":\"a\"}", "{\"n\":3,\"room\":\"a\"}");
      backend.result("subscribe", "{\"user\":\"carl\",\"channel\":\"room:a\","
          + "\"recover_since\":{\"offset\":9,\"epoch\":\"" + epoch + "\"}}");
      lost.hears("room:a", PUSH + ",\"offset\":3}");
      publish(4);
      bob.hears("room:a", pub(4, 4));
      lost.hears("room:a", pub(4, 4));
    }
  }

  @Test
  void whatIsForATimeEnds() {
    try (var bob = SdkClient.connected(far.port(), "bob");
        var plain = near.browser("user=bob&room=b")) {
      subscribe(",\"expire_at\":" + (Instant.now().getEpochSecond() + 2));
      bob.hears("room:a", PUSH + "}");
      plain.hears("{\"joined\":\"a\"}", "{\"left\":\"a\"}");
      bob.isClosedWith(3006);
    }
  }

  @Test
  void whoIsHiddenIsNotThere() {
    try (var bob = SdkClient.connected(far.port(), "bob")) {
      subscribe(",\"override\":{\"presence\":{\"value\":false}}");
      bob.hears("room:a", PUSH + "}");
      try (var alice = near.browser("user=alice&room=a")) {
        Awaitility.await("alice").atMost(Duration.ofSeconds(10))
            .until(() -> backend.ask("presence_stats", "{\"channel\":\"room:a\"}")
                .equals("{\"result\":{\"num_clients\":1,\"num_users\":1}}"));
        alice.hearsNothing();
      }
    }
  }

  @Test
  void aTokensSubscriptionsHaveDataAndMayBeHidden() {
    try (var bob = SdkClient.open(far.port())) {
      var token = APP.token("{\"sub\":\"bob\",\"subs\":{\"room:a\":{\"info\":1,"
          + "\"data\":{\"why\":\"so\"}},\"room:b\":{\"override\":{\"presence\":"
          + "{\"value\":false}}}}}");
      var reply = bob.ask("connect", "{\"token\":\"" + token + "\"}");
      assertTrue(reply.contains("\"room:a\":{\"recoverable\":true,\"positioned\":true,"
          + "\"epoch\":\"EPOCH\",\"data\":{\"why\":\"so\"}}"), reply);
      assertTrue(reply.contains("\"room:b\":{\"recoverable\":true,"), reply);
      Awaitility.await("bob").atMost(Duration.ofSeconds(10))
          .until(() -> backend.result("presence", "{\"channel\":\"room:a\"}")
              .contains("\"user\":\"bob\",\"chan_info\":1}"));
      assertEquals("{\"presence\":{}}",
          backend.result("presence", "{\"channel\":\"room:b\"}"));
    }
  }

  @Test
  void whoJoinsIsToldWhereTheBackendWantsIt() {
    try (var bob = SdkClient.connected(far.port(), "bob");
        var carl = SdkClient.connected(far.port(), "carl")) {
      subscribe(",\"override\":{\"force_push_join_leave\":{\"value\":true}}");
      bob.hears("room:a", PUSH + "}");
      // Who was there before is known to the node by the time that this is.
      bob.ask("presence_stats", "{\"channel\":\"room:a\"}");
      backend.result("subscribe", "{\"user\":\"carl\",\"channel\":\"room:a\"}");
      carl.hears("room:a", PUSH + "}");
      bob.hears("room:a", "\"join\":{\"info\":{\"user\":\"carl\",\"client\":\"CLIENT\"}}");
      publish(1);
      bob.hears("room:a", pub(1, 1));
      carl.hears("room:a", pub(1, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"107:\"expire_at\":1", "107:\"expire_at\":-1",
      "107:\"info\":1,\"b64info\":\"AA==\"", "107:\"b64data\":\"%\"", "107:\"channel\":\"a b\"",
      "102:\"channel\":\"moor:a\"", "107:\"user\":\"\"", "108:\"session\":\"x\"",
      "107:\"override\":1", "107:\"override\":{\"presence\":true}",
      "108:\"override\":{\"join_leave\":{\"value\":false}}",
      "108:\"channel\":\"typing:a\",\"override\":{\"force_recovery\":{\"value\":true}}",
      "108:\"channel\":\"typing:a\",\"override\":{\"force_positioning\":{\"value\":true}}",
      "108:\"channel\":\"typing:a\",\"recover_since\":{\"offset\":1}",
      "107:\"recover_since\":{\"offset\":-1}"})
  void whatMakesNoSenseIsRefused(String each) {
    var body = "{\"user\":\"bob\",\"channel\":\"room:a\"," + each.substring(4) + "}";
    backend.fails(Integer.parseInt(each.substring(0, 3)), "subscribe", body);
    backend.result("batch", "{\"commands\":[{\"info\":{}},{\"subscribe\":" + body + "}]}");
  }

  @Test
  void whoConnectsMeanwhileIsNoError() {
    try (var bob = Browser.open(near.port(), "user=bob&room=a")) {
      subscribe("");
      bob.settled();
      bob.saysAndHears("hello");
    }
  }
}
