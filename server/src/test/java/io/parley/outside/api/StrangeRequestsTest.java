package io.parley.outside.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.auth.token.Issuer;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import io.parley.outside.centrifuge.SdkClient;
import io.parley.redis.LogLines;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a backend may say though it looks odd, and what is answered calmly though it may not.
@Timeout(60)
class StrangeRequestsTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  private final TestNode node = TestNode.start("api.keys", "backend=" + Backend.KEY,
      "token.hmac-secret", SECRET);
  private final Backend backend = Backend.of(node);

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void tagsMayHaveAnyName() {
    for (var name : List.of("data", "info")) {
      var channel = "\"channel\":\"room:" + name + "\"";
      var tags = "\"tags\":{\"" + name + "\":\"x\"}";
      var publish = "{" + channel + ",\"data\":{\"data\":{}}," + tags + "}";
      backend.result("publish", publish);
      assertEquals("{\"replies\":[{\"publish\":{\"offset\":2,\"epoch\":\"E\"}}]}",
          backend.result("batch", "{\"commands\":[{\"publish\":" + publish + "}]}"));
      assertEquals("{\"result\":{\"offset\":3,\"epoch\":\"E\"}}\n", backend.post("/api",
          "{\"method\":\"publish\",\"params\":" + publish + "}", "X-API-Key", Backend.KEY)
          .steady());
      var kept = "{\"data\":{\"data\":{}}," + tags + ",\"offset\":";
      assertEquals("{\"publications\":[" + kept + "1}," + kept + "2}," + kept
          + "3}],\"offset\":3,\"epoch\":\"E\"}",
          backend.result("history", "{" + channel + ",\"limit\":-1}"));
    }
  }

  @Test
  void usersAreThoseOfTheTokensWhateverTheyAreCalled() {
    var app = Issuer.withSecret("HS256", SECRET);
    for (var user : List.of("a:b#c", "a b", "e\u0301", "x".repeat(255))) {
      try (var client = SdkClient.open(node.port());
          var plain = node.browser("token=" + app.token("{\"sub\":\"" + user + "\"}"))) {
        client.ask("connect", "{\"token\":\"" + app.token("{\"sub\":\"" + user + "\"}") + "\"}");
        var whose = "{\"user\":\"" + user + "\"";
        backend.result("direct", whose + ",\"data\":{\"n\":1},\"from\":\"" + user + "\"}");
        plain.hears("{\"to\":\"" + user + "\",\"n\":1,\"from\":\"" + user + "\"}");
        assertTrue(client.push().contains("\"pub\":{\"data\":{\"to\":\"" + user + "\",\"n\":1}"));
        backend.result("subscribe", whose + ",\"channel\":\"room:s\"}");
        plain.hears("{\"joined\":\"s\"}");
        backend.result("unsubscribe", whose + ",\"channel\":\"room:s\"}");
        plain.hears("{\"left\":\"s\"}");
        backend.result("disconnect", whose + "}");
        plain.isClosedWith(3503);
      }
    }
    for (var nobody : List.of("", "x".repeat(256), "\u00e9".repeat(128), "\\ud800")) {
      backend.fails(107, "direct", "{\"user\":\"" + nobody + "\",\"data\":{}}");
      backend.fails(107, "disconnect", "{\"user\":\"" + nobody + "\"}");
    }
  }

  @Test
  void linesAreUtf8AsWell() {
    var body = "{\"method\":\"publish\",\"params\":{\"channel\":\"room:a\",\"data\":\"\u00ff\"}}"
        .getBytes(StandardCharsets.ISO_8859_1);
    var answer = backend.post("/api", body, "X-API-Key", Backend.KEY);
    assertEquals(400, answer.status());
    assertTrue(answer.body().contains("\"code\":400"), answer::body);
    assertEquals("{\"publications\":[],\"offset\":0,\"epoch\":\"E\"}",
        backend.result("history", "{\"channel\":\"room:a\"}"));
  }

  @Test
  void aKeyThatIsNoTextIsNoKey() {
    try (var log = new LogLines("io.parley.api");
        var raw = RawClient.connect(node.node().internalPort())) {
      for (var bad : List.of("%zz", "%", "%ff%fe", "%c3%28")) {
        raw.send("POST /api/info?api_key=" + bad
            + " HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}");
        var head = raw.head();
        assertTrue(head.startsWith("HTTP/1.1 401 "), bad + ": " + head);
        int length = Integer.parseInt(
            head.toLowerCase(Locale.ROOT).replaceAll("(?s).*content-length: (\\d+).*", "$1"));
        assertTrue(new String(raw.bytes(length), StandardCharsets.UTF_8)
            .contains("\"code\":401"));
      }
      assertEquals(List.of(), log.troubles());
    }
  }

  @Test
  void aBodyThatBreaksOffIsNoTrouble() {
    try (var log = new LogLines("io.parley.api")) {
      try (var raw = RawClient.connect(node.node().internalPort())) {
        raw.send("POST /api/publish HTTP/1.1\r\nHost: h\r\nX-API-Key: " + Backend.KEY
            + "\r\nContent-Length: 100\r\n\r\n{\"channel\"");
      }
      Awaitility.await("told").atMost(Duration.ofSeconds(10))
          .until(() -> !log.linesWith("server API: ").isEmpty());
      assertEquals(List.of(), log.troubles());
    }
  }

  @Test
  void aUsersNameBreaksNoLineOfTheLog() {
    var app = Issuer.withSecret("HS256", SECRET);
    try (var log = new LogLines("io.parley.session"); var bob = SdkClient.open(node.port())) {
      bob.ask("connect", "{\"token\":\"" + app.token("{\"sub\":\"bob\\nINFO all is well\"}")
          + "\"}");
      // Such a line is told now and then, and another test may have had the last one.
      Awaitility.await("told").atMost(Duration.ofSeconds(20)).until(() -> {
        bob.isRefused("subscribe", "{\"channel\":\"moor:a\"}", 102);
        return !log.linesWith("user bob").isEmpty();
      });
      var said = log.linesWith("user bob").getFirst();
      assertTrue(said.contains(", user bob%0aINFO%20all%20is%20well"), said);
    }
  }
}
