package io.parley.outside.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.parley.outside.TestNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Holds the description of the server API against what a node takes and answers.
@Timeout(60)
class OpenApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Requests that succeed, in this order, by their methods. Each method has one.
  private static final Map<String, List<String>> FINE = fine();

  private final TestNode node = TestNode.start("api.keys", "backend=" + Backend.KEY);
  private final Backend backend = Backend.of(node);
  private final JsonNode description = read(
      backend.get("/api/openapi.json", "X-API-Key", Backend.KEY).body());

  private static Map<String, List<String>> fine() {
    var all = new LinkedHashMap<String, List<String>>();
    all.put("publish", List.of("{\"channel\":\"room:a\",\"data\":{\"n\":1}}",
        "{\"channel\":\"typing:a\",\"data\":\"x\",\"idempotency_key\":\"1\"}"));
    all.put("broadcast",
        List.of("{\"channels\":[\"room:a\",\"moor:a\",\"typing:a\"],\"data\":\"hello\"}"));
    all.put("direct", List.of("{\"user\":\"bob\",\"data\":{\"n\":1},\"id\":\"1\"}",
        "{\"users\":[\"bob\",\"carol\"],\"data\":{},\"from\":\"shop\"}"));
    all.put("presence", List.of("{\"channel\":\"room:a\"}"));
    all.put("presence_stats", List.of("{\"channel\":\"room:a\"}"));
    all.put("history",
        List.of("{\"channel\":\"room:a\"}", "{\"channel\":\"room:a\",\"limit\":-1}"));
    all.put("channels", List.of("{}", "{\"pattern\":\"room:*\"}"));
    all.put("info", List.of("{}"));
    all.put("batch", List.of("{\"commands\":[{\"info\":{}},{\"sing\":{}}],\"parallel\":true}"));
    all.put("subscribe", List.of("{\"user\":\"alice\",\"channel\":\"room:b\"}",
        "{\"user\":\"alice\",\"channel\":\"room:c\",\"info\":[1],\"data\":{},"
            + "\"expire_at\":4000000000,\"recover_since\":{\"offset\":1,\"epoch\":\"e\"},"
            + "\"override\":{\"presence\":{\"value\":false}}}"));
    all.put("unsubscribe", List.of("{\"user\":\"alice\",\"channel\":\"room:a\"}"));
    all.put("disconnect", List.of("{\"user\":\"alice\",\"disconnect\":{\"code\":4000}}"));
    all.put("history_remove", List.of("{\"channel\":\"room:a\"}"));
    return all;
  }

  @AfterEach
  void close() {
    node.close();
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new AssertionError(json, e);
    }
  }

  /// A schema of the description, which may refer to others of it.
  private JsonSchema schema(String pointer) {
    var schema = JSON.createObjectNode();
    schema.put("$ref", "#" + pointer);
    schema.set("components", description.get("components"));
    schema.set("paths", description.get("paths"));
    return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(schema);
  }

  private JsonSchema request(String method) {
    return schema("/paths/~1api~1" + method + "/post/requestBody/content/application~1json/schema");
  }

  private JsonSchema answer(String method, int status) {
    return schema("/paths/~1api~1" + method + "/post/responses/" + status
        + "/content/application~1json/schema");
  }

  @Test
  void requestsAndAnswersAreAsDescribed() {
    try (var alice = node.browser("user=alice&room=a")) {
      alice.saysAndHears("hello");
      FINE.forEach((method, bodies) -> bodies.forEach(body -> {
        assertEquals(Set.of(), request(method).validate(read(body)), body);
        var result = read(backend.ask(method, body).replace("\"E\"", "\"0123456789abcdef\""));
        assertFalse(result.has("error"), result::toString);
        assertEquals(Set.of(), answer(method, 200).validate(result), result::toString);
      }));
    }
  }

  @Test
  void errorsAreAsDescribed() {
    var header = new String[]{"X-API-Key", Backend.KEY, "X-Centrifugo-Error-Mode", "transport"};
    for (var method : FINE.keySet()) {
      var path = "/api/" + method;
      for (var body : List.of("{", "{}", "{\"channel\":\"moor:a\",\"data\":{},\"user\":\"a\"}",
          "{\"channel\":5,\"user\":5,\"commands\":5,\"channels\":5,\"pattern\":5}")) {
        var answer = backend.post(path, body, header);
        assertEquals(Set.of(),
            answer(method, answer.status()).validate(read(answer.body())), answer::body);
        var usual = backend.post(path, body, "X-API-Key", Backend.KEY);
        assertEquals(Set.of(),
            answer(method, usual.status()).validate(read(usual.body())), usual::body);
      }
      var unknown = backend.post(path, "{}");
      assertEquals(401, unknown.status());
      assertEquals(Set.of(), answer(method, 401).validate(read(unknown.body())));
    }
  }

  @Test
  void linesAreAsDescribed() {
    var line = schema("/paths/~1api/post/requestBody/content/application~1x-ndjson/schema");
    var answer = schema("/paths/~1api/post/responses/200/content/application~1x-ndjson/schema");
    for (var method : List.of("info", "sing", "publish")) {
      var command = "{\"method\":\"" + method + "\",\"params\":{}}";
      assertEquals(Set.of(), line.validate(read(command)));
      var answered = backend.post("/api", command, "X-API-Key", Backend.KEY);
      assertEquals(200, answered.status());
      assertEquals(Set.of(), answer.validate(read(answered.body())), answered::body);
    }
  }

  @Test
  void everyMethodThereIsIsDescribedAndNoOther() {
    var described = new TreeSet<String>();
    description.get("paths").fieldNames()
        .forEachRemaining(path -> described.add(path.substring("/api".length())));
    assertTrue(described.remove(""));
    assertEquals(new TreeSet<>(FINE.keySet().stream().map("/"::concat).toList()), described);
    for (var method : FINE.keySet()) {
      assertFalse(backend.ask(method, "{}").contains("\"code\":104"), method);
    }
    assertEquals("3.1.0", description.get("openapi").asText());
  }
}
