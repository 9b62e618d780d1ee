package io.parley.outside.centrifuge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.auth.token.Issuer;
import io.parley.outside.TestNode;
import io.parley.redis.HoldingRelay;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What clients are told while a subscription is on its way to Redis.
@Timeout(60)
class SlowRedisTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final Issuer APP = Issuer.withSecret("HS256", SECRET);
  private static final String KEY = "0123456789abcdef-backend";
  private static final String DIRECT = "{\"method\":\"direct\","
      + "\"data\":{\"to\":\"alice\",\"data\":%d}}";

  private final RedisServer redis;
  private final HoldingRelay relay;
  private final TestNode near;
  private final TestNode far;

  SlowRedisTest() throws IOException {
    redis = new RedisServer();
    relay = new HoldingRelay(redis.port());
    near = node("near", relay.url());
    far = node("far", redis.url());
  }

  private static TestNode node(String name, String url) {
    return TestNode.start("redis.url", url, "node.name", name, "token.hmac-secret", SECRET,
        "api.keys", "backend=" + KEY, "api.survey-timeout", "500ms");
  }

  @AfterEach
  void close() {
    near.close();
    far.close();
    relay.close();
    redis.close();
  }

  private void awaitHeld(String text) {
    Awaitility.await("held: " + text).until(() -> relay.holds(text));
  }

  @Test
  void theAnswerComesBeforeWhatComesFromChannelsThatAreJoinedAlready() throws IOException {
    var token = APP.token("{\"sub\":\"alice\",\"channels\":[\"room:b\"]}");
    try (var first = SdkClient.connected(near.port(), "alice");
        var bob = SdkClient.connected(far.port(), "bob");
        var second = SdkClient.open(near.port())) {
      bob.ask("rpc", DIRECT.formatted(1));
      assertTrue(first.push().contains("\"data\":1"));
      relay.holdRequests();
      second.say("{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}");
      awaitHeld("room:b");
      bob.ask("rpc", DIRECT.formatted(2));
      bob.ask("rpc", DIRECT.formatted(3));
      assertTrue(first.push().contains("\"data\":2"));
      relay.letGo();
      var answer = second.line();
      assertTrue(answer.startsWith("{\"id\":1,\"connect\":{"), answer);
      assertTrue(answer.contains("\"room:b\":{") && answer.contains("\"offset\":1"), answer);
      for (int i = 2; i <= 3; i++) {
        var push = second.push();
        assertTrue(push.contains("\"data\":" + i + "}") && push.contains("\"offset\":" + i + "}"),
            push);
      }
    }
  }

  @Test
  void whatTheBackendEndsBeforeItHasBegunIsRefused() throws Exception {
    try (var alice = SdkClient.connected(near.port(), "alice")) {
      relay.holdRequests();
      alice.say("{\"id\":7,\"subscribe\":{\"channel\":\"room:b\"}}");
      awaitHeld("room:b");
      tellFar("unsubscribe", "room:b", "");
      var refusal = alice.reply(7);
      assertTrue(refusal.startsWith("{\"id\":7,\"error\":{\"code\":103,"), refusal);
      relay.letGo();
      var again = alice.ask("subscribe", "{\"channel\":\"room:b\"}");
      assertTrue(again.contains("\"subscribe\":{"), again);
    }
  }

  @Test
  void whatTheBackendEndsWhileTheClientConnectsIsNotBegun() throws Exception {
    var token = APP.token("{\"sub\":\"alice\",\"channels\":[\"room:b\",\"room:c\"]}");
    try (var alice = SdkClient.open(near.port())) {
      relay.holdRequests();
      alice.say("{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}");
      awaitHeld("room:b");
      tellFar("unsubscribe", "room:b", "");
      // Near's word that it has done it.
      awaitHeld("ctl:far-");
      relay.letGo();
      var answer = alice.line();
      assertTrue(answer.startsWith("{\"id\":1,\"connect\":{"), answer);
      assertTrue(answer.contains("\"room:c\":{") && !answer.contains("room:b"), answer);
      var again = alice.ask("subscribe", "{\"channel\":\"room:b\"}");
      assertTrue(again.contains("\"subscribe\":{"), again);
    }
  }

  @Test
  void whatTheBackendSubscribesWhileTheClientConnectsComesInTheAnswer() throws Exception {
    try (var bob = SdkClient.connected(far.port(), "bob");
        var alice = SdkClient.open(near.port())) {
      bob.asks("publish", "{\"channel\":\"room:c\",\"data\":\"missed\"}", "\"publish\":{}");
      relay.holdRequests();
      alice.say("{\"id\":1,\"connect\":{\"data\":{\"user\":\"alice\"}}}");
      awaitHeld("inbox:#alice");
      tellFar("subscribe", "room:c", ",\"recover_since\":{\"offset\":0}");
      awaitHeld("ctl:far-");
      relay.letGo();
      var answer = alice.line();
      assertTrue(answer.startsWith("{\"id\":1,\"connect\":{"), answer);
      assertTrue(answer.contains("\"room:c\":{"), answer);
      assertTrue(answer.contains("\"publications\":[{\"data\":\"missed\","), answer);
      bob.asks("publish", "{\"channel\":\"room:c\",\"data\":\"live\"}", "\"publish\":{}");
      assertTrue(alice.push().contains("\"data\":\"live\""));
    }
  }

  /// Asks the far node to do something with alice; the near one can't say that it has done it.
  private void tellFar(String method, String channel, String more) throws Exception {
    var request = HttpRequest
        .newBuilder(URI.create(
            "http://127.0.0.1:" + far.node().internalPort() + "/api/" + method))
        .header("X-API-Key", KEY)
        .POST(BodyPublishers.ofString(
            "{\"user\":\"alice\",\"channel\":\"" + channel + "\"" + more + "}"))
        .build();
    try (var http = HttpClient.newHttpClient()) {
      http.send(request, BodyHandlers.ofString());
    }
  }
}
