package io.parley.broker.redis;

import static io.parley.broker.PublishOutcome.Failed.REFUSED;
import static io.parley.broker.PublishOutcome.Stored.NOWHERE;
import static io.parley.broker.RecordingEvents.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.broker.HistoryRequest;
import io.parley.broker.RecordingEvents.Interrupted;
import io.parley.broker.RecordingEvents.Subscribed;
import io.parley.channel.Position;
import io.parley.channel.Retention;
import io.parley.redis.DocumentedPermissions;
import io.parley.redis.LogLines;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A Redis that doesn't let a node do what it has to, and how the node goes on once that is mended.
/// The node's user may do what `docs/redis.md` says, and no more.
@Timeout(30)
class RedisRefusalTest {
  private static final Retention KEPT = new Retention(100, Duration.ofHours(1));

  private final RedisServer redis;

  RedisRefusalTest() throws IOException {
    redis = new RedisServer();
    DocumentedPermissions.grant(redis, "chat");
  }

  @AfterEach
  void stopRedis() {
    redis.close();
  }

  private RedisNode node() {
    return new RedisNode("redis://chat:pass@127.0.0.1:" + redis.port() + "/1",
        RedisNode.SETTINGS);
  }

  private static LogLines linkLog() {
    return new LogLines("io.parley.redis.RedisLink");
  }

  @Test
  void thePermissionsThatAreDocumentedAreEnough() {
    try (var log = linkLog(); var node = node().awaitReady()) {
      node.subscribe("room:a");
      assertEquals(NOWHERE, node.publish("room:a", "1", "id").get());
      assertEquals(NOWHERE, node.publish("room:a", "1", "id").get());
      assertEquals(NOWHERE, node.publish("room:a", "2", null).get());
      node.events.awaitTexts("room:a", 2);
      assertEquals(1, node.store("room:a", KEPT, "3", "id3").offset());
      assertEquals(List.of("3"), kept(node));
      var newest = new HistoryRequest(
          "room:a", KEPT, 0, Long.MAX_VALUE, 1, 100, HistoryRequest.End.NEWEST, null);
      assertEquals(1, node.read(newest).publications().size());
      // What only repairs asks for: a top that is gone, and a log that is empty.
      redis.commands().select(1);
      redis.commands().del("parley:top:{room:a}");
      assertEquals(2, node.store("room:a", KEPT, "4", null).offset());
      redis.commands().del("parley:top:{room:a}");
      redis.commands().xtrim("parley:log:{room:a}", 0);
      assertEquals(1, node.store("room:a", KEPT, "5", null).offset());
      node.broker.unsubscribe("room:a");
      await("gone", () -> redis.commands().pubsubChannels().isEmpty());
      assertEquals(List.of(), log.warnings());
    }
  }

  @Test
  void aPublishIntoAForbiddenChannelIsNotStoredAndItsRetryIs() {
    try (var log = new LogLines(RedisPublisher.class.getName());
        var node = node().awaitReady();
        var other = new RedisNode(redis.url(), RedisNode.SETTINGS).awaitReady()) {
      other.subscribe("room:a");
      redis.acl("chat", "resetchannels", "&parley:pub:{}", "&parley:pub:{room:b}");
      node.awaitReady();
      for (int i = 0; i < 20; i++) {
        assertEquals(REFUSED, node.publish("room:a", "1", "id").get());
        assertEquals(REFUSED, node.publish("room:a", "without", null).get());
        assertEquals(NOWHERE, node.publish("room:b", "1", "b" + i).get());
      }
      // It can still do the rest, and unready it would only cut clients off from that.
      assertTrue(node.broker.isReady());
      // One for what has an id and one for what has none: the texts differ.
      assertEquals(2, log.warnings().size(), log.warnings()::toString);
      log.warnings().forEach(line -> assertTrue(line.contains("refused: "), line));

      redis.acl("chat", "allchannels");
      assertEquals(NOWHERE, node.publish("room:a", "1", "id").get());
      assertEquals(NOWHERE, node.publish("room:a", "1", "id").get());
      assertEquals(NOWHERE, node.publish("room:a", "last", null).get());
      other.events.awaitTexts("room:a", 2);
      assertEquals(List.of("1", "last"), other.events.texts("room:a"));
    }
  }

