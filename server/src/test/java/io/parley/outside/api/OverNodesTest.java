package io.parley.outside.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Browser;
import io.parley.outside.TestNode;
import io.parley.outside.TwoNodes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a backend asks one node of a cluster, and what that does on the others.
@Timeout(60)
class OverNodesTest {
  private final TwoNodes nodes;
  private final TestNode near;
  private final TestNode far;
  private final Backend backend;

  OverNodesTest() throws IOException {
    nodes = new TwoNodes("api.keys", "backend=" + Backend.KEY);
    near = nodes.near;
    far = nodes.far;
    backend = Backend.of(near);
    backend.awaitNodes();
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  @Test
  void aPublicationReachesAllNodes() {
    try (var alice = near.browser("user=alice&room=a"); var bob = far.browser("user=bob&room=a")) {
      assertEquals("{\"offset\":1,\"epoch\":\"E\"}",
          backend.result("publish", "{\"channel\":\"room:a\",\"data\":\"hello\"}"));
      alice.hears("hello");
      bob.hears("hello");
      backend.result("direct", "{\"user\":\"bob\",\"data\":{\"n\":1}}");
      bob.hears("{\"to\":\"bob\",\"n\":1}");
    }
  }

  @Test
  void aRetryAtAnotherNodeIsNotHeardTwiceAndAClientElsewhereCanBeLeftOut() {
    try (var alice = near.browser("user=alice&room=a"); var bob = far.browser("user=bob&room=a")) {
      var publish = "{\"channel\":\"room:a\",\"data\":\"once\",\"idempotency_key\":\"k\"}";
      assertEquals(
          backend.result("publish", publish), Backend.of(far).result("publish", publish));
      alice.hears("once");
      bob.hears("once");
      var client = Pattern.compile("\"client\":\"([0-9a-f-]{36})\",\"user\":\"bob\"")
          .matcher(Awaitility.await("bob").until(
              () -> backend.result("presence", "{\"channel\":\"room:a\"}"),
              answer -> answer.contains("\"user\":\"bob\"")));
      assertTrue(client.find());
      backend.result("publish", "{\"channel\":\"room:a\",\"data\":\"not to bob\","
          + "\"exclude_client\":\"" + client.group(1) + "\"}");
      alice.hears("not to bob");
      bob.hearsNothing();
    }
  }

  @Test
  void presenceIsOfAllNodes() {
    try (var alice = near.browser("user=alice&room=a");
        var bob = far.browser("user=bob&room=a");
        var again = far.browser("user=bob&room=a")) {
      Awaitility.await("three clients").atMost(Duration.ofSeconds(10))
          .until(() -> backend.ask("presence_stats", "{\"channel\":\"room:a\"}")
              .equals("{\"result\":{\"num_clients\":3,\"num_users\":2}}"));
      var users = Pattern.compile("\"user\":\"(\\w+)\"")
          .matcher(backend.result("presence", "{\"channel\":\"room:a\"}")).results()
          .map(found -> found.group(1)).sorted().toList();
      assertEquals(List.of("alice", "bob", "bob"), users);
      alice.hearsNothing();
      bob.hearsNothing();
      again.hearsNothing();
    }
    backend.fails(108, "presence", "{\"channel\":\"me:#alice\"}");
  }

  @Test
  void channelsAndNodesAreThoseOfTheCluster() {
    try (var alice = near.browser("user=alice&room=a");
        var bob = far.browser("user=bob&room=a");
        var carol = far.browser("user=carol&room=b")) {
      assertEquals("{\"channels\":{\"room:a\":{\"num_clients\":2},\"room:b\":{\"num_clients\":1}}}",
          backend.result("channels", "{\"pattern\":\"room:*\"}"));
      assertEquals("{\"channels\":{\"inbox:#bob\":{\"num_clients\":1}}}",
          backend.result("channels", "{\"pattern\":\"*:#b?b\"}"));
      var info = backend.result("info", "{}");
      assertTrue(Pattern.compile("\"name\":\"far\",\"version\":\"\",\"num_clients\":2,"
          + "\"num_users\":2,\"num_subs\":4,\"num_channels\":4,\"uptime\":").matcher(info).find(),
          info);
      alice.hearsNothing();
      bob.hearsNothing();
      carol.hearsNothing();
    }
  }

  @Test
  void usersAreDisconnectedWhereverTheyAre() {
    try (var here = near.browser("user=bob");
        var there = far.browser("user=bob");
        var alice = far.browser("user=alice")) {
      assertEquals("{}", backend.result("disconnect", "{\"user\":\"bob\"}"));
      for (var each : new Browser[]{here, there}) {
        assertEquals(new Browser.Closed(3503, "force disconnect"), each.closed());
      }
      alice.hearsNothing();
      assertEquals("{}", backend.result("disconnect",
          "{\"user\":\"alice\",\"disconnect\":{\"code\":4200,\"reason\":\"out\"}}"));
      assertEquals(new Browser.Closed(4200, "out"), alice.closed());
      assertEquals(1, near.metric("parley_closes_total{code=\"3503\"}"));
    }
    backend.fails(107, "disconnect", "{}");
    backend.fails(107, "disconnect", "{\"user\":\"a\",\"disconnect\":{\"code\":1000}}");
  }

  @Test
  void oneClientIsDisconnectedAndOneIsSpared() {
    try (var spared = far.browser("user=bob&room=a"); var other = near.browser("user=bob&room=b")) {
      var client = Pattern.compile("\"([0-9a-f-]{36})\":").matcher(Awaitility.await()
          .until(() -> backend.result("presence", "{\"channel\":\"room:a\"}"),
              answer -> answer.contains("bob")));
      assertTrue(client.find());
      backend.result("disconnect",
          "{\"user\":\"bob\",\"whitelist\":[\"" + client.group(1) + "\"]}");
      other.isClosedWith(3503);
      spared.hearsNothing();
      backend.result("disconnect", "{\"client\":\"" + client.group(1) + "\"}");
      spared.isClosedWith(3503);
    }
  }

  @Test
  void subscriptionsAreEndedWhereverTheyAre() {
    try (var alice = near.browser("user=alice&room=a"); var bob = far.browser("user=bob&room=a")) {
      assertEquals("{}",
          backend.result("unsubscribe", "{\"user\":\"bob\",\"channel\":\"room:a\"}"));
      bob.hears("{\"left\":\"a\"}");
      backend.result("publish", "{\"channel\":\"room:a\",\"data\":\"hello\"}");
      alice.hears("hello");
      bob.hearsNothing();
    }
  }

  @Test
  void aHistoryThatIsRemovedIsGoneOnAllNodesAndTheCountGoesOn() {
    try (var bob = far.browser("user=bob&room=a")) {
      backend.result("publish", "{\"channel\":\"room:a\",\"data\":\"one\"}");
      var position = bob.nextWhole();
      assertEquals("one", position);
      bob.say("{\"history\":\"a\"}");
      assertTrue(bob.next().contains("\"text\":\"one\""));
      assertEquals("{}", backend.result("history_remove", "{\"channel\":\"room:a\"}"));
      bob.say("{\"history\":\"a\"}");
      assertEquals("{\"history\":\"a\",\"messages\":[]}",
          Browser.withoutAnyPosition(bob.nextWhole()));
      assertEquals("{\"offset\":2,\"epoch\":\"E\"}",
          backend.result("publish", "{\"channel\":\"room:a\",\"data\":\"two\"}"));
      bob.hears("two");
    }
    assertEquals("{\"publications\":[{\"data\":\"two\",\"offset\":2}],\"offset\":2,"
        + "\"epoch\":\"E\"}", backend.result("history", "{\"channel\":\"room:a\",\"limit\":-1}"));
  }

  @Test
  void withoutRedisItIsUnknownWhatHappened() throws InterruptedException {
    nodes.redis.kill();
    Awaitility.await("no Redis").atMost(Duration.ofSeconds(20))
        .until(() -> near.health("/health/ready").statusCode() == 503);
    backend.fails(100, "publish", "{\"channel\":\"room:a\",\"data\":\"hello\"}");
    backend.fails(100, "info", "{}");
    backend.fails(100, "presence", "{\"channel\":\"room:a\"}");
    backend.fails(100, "history_remove", "{\"channel\":\"room:a\"}");
  }
}
