package io.parley.outside.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.TestNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a backend says, and who hears it, on a node that runs alone.
@Timeout(60)
class PublishingTest {
  private final TestNode node = TestNode.start("api.keys", "backend=" + Backend.KEY);
  private final Backend backend = Backend.of(node);

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void whatIsPublishedIsHeardByItsChannelAndKept() {
    try (var alice = node.browser("user=alice&room=a"); var bob = node.browser("user=bob&room=b")) {
      assertEquals("{\"offset\":1,\"epoch\":\"E\"}", backend.result("publish",
          "{\"channel\":\"room:a\",\"data\":{ \"n\": 1.50,\n \"t\":\"\\u00e9\\n\"}}"));
      alice.hears("{ \"n\": 1.50, \"t\":\"\\u00e9\\n\",\"room\":\"a\"}");
      assertEquals("{\"offset\":2,\"epoch\":\"E\"}", backend.result("publish",
          "{\"channel\":\"room:a\",\"data\":\"h\\u00e9llo\"}"));
      alice.hears("héllo");
      bob.hearsNothing();
    }
    assertEquals("{\"publications\":[{\"data\":{ \"n\": 1.50, \"t\":\"\\u00e9\\n\"},\"offset\":1},"
        + "{\"data\":\"héllo\",\"offset\":2}],\"offset\":2,\"epoch\":\"E\"}",
        backend.result("history", "{\"channel\":\"room:a\",\"limit\":-1}"));
  }

  @Test
  void aRetryIsNotHeardTwice() {
    try (var alice = node.browser("user=alice&room=a")) {
      var publish = "{\"channel\":\"room:a\",\"data\":{\"n\":1},\"idempotency_key\":\"k\"}";
      var first = backend.result("publish", publish);
      assertEquals(first, backend.result("publish", publish));
      alice.hears("{\"n\":1,\"room\":\"a\"}");
      alice.hearsNothing();
      backend.fails(107, "publish", publish.replace("1", "2"));
    }
  }

  @Test
  void whatSkipsTheHistoryIsHeardAndNotKept() {
    try (var alice = node.browser("user=alice&room=a")) {
      assertEquals("{}", backend.result("publish",
          "{\"channel\":\"room:a\",\"data\":{\"n\":1},\"skip_history\":true}"));
      alice.hears("{\"n\":1,\"room\":\"a\"}");
    }
    assertEquals("{\"publications\":[],\"offset\":0,\"epoch\":\"E\"}",
        backend.result("history", "{\"channel\":\"room:a\",\"limit\":10}"));
    assertEquals("{}", backend.result("publish", "{\"channel\":\"typing:a\",\"data\":{}}"));
  }

  @Test
  void aBroadcastGoesToSomeChannelsAndTellsOfEach() {
    try (var alice = node.browser("user=alice&room=a"); var bob = node.browser("user=bob&room=b")) {
      assertEquals("{\"responses\":[{\"result\":{\"offset\":1,\"epoch\":\"E\"}},"
          + "{\"error\":{\"code\":102,\"message\":\"unknown channel: moor:c\"}},"
          + "{\"result\":{\"offset\":1,\"epoch\":\"E\"}}]}",
          backend.result("broadcast",
              "{\"channels\":[\"room:a\",\"moor:c\",\"room:b\"],\"data\":\"hello\"}"));
      alice.hears("hello");
      bob.hears("hello");
    }
    backend.fails(107, "broadcast", "{\"channels\":[],\"data\":\"hello\"}");
  }

  @Test
  void aClientCanBeLeftOut() {
    try (var alice = node.browser("user=alice&room=a"); var bob = node.browser("user=bob&room=a")) {
      var client = Pattern.compile("\"client\":\"([0-9a-f-]{36})\",\"user\":\"alice\"|"
          + "\"user\":\"alice\",\"client\":\"([0-9a-f-]{36})\"")
          .matcher(backend.result("presence", "{\"channel\":\"room:a\"}"));
      assertTrue(client.find());
      var id = client.group(1) == null ? client.group(2) : client.group(1);
      backend.result("publish", "{\"channel\":\"room:a\",\"data\":\"hello\",\"exclude_client\":\""
          + id + "\"}");
      bob.hears("hello");
      alice.hearsNothing();
    }
    backend.fails(107, "publish",
        "{\"channel\":\"room:a\",\"data\":\"hello\",\"exclude_client\":\"alice\"}");
  }

