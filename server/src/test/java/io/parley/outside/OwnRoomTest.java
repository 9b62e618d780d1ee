package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.auth.token.Issuer;
import io.parley.redis.DelayingRelay;
import io.parley.redis.RedisServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a client says before its own room is joined, since its node has to ask Redis for that room.
@Timeout(60)
class OwnRoomTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  private final RedisServer redis;
  private final DelayingRelay relay;
  private final TestNode node;

  OwnRoomTest() throws IOException {
    redis = new RedisServer();
    relay = new DelayingRelay(redis.port());
    node = TestNode.start("redis.url", relay.url(), "node.io-threads", "1",
        "redis.ping-interval", "1m", "drain.period", "0s", "drain.grace", "0s",
        "token.hmac-secret", SECRET);
  }

  @AfterEach
  void close() {
    node.close();
    relay.close();
    redis.close();
  }

  /// A client whose room waits for Redis.
  private Browser entering() {
    relay.delay();
    var client = Browser.open(node.port(), "user=alice&room=new");
    Awaitility.await("a subscription").atMost(Duration.ofSeconds(10))
        .until(() -> relay.holds("room:new"));
    return client;
  }

  @Test
  void whatIsSaidBeforeTheRoomIsJoinedComesBackToItsSender() throws IOException {
    try (var bystander = node.browser("room=other"); var alice = entering()) {
      alice.say("hello").say("{\"n\":1,\"id\":7}");
      // All clients share a loop: what alice said has come there by then.
      for (int i = 0; i < 5; i++) {
        bystander.saysAndHears("text " + i);
      }
      relay.release();
      alice.hearsInAnyOrder("hello", "{\"n\":1,\"id\":7,\"from\":\"alice\",\"room\":\"new\"}",
          "{\"ack\":7}");
    }
  }

  @Test
  void whoseRoomCannotBeJoinedPublishesAllTheSame() {
    try (var alice = entering()) {
      var ack = alice.say("{\"n\":1,\"id\":7}").next();
      assertEquals("{\"ack\":7}", ack);
      assertTrue(relay.holds("room:new"));
    }
  }

  @Test
  void whoIsSentAwayMeanwhileGetsAnAnswerToWhatWasReadBefore() {
    relay.delay();
    try (var alice = RawClient.upgraded(node.port(), "/?room=new&user=alice")) {
      // Behind a token everything waits for the room, and has been read with it.
      var token = Issuer.withSecret("HS256", SECRET).token("{\"sub\":\"alice\"}");
      alice.send(bytes(RawClient.textFrame("{\"token\":\"" + token + "\",\"id\":6}"),
          RawClient.textFrame("{\"n\":1,\"id\":7}")));
      alice.hears("{\"ack\":6}");
      Thread.ofVirtual().start(node.node()::drain);
      assertEquals("{\"ack\":7", alice.next().text().substring(0, 8));
      alice.isClosedWith(3001);
    }
  }

  private static byte[] bytes(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (var part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
