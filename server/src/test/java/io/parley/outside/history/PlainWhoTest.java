package io.parley.outside.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Browser;
import io.parley.outside.TestNode;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who is there, as plain clients ask.
@Timeout(60)
class PlainWhoTest {
  private static String users(String room, String... users) {
    return "{\"who\":\"" + room + "\",\"users\":[" + String.join(",", users) + "]}";
  }

  private static String user(String name, int connections) {
    return "{\"user\":\"" + name + "\",\"connections\":" + connections + "}";
  }

  private static String who(Browser client, String room) {
    return client.say("{\"who\":\"" + room + "\"}").next();
  }

  private static void awaitWho(Browser client, String expected) {
    Awaitility.await(expected).atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20))
        .until(() -> who(client, "news").equals(expected));
  }

  @Test
  void everybodyInARoomIsNamedWithHisConnections() {
    try (var node = TestNode.start();
        var alice = node.browser("user=alice&room=news");
        var phone = node.browser("user=alice&room=news");
        var bob = node.browser("user=bob&room=other")) {
      alice.say("{\"who\":\"news\",\"id\":7}").hears(
          "{\"who\":\"news\",\"users\":[" + user("alice", 2) + "],\"id\":7}");
      // Whoever may ask needn't be there.
      assertEquals(users("news", user("alice", 2)), who(bob, "news"));
      bob.say("{\"join\":\"news\"}").hears("{\"joined\":\"news\"}");
      assertEquals(users("news", user("alice", 2), user("bob", 1)), who(bob, "news"));
      phone.say("{\"leave\":\"news\"}").hears("{\"left\":\"news\"}");
      assertEquals(users("news", user("alice", 1), user("bob", 1)), who(phone, "news"));
      assertEquals(users("nobody"), who(bob, "nobody"));
    }
  }

  @Test
  void whoMayNotAskOrWhereNobodyKnowsIsToldSo() {
    try (var node = TestNode.start("namespaces.room.read-presence", "subscribers");
        var alice = node.browser("user=alice&room=news");
        var bob = node.browser("user=bob&room=other")) {
      assertEquals(users("news", user("alice", 1)), who(alice, "news"));
      var refused = bob.say("{\"who\":\"news\",\"id\":1}").next();
      assertTrue(refused.startsWith("{\"error\":{\"code\":103,"), refused);
      assertTrue(refused.endsWith(",\"id\":1}"), refused);
      var inbox = who(bob, "inbox");
      assertTrue(inbox.startsWith("{\"error\":{\"code\":108,"), inbox);
      var wrong = bob.say("{\"who\":true}").next();
      assertTrue(wrong.startsWith("{\"error\":{\"code\":107,"), wrong);
    }
    try (var node = TestNode.start("namespaces.room.join-leave", "false",
        "namespaces.room.presence", "false"); var alice = node.browser("user=alice")) {
      var refused = who(alice, "lobby");
      assertTrue(refused.startsWith("{\"error\":{\"code\":108,"), refused);
    }
  }

  @Test
  void aLargeRoomIsAnsweredInPartWithTheCounts() {
    try (var node = TestNode.start("presence.who-users", "2");
        var alice = node.browser("user=alice&room=news");
        var bob = node.browser("user=bob&room=news");
        var carol = node.browser("user=carol&room=news");
        var phone = node.browser("user=carol&room=news")) {
      var answer = who(carol, "news");
      assertTrue(answer.endsWith("],\"total\":{\"users\":3,\"connections\":4}}"), answer);
      assertEquals(2, answer.split("\"user\":", -1).length - 1, answer);
      assertEquals(1, node.hits("presence.who-users"));
      List.of(alice, bob, phone).forEach(Browser::hearsNothing);
    }
  }

  @Test
  void namesCantBreakOutOfTheAnswer() {
    try (var node = TestNode.start(); var alice = node.browser("user=a%22%5D&room=news")) {
      assertEquals(users("news", user("a\\\"]", 1)), who(alice, "news"));
    }
  }

  @Test
  void overTwoNodesAReloadIsNoLeaveAndADrainIsOneAtOnce() throws IOException {
    try (var redis = new RedisServer();
        var one = over(redis, "n1");
        var two = over(redis, "n2");
        var bob = two.browser("user=bob&room=news")) {
      try (var alice = one.browser("user=alice&room=news")) {
        awaitWho(bob, users("news", user("alice", 1), user("bob", 1)));
        alice.hearsNothing();
      }
      try (var again = two.browser("user=alice&room=news")) {
        // Until the first one has left, she is there twice, but never gone.
        Awaitility.await("the first one has left").atMost(Duration.ofSeconds(20)).until(() -> {
          var now = who(bob, "news");
          assertTrue(now.contains("alice"), now);
          return now.equals(users("news", user("alice", 1), user("bob", 1)));
        });
        again.hearsNothing();
        try (var carol = one.browser("user=carol&room=news")) {
          awaitWho(bob, users("news", user("alice", 1), user("bob", 1), user("carol", 1)));
          one.node().drain();
          carol.isClosedWith(3001);
        }
        assertEquals(users("news", user("alice", 1), user("bob", 1)), who(bob, "news"));
        assertEquals(1, redis.commands().hlen("parley:nodes"));
        assertEquals(1, redis.commands().keys("parley:lease:*").size());
      }
    }
  }

  private static TestNode over(RedisServer redis, String name) {
    return TestNode.start("redis.url", redis.url(), "node.name", name, "presence.leave-delay",
        "1s", "drain.period", "0s");
  }

  @Test
  void withoutRedisItIsUnknown() throws Exception {
    try (var redis = new RedisServer();
        var node = over(redis, "n1");
        var alice = node.browser("user=alice&room=news")) {
      awaitWho(alice, users("news", user("alice", 1)));
      redis.kill();
      Awaitility.await().atMost(Duration.ofSeconds(10)).until(
          () -> who(alice, "news").startsWith("{\"error\":{\"code\":100,"));
      redis.start();
      Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
        var next = alice.say("{\"who\":\"news\"}").next();
        while (next.startsWith("{\"lost\"")) {
          next = alice.next();
        }
        return next.equals(users("news", user("alice", 1)));
      });
    }
  }
}
