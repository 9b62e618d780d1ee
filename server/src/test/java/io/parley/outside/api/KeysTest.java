package io.parley.outside.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.Node;
import io.parley.outside.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who may use the server API, and what a request has to be to be looked at.
@Timeout(60)
class KeysTest {
  private static final String PUBLISH = "{\"channel\":\"room:a\",\"data\":{\"a\":1}}";
  private static final String CRON = "fedcba9876543210-cron";

  private static TestNode node(String... more) {
    var all = new String[more.length + 2];
    all[0] = "api.keys";
    all[1] = "backend=" + Backend.KEY + ",cron=" + CRON;
    System.arraycopy(more, 0, all, 2, more.length);
    return TestNode.start(all);
  }

  @Test
  void withoutKeysNobodyIsLetIn() {
    try (var node = TestNode.start()) {
      var backend = Backend.of(node);
      assertEquals(401, backend.post("/api/publish", PUBLISH).status());
      assertEquals(401, backend.post("/api/info", "{}", "X-API-Key", "").status());
      assertEquals(401, backend.post("/api/info", "{}", "X-API-Key", Backend.KEY).status());
      assertEquals(3, node.metric("parley_api_keys_total{key=\"none\"}"));
      assertEquals(
          3, node.metric("parley_api_requests_total{method=\"none\",outcome=\"401\"}"));
    }
  }

  @Test
  void aKeyComesInAHeaderOrTheUrl() {
    try (var node = node()) {
      var backend = Backend.of(node);
      for (var headers : List.of(
          new String[]{"X-API-Key", Backend.KEY},
          new String[]{"Authorization", "apikey " + CRON},
          new String[]{"authorization", "ApiKey " + Backend.KEY})) {
        assertEquals(200, backend.post("/api/publish", PUBLISH, headers).status());
      }
      assertEquals(200, backend.post("/api/publish?api_key=" + CRON, PUBLISH).status());
      for (var wrong : List.of(Backend.KEY + "x", Backend.KEY.substring(1), "x", "backend")) {
        assertEquals(401, backend.post("/api/publish", PUBLISH, "X-API-Key", wrong).status());
        assertEquals(401,
            backend.post("/api/publish", PUBLISH, "Authorization", "apikey " + wrong).status());
        assertEquals(401, backend.post("/api/publish?api_key=" + wrong, PUBLISH).status());
      }
      assertEquals(2, node.metric("parley_api_keys_total{key=\"backend\"}"));
      assertEquals(2, node.metric("parley_api_keys_total{key=\"cron\"}"));
      assertEquals(
          4, node.metric("parley_api_requests_total{method=\"publish\",outcome=\"ok\"}"));
    }
  }

  @Test
  void keysComeFromAFileAsWell(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("keys"), "# ours\n\nbackend=" + Backend.KEY + "\n");
    try (var node = TestNode.start("api.keys-file", file.toString())) {
      assertEquals("{\"nodes\":[{\"uid\":\"n1-",
          Backend.of(node).result("info", "{}").substring(0, 21));
    }
    Files.writeString(file, "backend=" + Backend.KEY + "\nbackend=" + CRON + "\n");
    var twice = assertThrows(IOException.class,
        () -> Node.start(TestNode.settings("api.keys-file", file.toString())).close());
    assertEquals("api.keys and api.keys-file: a name twice (expected: once)",
        twice.getMessage());
    Files.writeString(file, "backend=short");
    var refused = assertThrows(IOException.class,
        () -> Node.start(TestNode.settings("api.keys-file", file.toString())).close());
    assertTrue(String.valueOf(refused.getMessage()).endsWith(
        "keys:1: no key (expected: as in api.keys, backend=KEY)"), refused::toString);
  }

  @Test
  void whatIsNoRequestGetsAStatus() {
    try (var node = node("api.body-bytes", "1KiB")) {
      var backend = Backend.of(node);
      for (var body : List.of("{", "[]", "5", "{} {}", "\0\0\0{", "{\"a\":'b'}", "x=y")) {
        assertEquals(
            400, backend.post("/api/publish", body, "X-API-Key", Backend.KEY).status(), body);
      }
      assertEquals(405, backend.get("/api/publish", "X-API-Key", Backend.KEY).status());
      var long1 = "{\"channel\":\"" + "x".repeat(1 << 10) + "\"}";
      assertEquals(413, backend.post("/api/publish", long1, "X-API-Key", Backend.KEY).status());
      assertEquals(1, node.hits("api.body-bytes"));
      backend.fails(104, "sing", "{}");
      backend.fails(107, "publish", "");
    }
  }

  @Test
  void errorsAreStatusesForWhoWantsThat() {
    try (var node = node()) {
      var backend = Backend.of(node);
      var header = new String[]{"X-API-Key", Backend.KEY, "X-Centrifugo-Error-Mode", "transport"};
      var unknown = backend.post("/api/publish", PUBLISH.replace("room", "moor"), header);
      assertEquals(404, unknown.status());
      assertEquals("{\"code\":102,\"message\":\"unknown channel: moor:a\"}", unknown.body());
      assertEquals(404, backend.post("/api/sing", "{}", header).status());
      assertEquals(400, backend.post("/api/publish", "{}", header).status());
      assertEquals(400, backend.post("/api/publish", "{\"error_mode\":\"transport\"}",
          "X-API-Key", Backend.KEY).status());
      assertEquals(200, backend.post("/api/publish", PUBLISH, header).status());
      assertEquals(416, backend.post("/api/history",
          "{\"channel\":\"room:a\",\"since\":{\"offset\":1,\"epoch\":\"no\"}}", header).status());
    }
  }

  @Test
  void commandsComeOnLinesAsWell() {
    try (var node = node()) {
      var answer = Backend.of(node).post("/api", "{\"method\":\"publish\",\"params\":" + PUBLISH
          + "}\n\n{\"method\":\"sing\"}\nnothing\n", "X-API-Key", Backend.KEY);
      assertEquals(200, answer.status());
      var lines = answer.steady().split("\n", -1);
      assertEquals("{\"result\":{\"offset\":1,\"epoch\":\"E\"}}", lines[0]);
      assertEquals("{\"error\":{\"code\":104,\"message\":\"method not found\"}}", lines[1]);
      assertTrue(lines[2].startsWith("{\"error\":{\"code\":107,"), lines[2]);
      assertEquals(4, lines.length);
    }
  }
}
