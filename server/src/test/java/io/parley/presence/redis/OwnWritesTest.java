package io.parley.presence.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.parley.channel.ClientInfo;
import io.parley.presence.Clients;
import io.parley.presence.PresenceRules;
import io.parley.presence.Who;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who asks right behind his joining or leaving is answered accordingly, even while an earlier
/// change of the channel is still under way, behind which his own has to wait.
@Timeout(60)
class OwnWritesTest {
  private static final int TIMES = 200;

  private final RedisServer redis;
  private final PresenceNode node;

  OwnWritesTest() throws IOException {
    redis = new RedisServer();
    node = new PresenceNode(redis.url(), "parley:", Duration.ofSeconds(4), new PresenceRules(
        channel -> true, Duration.ofMillis(300), 200, 50, 1_000, 1_000)).awaitId();
  }

  @AfterEach
  void stop() {
    node.close();
    redis.close();
  }

  /// Another client joins, and what the loop has to do for that is done: a command is under way.
  private void otherJoins(String channel) {
    node.presence.join(channel, new ClientInfo("other", UUID.randomUUID()));
    var turn = new CompletableFuture<Void>();
    node.loops.loops().getFirst().execute(() -> turn.complete(null));
    turn.join();
  }

  private Who who(String channel) {
    var answer = new CompletableFuture<Who>();
    node.presence.who(channel, answer::complete);
    var found = answer.join();
    assertNotNull(found);
    return found;
  }

  private Clients clients(String channel) {
    var answer = new CompletableFuture<Clients>();
    node.presence.clients(channel, 10, answer::complete);
    var found = answer.join();
    assertNotNull(found);
    return found;
  }

  @Test
  void whoHasJoinedIsCounted() {
    for (int i = 0; i < TIMES; i++) {
      var channel = "room:" + i;
      otherJoins(channel);
      node.presence.join(channel, new ClientInfo("me", UUID.randomUUID()));
      assertEquals(2, who(channel).clients(), channel);
    }
  }

  @Test
  void whoHasJoinedIsNamed() {
    for (int i = 0; i < TIMES; i++) {
      var channel = "room:" + i;
      otherJoins(channel);
      node.presence.join(channel, new ClientInfo("me", UUID.randomUUID()));
      assertEquals(2, clients(channel).infos().size(), channel);
    }
  }

  @Test
  void whoHasJoinedOneOfManyChannelsIsCounted() {
    for (int i = 0; i < TIMES; i++) {
      var last = "";
      for (int n = 0; n < 200; n++) {
        last = "room:" + i + "-" + n;
        node.presence.join(last, new ClientInfo("me", UUID.randomUUID()));
      }
      assertEquals(1, who(last).clients(), last);
    }
  }

  @Test
  void whoHasLeftIsNot() {
    for (int i = 0; i < TIMES; i++) {
      var channel = "room:" + i;
      var me = UUID.randomUUID();
      node.presence.join(channel, new ClientInfo("me", me));
      assertEquals(1, who(channel).clients(), channel);
      otherJoins(channel);
      node.presence.leave(channel, me);
      assertEquals(1, who(channel).clients(), channel);
    }
  }
}
