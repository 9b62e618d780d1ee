package io.parley.outside.centrifuge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.KillArgs;
import io.parley.outside.TestNode;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Publications don't tell their epoch in this protocol. So a client has to be told when it has
/// changed, although nothing was missed: it would come back with one that is over, and be refused
/// what it missed then.
@Timeout(60)
class NewEpochTest {
  private static final Pattern EPOCH = Pattern.compile("\"epoch\":\"([0-9a-f]{16})\"");
  private static final String PUBLISH = "{\"channel\":\"room:r\",\"data\":1}";

  private final RedisServer redis;

  NewEpochTest() throws IOException {
    redis = new RedisServer();
  }

  @AfterEach
  void stopRedis() {
    redis.close();
  }

  /// As after a restart or a failover that has cost nothing.
  private void beginEpoch() {
    redis.commands().replicaof("127.0.0.1", 1);
    redis.commands().replicaofNoOne();
    assertTrue(redis.commands().clientKill(KillArgs.Builder.typePubsub()) > 0);
  }

  private static String epochIn(String line) {
    var found = EPOCH.matcher(line);
    assertTrue(found.find(), line);
    return found.group(1);
  }

  @Test
  void everybodyInARoomIsTold() {
    try (var node = TestNode.start("redis.url", redis.url())) {
      var all = new ArrayList<SdkClient>();
      try {
        for (int i = 0; i < 8; i++) {
          var client = SdkClient.connected(node.port(), "user" + i);
          all.add(client);
          client.ask("subscribe", "{\"channel\":\"room:r\",\"recoverable\":true}");
        }
        all.getFirst().asks("publish", PUBLISH, "\"publish\":{}");
        all.forEach(SdkClient::push);
        beginEpoch();
        for (var client : all) {
          var told = client.push() + client.push();
          assertTrue(told.contains("\"room:r\",\"unsubscribe\":{\"code\":2500,"), told);
        }
      } finally {
        all.forEach(SdkClient::close);
      }
    }
  }

  @Test
  void whoIsToldOfANewEpochComesBackWithoutLosingAnything() {
    try (var node = TestNode.start("redis.url", redis.url());
        var alice = SdkClient.connected(node.port(), "alice");
        var bob = SdkClient.connected(node.port(), "bob")) {
      alice.say("{\"id\":2,\"subscribe\":{\"channel\":\"room:r\",\"recoverable\":true}}");
      var old = epochIn(alice.wholeLine());
      bob.asks("publish", PUBLISH, "\"publish\":{}");
      assertTrue(alice.push().contains("\"offset\":1"));

      beginEpoch();
      var told = new HashSet<String>();
      told.add(alice.push());
      told.add(alice.push());
      assertEquals(Set.of(
          "{\"push\":{\"channel\":\"room:r\",\"unsubscribe\":{\"code\":2500,"
              + "\"reason\":\"insufficient state\"}}}",
          "{\"push\":{\"channel\":\"inbox:#alice\",\"subscribe\":{\"recoverable\":true,"
              + "\"positioned\":true,\"epoch\":\"EPOCH\"}}}"),
          told);

      bob.asks("publish", PUBLISH, "\"publish\":{}");
      alice.say("{\"id\":3,\"subscribe\":{\"channel\":\"room:r\",\"recoverable\":true,"
          + "\"recover\":true,\"epoch\":\"" + old + "\",\"offset\":1}}");
      var back = alice.wholeLine();
      assertNotEquals(old, epochIn(back));
      assertTrue(back.contains("\"recovered\":true") && back.contains("\"offset\":2"), back);
    }
  }
}
