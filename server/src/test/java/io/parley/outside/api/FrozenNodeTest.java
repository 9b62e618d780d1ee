package io.parley.outside.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.TestNode;
import io.parley.redis.HoldingRelay;
import io.parley.redis.RedisServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a backend is answered while one of the nodes says nothing.
@Timeout(60)
class FrozenNodeTest {
  private static final String WHO = "{\"user\":\"bob\",\"channel\":\"room:a\"}";

  private final RedisServer redis;
  private final HoldingRelay relay;
  private final TestNode near;
  private final TestNode far;

  FrozenNodeTest() throws IOException {
    redis = new RedisServer();
    relay = new HoldingRelay(redis.port());
    near = node("near", redis.url());
    far = node("far", relay.url());
  }

  private static TestNode node(String name, String url) {
    return TestNode.start("redis.url", url, "node.name", name, "api.keys",
        "backend=" + Backend.KEY, "api.survey-timeout", "500ms");
  }

  @AfterEach
  void close() {
    near.close();
    far.close();
    relay.close();
    redis.close();
  }

  @Test
  void whatItToldIsMissingAndWhatItShouldDoIsUnknown() throws IOException {
    var backend = Backend.of(near);
    backend.awaitNodes();
    double before = near.hits("api.survey-timeout");
    relay.holdRequests();
    var info = backend.result("info", "{}");
    assertTrue(info.contains("\"name\":\"near\""), info);
    assertFalse(info.contains("\"name\":\"far\""), info);
    backend.fails(100, "unsubscribe", WHO);
    var failed = backend.post("/api/unsubscribe", WHO, "X-API-Key", Backend.KEY,
        "X-Centrifugo-Error-Mode", "transport");
    assertEquals(500, failed.status());
    assertTrue(failed.body().startsWith("{\"code\":100,"), failed::body);
    assertEquals(before + 3, near.hits("api.survey-timeout"));
    relay.letGo();
    backend.awaitNodes();
    assertEquals("{}", backend.result("unsubscribe", WHO));
  }
}
