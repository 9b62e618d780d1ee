package io.parley.presence.redis;

import static io.parley.presence.RecordedChanges.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.channel.ClientInfo;
import io.parley.presence.PresenceRules;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Ten thousand in one channel are handled in pieces, so that they hold up neither Redis nor the
/// node's loop: each command, and each answer, is a task of its own.
@Timeout(120)
class PresencePiecesTest {
  private static final String ROOM = "room:a";
  private static final String PREFIX = "parley:";
  private static final int MANY = 10_000;
  private static final int PAGE_MAX = 500;

  /// In a call of `change.lua`: its name, digest and number of keys, the keys, and what stands
  /// before the members; the last of it says how many of them are there.
  private static final int BEFORE_KEYS = 3;
  private static final int BEFORE_MEMBERS = 13;

  private final RedisServer redis;
  private final SeenCommands seen;
  private final PresenceNode node;

  PresencePiecesTest() throws IOException {
    redis = new RedisServer();
    seen = new SeenCommands(redis);
    node = new PresenceNode(redis.url(), PREFIX, Duration.ofSeconds(4), new PresenceRules(
        channel -> true, Duration.ofMillis(300), 200, 50, 1_000, 1_000)).awaitId();
  }

  @AfterEach
  void stop() {
    node.close();
    seen.close();
    redis.close();
  }

  private static UUID client(int number) {
    return new UUID(0x5678_0000_0000_0000L, number);
  }

  private void allJoin() {
    IntStream.range(0, MANY)
        .forEach(i -> node.presence.join(ROOM, new ClientInfo("user" + i, client(i))));
    awaitClients(MANY);
  }

  private void awaitClients(int count) {
    await(count + " there", () -> node.node().who(ROOM).clients() == count);
  }

  /// How many members each call of `change.lua` had.
  private List<Integer> pieces() {
    return seen.named(redis, "EVALSHA").stream()
        .filter(words -> words.get(BEFORE_KEYS).startsWith(PREFIX + "here:"))
        .map(words -> {
          int there = Integer.parseInt(words.get(BEFORE_MEMBERS - 1));
          return words.size() - BEFORE_MEMBERS - there;
        }).toList();
  }

  private void assertPieces() {
    var pieces = pieces();
    assertTrue(pieces.stream().mapToInt(each -> each).sum() >= MANY, pieces::toString);
    assertTrue(pieces.stream().allMatch(each -> each <= PresenceCommands.MEMBERS_MAX),
        pieces::toString);
  }

  /// How many were asked for at once, by commands that go through something page by page.
  private void assertPages(String command, String key) {
    var asked = seen.named(redis, command).stream().filter(words -> words.get(1).startsWith(key))
        .toList();
    assertTrue(!asked.isEmpty(), command + " " + key + ": none (expected: some)");
    for (var words : asked) {
      assertEquals("COUNT", words.get(words.size() - 2), words::toString);
      assertTrue(Integer.parseInt(words.getLast()) <= PAGE_MAX, words::toString);
    }
  }

  @Test
  void joiningAndLeavingAreWrittenInPieces() {
    allJoin();
    assertPieces();
    seen.clear();
    // At once, as when a balancer has ended.
    IntStream.range(0, MANY).forEach(i -> node.presence.leaveLater(ROOM, client(i)));
    awaitClients(0);
    assertPieces();
  }

  @Test
  void allIsWrittenAgainInPiecesWhenRedisHasForgottenIt() {
    allJoin();
    seen.clear();
    redis.commands().flushall();
    awaitClients(MANY);
    assertPieces();
    assertEquals(1, node.ids.size());
  }

  @Test
  void whatRedisHasTooMuchIsLookedForPageByPage() {
    allJoin();
    seen.clear();
    redis.commands().del(PREFIX + "lease:" + node.ids.getFirst());
    await("looked", () -> seen.named(redis, "HSCAN").stream().anyMatch(
        words -> words.get(1).startsWith(PREFIX + "here:")));
    assertPages("SSCAN", PREFIX + "at:");
    assertPages("HSCAN", PREFIX + "here:");
    awaitClients(MANY);
  }

  @Test
  void whoIsThereIsReadPageByPage() {
    allJoin();
    seen.clear();
    var who = node.node().who(ROOM);
    assertEquals(MANY, who.users());
    assertEquals(1_000, who.connections().size());
    assertPages("HSCAN", PREFIX + "users:");
    // Enough for the answer, and no more: a page may have some fewer.
    assertTrue(seen.named(redis, "HSCAN").size() <= 4, () -> "" + seen.named(redis, "HSCAN"));
  }
}