  @Test
  void aRedisWithoutMemoryRefusesWhatHasAnIdAndTakesTheRetry() {
    try (var log = new LogLines(RedisPublisher.class.getName());
        var node = node().awaitReady()) {
      node.subscribe("room:a");
      redis.commands().configSet("maxmemory", "1");
      for (int i = 0; i < 20; i++) {
        assertEquals(REFUSED, node.publish("room:a", "1", "id").get());
        // Redis has to remember nothing for this one.
        assertEquals(NOWHERE, node.publish("room:a", "without", null).get());
      }
      assertTrue(node.broker.isReady());
      assertEquals(1, log.warnings().size(), log.warnings()::toString);
      assertTrue(log.warnings().getFirst().contains("refused: OOM"), log.warnings()::toString);
      assertEquals(0, redis.commands().keys("*").size());

      redis.commands().configSet("maxmemory", "0");
      node.events.clear();
      assertEquals(NOWHERE, node.publish("room:a", "1", "id").get());
      assertEquals(NOWHERE, node.publish("room:a", "1", "id").get());
      assertEquals(NOWHERE, node.publish("room:a", "last", null).get());
      await("last", () -> node.events.texts("room:a").contains("last"));
      assertEquals(List.of("1", "last"), node.events.texts("room:a").stream()
          .filter(text -> !text.equals("without")).toList());
    }
  }

  private static List<String> kept(RedisNode node) {
    return node.read(HistoryRequest.after("room:a", KEPT, new Position(1, 0), 1 << 20))
        .publications().stream()
        .map(publication -> new String(publication.data(), StandardCharsets.UTF_8)).toList();
  }

  @Test
  void aRedisWithoutMemoryKeepsNothingOfWhatItRefuses() {
    try (var node = node().awaitReady()) {
      node.subscribe("room:a");
      redis.commands().configSet("maxmemory", "1");
      assertEquals(REFUSED, node.publish("room:a", KEPT, "1", "id").get());
      assertEquals(REFUSED, node.publish("room:a", KEPT, "1", null).get());
      assertEquals(0, redis.commands().keys("*").size());
      redis.commands().configSet("maxmemory", "0");
      var first = node.store("room:a", KEPT, "1", "id");
      assertEquals(1, first.offset());

      redis.commands().configSet("maxmemory", "1");
      assertEquals(REFUSED, node.publish("room:a", KEPT, "2", "id2").get());
      assertEquals(REFUSED, node.publish("room:a", KEPT, "2", null).get());
      // What was there can be read.
      assertEquals(List.of("1"), kept(node));
      redis.commands().configSet("maxmemory", "0");
      assertEquals(first.at(2), node.store("room:a", KEPT, "2", "id2"));
      node.events.awaitTexts("room:a", 2);
      assertEquals(List.of("1", "2"), node.events.texts("room:a"));
      assertEquals(List.of("1", "2"), kept(node));
    }
  }

  /// Each of them comes when the script has written something.
  @ParameterizedTest
  @ValueSource(strings = {"xadd", "set", "hset"})
  void whatIsRefusedMidwayIsTakenBack(String command) {
    try (var node = node().awaitReady()) {
      node.subscribe("room:a");
      var first = node.store("room:a", KEPT, "1", "id1");
      redis.acl("chat", "-" + command);
      assertEquals(REFUSED, node.publish("room:a", KEPT, "2", "id2").get());
      assertEquals(first, node.store("room:a", KEPT, "1", "id1"));
      assertEquals(REFUSED, node.publish("room:b", KEPT, "b", "id2").get());
      assertEquals(List.of("1"), kept(node));
      redis.acl("chat", "+" + command);
      // The id isn't taken for known, and the offset not for spent.
      assertEquals(first.at(2), node.store("room:a", KEPT, "another", "id2"));
      assertEquals(1, node.store("room:b", KEPT, "b", "id2").offset());
      node.events.awaitTexts("room:a", 2);
      assertEquals(List.of("1", "another"), node.events.texts("room:a"));
      assertEquals(List.of("1", "another"), kept(node));
    }
  }

