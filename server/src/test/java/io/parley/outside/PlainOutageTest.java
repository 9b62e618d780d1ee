package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.redis.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What plain clients see of a Redis that is away, slow, or written to by somebody else.
@Timeout(60)
class PlainOutageTest {
  private static final RedisServer REDIS = startRedis();

  private static RedisServer startRedis() {
    try {
      return new RedisServer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  static void stop() {
    REDIS.close();
  }

  private static TestNode node(String... changes) {
    var all = new String[changes.length + 4];
    all[0] = "redis.url";
    all[1] = REDIS.url();
    all[2] = "limits.commands-per-second";
    all[3] = "0";
    System.arraycopy(changes, 0, all, 4, changes.length);
    return TestNode.start(all);
  }

  @Test
  void membersAreToldOfALossAndJoinsWaitInOrderUpToTheLimit() throws Exception {
    try (var node = node("limits.rooms-per-connection", "4"); var client = node.browser("")) {
      REDIS.kill();
      for (int i = 0; i < 6; i++) {
        client.say("{\"join\":\"news\",\"id\":" + i + "}");
      }
      for (int i = 4; i < 6; i++) {
        var refused = client.next();
        assertTrue(refused.startsWith("{\"error\":{\"code\":106,"), refused);
        assertTrue(refused.endsWith(",\"id\":" + i + "}"), refused);
      }
      REDIS.start();
      // One at a time: each channel is subscribed by itself, in whatever order.
      var losses = new StringBuilder();
      int joined = 0;
      for (int i = 0; i < 6; i++) {
        var next = client.next();
        if (next.startsWith("{\"joined\"")) {
          assertEquals("{\"joined\":\"news\",\"id\":" + joined++ + "}", next);
        } else {
          losses.append(next);
        }
      }
      assertEquals(4, joined);
      assertTrue(losses.indexOf("{\"lost\":\"lobby\"}") >= 0, losses::toString);
      assertTrue(losses.indexOf("{\"lost\":\"inbox\"}") >= 0, losses::toString);
      client.say("{\"join\":\"news\",\"id\":7}").hears("{\"joined\":\"news\",\"id\":7}");
      client.saysAndHears("and goes on");
    }
  }

  @Test
  void whatCannotBeEncodedHarmsNobody() {
    try (var node = node();
        var bare = node.browser("room=odd");
        var json = node.browser("room=odd&as=json")) {
      // An object without a byte: version 1, JSON, no client, no user, no data.
      var nothing = "\1\1" + "\0".repeat(16) + "\0\0";
      assertEquals(nothing.length(), nothing.getBytes(StandardCharsets.UTF_8).length);
      for (int i = 0; i < 3; i++) {
        assertEquals(1, REDIS.commands().publish("parley:pub:{room:odd}", nothing));
      }
      bare.saysAndHears("still here");
      assertTrue(json.next().startsWith("{\"text\":\"still here\""));
      bare.hearsNothing();
      json.hearsNothing();
    }
  }

  @Test
  void atItsPublishWindowAClientIsStillAnsweredWhileTheNodeDrains() throws Exception {
    try (var node = node("limits.publish-window", "4", "drain.period", "0s", "drain.deadline",
        "20s", "limits.close-timeout", "200ms"); var raw = node.raw("user=alice&room=away")) {
      REDIS.commands().clientPause(1_500);
      for (int i = 0; i < 4; i++) {
        raw.say("{\"room\":\"r\",\"id\":" + i + "}");
      }
      long start = System.nanoTime();
      var drained = CompletableFuture.runAsync(node.node()::drain);
      for (int i = 0; i < 4; i++) {
        raw.hears("{\"ack\":" + i + "}");
      }
      assertEquals(3001, raw.next().code());
      drained.get(15, TimeUnit.SECONDS);
      assertTrue(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) < 15);
    }
  }
}