  @Test
  void usersAreReachedInTheirInboxes() {
    try (var alice = node.browser("user=alice"); var bob = node.browser("user=bob")) {
      assertEquals("{\"offset\":1,\"epoch\":\"E\"}", backend.result("direct",
          "{\"user\":\"alice\",\"data\":{\"n\":1},\"id\":\"i\",\"from\":\"shop\"}"));
      alice.hears("{\"to\":\"alice\",\"n\":1,\"id\":\"i\",\"from\":\"shop\"}");
      assertEquals("{\"responses\":[{\"result\":{\"offset\":1,\"epoch\":\"E\"}},"
          + "{\"result\":{\"offset\":2,\"epoch\":\"E\"}}]}",
          backend.result("direct", "{\"users\":[\"bob\",\"alice\"],\"data\":{\"n\":2}}"));
      bob.hears("{\"to\":\"bob\",\"n\":2}");
      alice.hears("{\"to\":\"alice\",\"n\":2}");
      alice.hearsNothing();
    }
    backend.fails(107, "direct", "{\"user\":\"\",\"data\":{}}");
    backend.fails(107, "direct", "{\"users\":[],\"data\":{}}");
    backend.fails(107, "publish", "{\"channel\":\"inbox:#bob\",\"data\":{}}");
  }

  @Test
  void whatCannotBeSaidIsRefused() {
    for (var channel : List.of("", "room:{a}", "room:a b", "room:*", "room:" + "x".repeat(255))) {
      backend.fails(107, "publish", "{\"channel\":\"" + channel + "\",\"data\":{}}");
    }
    for (var data : List.of("null", "\"" + "x".repeat(1 << 16) + "x\"",
        "[".repeat(200) + "]".repeat(200))) {
      backend.fails(107, "publish", "{\"channel\":\"room:a\",\"data\":" + data + "}");
    }
    backend.fails(107, "publish", "{\"channel\":\"room:a\"}");
    backend.fails(107, "publish", "{\"channel\":\"room:a\",\"b64data\":\"?\"}");
    backend.fails(107, "publish", "{\"channel\":\"room:a\",\"data\":1,\"b64data\":\"AAAA\"}");
    backend.fails(107, "publish", "{\"channel\":\"room:a\",\"data\":{},\"tags\":{\"a\":1}}");
    backend.fails(107, "publish", "{\"channel\":\"room:a\",\"data\":{},\"tags\":{\"a\":\""
        + "x".repeat(257) + "\"}}");
    backend.fails(107, "publish", "{\"channel\":5,\"data\":{}}");
    backend.fails(102, "publish", "{\"channel\":\"lobby\",\"data\":{}}");
  }

  /// It would go into clients' text frames, which they would have to end the connection for.
  @Test
  void whatIsNoUtf8IsRefused() {
    for (var bad : List.of(new byte[]{(byte) 0xff}, new byte[]{(byte) 0xc0, (byte) 0x80},
        new byte[]{(byte) 0xed, (byte) 0xa0, (byte) 0x80})) {
      var body = ("{\"channel\":\"room:a\",\"data\":{\"a\":\""
          + new String(bad, StandardCharsets.ISO_8859_1) + "\"}}")
          .getBytes(StandardCharsets.ISO_8859_1);
      assertEquals(400,
          backend.post("/api/publish", body, "X-API-Key", Backend.KEY).status());
    }
  }