  /// A stream takes no id twice, so what is in the log can't be taken back.
  @Test
  void whatIsKeptIsStoredEvenIfNobodyMayBeToldAndTheOperatorIs() {
    try (var log = new LogLines(RedisPublisher.class.getName());
        var node = node().awaitReady()) {
      redis.acl("chat", "resetchannels", "&parley:pub:{}");
      node.awaitReady();
      var first = node.store("room:a", KEPT, "1", "id");
      assertEquals(first.at(2), node.store("room:a", KEPT, "2", null));
      assertEquals(first, node.store("room:a", KEPT, "1", "id"));
      assertEquals(List.of("1", "2"), kept(node));
      assertEquals(1, log.warnings().size(), log.warnings()::toString);
      assertTrue(log.warnings().getFirst().contains("can't publish"), log.warnings()::toString);
    }
  }

  @Test
  void aHistoryThatMayNotBeReadIsAnsweredWithNothingAndToldOfOnce() {
    try (var log = new LogLines(RedisReader.class.getName()); var node = node().awaitReady()) {
      node.store("room:a", KEPT, "1", null);
      redis.acl("chat", "-xrange");
      var request = HistoryRequest.after("room:a", KEPT, new Position(1, 0), 1 << 20);
      for (int i = 0; i < 10; i++) {
        assertNull(node.tryRead(request));
      }
      assertEquals(1, log.warnings().size(), log.warnings()::toString);
      redis.acl("chat", "+xrange");
      assertEquals(List.of("1"), kept(node));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ping", "info", "script|load", "subscribe", "unsubscribe"})
  void aNodeThatMayNotIsNotReadySaysSoOnceAndGoesOnWhenItMay(String command) {
    redis.acl("chat", "-" + command);
    long connections = redis.stat("total_connections_received");
    try (var log = linkLog(); var node = node()) {
      node.broker.subscribe("room:a");
      await("tries", () -> redis.stat("total_connections_received") >= connections + 8);
      assertFalse(node.broker.isReady());
      var warnings = log.warnings();
      // Both connections need to ask whether it lives, and what it is.
      assertEquals(Set.of("ping", "info").contains(command) ? 2 : 1, warnings.size(),
          warnings::toString);
      var start = command.toUpperCase(Locale.ROOT).replace('|', ' ') + ": NOPERM";
      warnings.forEach(line -> assertTrue(line.contains(start), line));

      redis.acl("chat", "+" + command);
      node.awaitReady();
      node.events.awaitEvent(new Subscribed("room:a"));
      assertEquals(NOWHERE, node.publish("room:a", "1", "id").get());
      assertEquals(warnings, log.warnings());
      assertEquals(warnings.size(), log.news().size(), log.news()::toString);
    }
  }

  @Test
  void aSubscriptionThatIsRefusedLaterMakesTheNodeUnreadyUntilItIsAllowed() {
    try (var log = linkLog(); var node = node().awaitReady()) {
      node.subscribe("room:a");
      redis.acl("chat", "-subscribe");
      node.broker.subscribe("room:b");
      await("not ready", () -> !node.broker.isReady());
      await("interrupted", () -> node.events.count(new Interrupted()) >= 1);
      node.events.clear();
      redis.acl("chat", "+subscribe");
      node.awaitReady();
      node.events.awaitEvent(new Subscribed("room:a"));
      node.events.awaitEvent(new Subscribed("room:b"));
      assertEquals(1, log.warnings().size(), log.warnings()::toString);
      assertTrue(log.warnings().getFirst().contains("SUBSCRIBE: NOPERM"),
          log.warnings()::toString);
    }
  }
}