  @Test
  void anyJsonAndAnyBytesCanBeSaid() {
    try (var alice = node.browser("user=alice&room=a")) {
      for (var data : List.of("5", "[1]", "true", "\"{}\"", "\" \"", "\"\\ud800\"",
          "{\"from\":\"bob\",\"error\":{}}")) {
        backend.result("publish", "{\"channel\":\"room:a\",\"data\":" + data + "}");
        alice.hears("{\"data\":" + data + ",\"room\":\"a\"}");
      }
      backend.result("publish",
          "{\"channel\":\"room:a\",\"b64data\":\"AP8=\",\"tags\":{\"a\":\"b\"}}");
      alice.hears("{\"base64\":\"AP8=\",\"room\":\"a\"}");
    }
    assertEquals("{\"publications\":[{\"b64data\":\"AP8=\",\"tags\":{\"a\":\"b\"},"
        + "\"offset\":8}],\"offset\":8,\"epoch\":\"E\"}",
        backend.result("history", "{\"channel\":\"room:a\",\"limit\":1,\"reverse\":true}"));
  }

  @Test
  void aBatchHoldsOthers() {
    var commands = "[{\"publish\":{\"channel\":\"room:a\",\"data\":{}}},{\"sing\":{}},"
        + "{\"history\":{\"channel\":\"room:a\"}}]";
    assertEquals("{\"replies\":[{\"publish\":{\"offset\":1,\"epoch\":\"E\"}},"
        + "{\"error\":{\"code\":104,\"message\":\"method not found\"}},"
        + "{\"history\":{\"publications\":[],\"offset\":1,\"epoch\":\"E\"}}]}",
        backend.result("batch", "{\"commands\":" + commands + "}"));
    var many = "{\"publish\":{\"channel\":\"room:b\",\"data\":{}}},".repeat(1_023)
        + "{\"publish\":{\"channel\":\"room:b\",\"data\":{}}}";
    backend.result("batch", "{\"parallel\":true,\"commands\":[" + many + "]}");
    assertEquals("{\"publications\":[],\"offset\":1024,\"epoch\":\"E\"}",
        backend.result("history", "{\"channel\":\"room:b\"}"));
    backend.fails(107, "batch", "{\"commands\":[" + many + ",{\"info\":{}}]}");
    backend.fails(107, "batch", "{\"commands\":[{\"batch\":{}}]}");
    assertEquals(1_025,
        node.metric("parley_api_requests_total{method=\"publish\",outcome=\"ok\"}"));
  }

  @Test
  void aBatchIsDoneInItsOrder() {
    var commands = IntStream.rangeClosed(1, 9).mapToObj(
        i -> "{\"publish\":{\"channel\":\"room:a\",\"data\":\"" + i + "\"}}").toList();
    backend.result("batch", "{\"commands\":[" + String.join(",", commands) + "]}");
    assertEquals(List.of("1", "2", "3", "4", "5", "6", "7", "8", "9"), read("\"limit\":9", ""));
  }

  @Test
  void historyIsReadInBothDirections() {
    for (int i = 1; i <= 5; i++) {
      backend.result("publish", "{\"channel\":\"room:a\",\"data\":\"" + i + "\"}");
    }
    var epoch = backend.post("/api/history", "{\"channel\":\"room:a\"}", "X-API-Key", Backend.KEY)
        .body().replaceAll(".*\"epoch\":\"([0-9a-f]{16})\".*", "$1");
    assertEquals(List.of(), read("", epoch));
    assertEquals(List.of("1", "2"), read("\"limit\":2", epoch));
    assertEquals(List.of("5", "4"), read("\"limit\":2,\"reverse\":true", epoch));
    assertEquals(List.of("4", "5"), read("\"limit\":-1,\"since\":{\"offset\":3,E}", epoch));
    assertEquals(List.of("2", "1"),
        read("\"limit\":9,\"reverse\":true,\"since\":{\"offset\":3,E}", epoch));
    backend.fails(112, "history",
        "{\"channel\":\"room:a\",\"since\":{\"offset\":1,\"epoch\":\"0123456789abcdef\"}}");
    backend.fails(108, "history", "{\"channel\":\"typing:a\"}");
  }

  private List<String> read(String parameters, String epoch) {
    var answer = backend.result("history", "{\"channel\":\"room:a\"" + (parameters.isEmpty()
        ? ""
        : "," + parameters.replace("E}", "\"epoch\":\"" + epoch + "\"}")) + "}");
    return Pattern.compile("\"data\":\"(\\d)\"").matcher(answer).results()
        .map(found -> found.group(1)).toList();
  }
}
