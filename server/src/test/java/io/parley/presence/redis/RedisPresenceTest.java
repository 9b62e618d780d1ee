package io.parley.presence.redis;

import static io.parley.presence.RecordedChanges.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.KillArgs;
import io.parley.channel.ClientInfo;
import io.parley.channel.PresenceEvent;
import io.parley.metric.Metric;
import io.parley.redis.HoldingRelay;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What happens when nodes die, freeze and come back, and when Redis does; each with its own Redis.
class RedisPresenceTest extends OwnRedis {
  RedisPresenceTest() throws IOException {}

  /// Waits until these are there, and also until they can be read.
  private static void awaitReadable(PresenceNode node, Map<String, Integer> connections) {
    await("there again: " + connections, () -> {
      var answer = new CompletableFuture<Map<String, Integer>>();
      node.presence.who(ROOM, who -> answer.complete(who == null ? Map.of() : who.connections()));
      return answer.orTimeout(20, TimeUnit.SECONDS).join().equals(connections);
    });
  }

  private static long leaves(PresenceNode seenBy, String channel) {
    return seenBy.told.changes(channel).stream().filter(change -> change.contains("-")).count();
  }

  @Test
  void aDeadNodesMembersLeaveOnceWhoeverSweeps() {
    var dead = open();
    var one = open();
    var two = open();
    IntStream.range(0, 50)
        .forEach(i -> dead.presence.join("room:" + i, new ClientInfo("user" + i, client(i))));
    dead.presence.join(ROOM, new ClientInfo("alice", client(100)));
    one.presence.join(ROOM, new ClientInfo("bob", client(101)));
    one.node().awaitWho(ROOM, Map.of("alice", 1, "bob", 1));
    await("all told", () -> !one.told.changes("room:49").isEmpty());
    long died = System.nanoTime();
    die(dead);
    await("alice left", () -> leaves(one, ROOM) > 0 && leaves(two, ROOM) > 0);
    await("swept", () -> redis.commands().hlen(PREFIX + "nodes") == 2);
    assertTrue(System.nanoTime() - died < 2 * LEASE.toNanos() + TimeUnit.SECONDS.toNanos(4));
    for (var each : List.of(one, two)) {
      assertEquals(List.of("-alice"),
          each.told.changes(ROOM).stream().filter(change -> change.contains("-")).toList());
      IntStream.range(0, 50).forEach(
          i -> assertEquals(List.of("+user" + i, "-user" + i), each.told.changes("room:" + i)));
      each.told.assertNoGap(ROOM);
    }
    assertEquals(Map.of("bob", 1), two.node().who(ROOM).connections());
    assertEquals(List.of(), redis.commands().keys(PREFIX + "here:*" + dead.ids.getFirst()));
    assertEquals(0, redis.commands().exists(PREFIX + "at:" + dead.ids.getFirst()));
    await("counted", () -> one.count(Metric.NODES_SWEPT) + two.count(Metric.NODES_SWEPT) == 1);
  }

  @Test
  void aNodeThatWasSweptTakesANewIdAndItsMembersComeBack() {
    var frozen = open();
    var other = open();
    frozen.presence.join(ROOM, new ClientInfo("alice", client(1)));
    other.presence.join(ROOM, new ClientInfo("bob", client(2)));
    other.node().awaitWho(ROOM, Map.of("alice", 1, "bob", 1));
    frozen.freeze();
    await("alice left", () -> leaves(other, ROOM) == 1);
    assertEquals(Map.of("bob", 1), other.node().who(ROOM).connections());
    frozen.thaw();
    await("a new id", () -> frozen.ids.size() == 2);
    other.node().awaitWho(ROOM, Map.of("alice", 1, "bob", 1));
    await("alice is back", () -> other.told.changes(ROOM).getLast().equals("+alice"));
    assertEquals(List.of("-alice", "+alice"), other.told.changes(ROOM).stream().skip(2).toList());
    assertEquals(1, frozen.count(Metric.LEASE_LOST));
    await("the old id is gone",
        () -> Set.copyOf(redis.commands().hkeys(PREFIX + "nodes"))
            .equals(Set.of(frozen.ids.getLast(), other.ids.getFirst())));
  }

  @Test
  void whatIsLeftOfALostIdIsGoneOnceItIsSwept() {
    var node = open();
    node.presence.join(ROOM, new ClientInfo("alice", client(1)));
    node.node().awaitWho(ROOM, Map.of("alice", 1));
    // As another node would claim it, and then sweep slowly.
    redis.commands().set(PREFIX + "lease:" + node.ids.getFirst(), "swept");
    await("a new id", () -> node.ids.size() == 2);
    await("the old id is swept", () -> redis.commands().hlen(PREFIX + "nodes") == 1);
    assertEquals(Map.of("alice", 1), node.node().who(ROOM).connections());
    assertEquals(List.of("+alice"), node.told.changes(ROOM).stream()
        .filter(change -> !change.startsWith("(")).toList());
  }

  @Test
  void aRedisThatIsAwayForLongerThanALeaseMakesNobodyLeave() throws Exception {
    var one = open();
    var two = open();
    one.presence.join(ROOM, new ClientInfo("alice", client(1)));
    two.presence.join(ROOM, new ClientInfo("bob", client(2)));
    one.node().awaitWho(ROOM, Map.of("alice", 1, "bob", 1));
    await("told", () -> one.told.changes(ROOM).size() == 2 && two.told.changes(ROOM).size() == 2);
    redis.freeze();
    TimeUnit.NANOSECONDS.sleep(LEASE.toNanos() * 3 / 2);
    redis.thaw();
    var observer = open();
    // Whoever would have to be swept has been by then.
    TimeUnit.NANOSECONDS.sleep(LEASE.toNanos() * 2);
    assertEquals(Map.of("alice", 1, "bob", 1), observer.node().who(ROOM).connections());
    assertEquals(List.of(), observer.told.changes(ROOM));
    assertEquals(1, one.ids.size());
    assertEquals(1, two.ids.size());
  }

  @Test
  void whatWasSentOnAConnectionThatBrokeIsNotDoneAfterWhatIsSentOnTheNext() throws Exception {
    try (var relay = new HoldingRelay(redis.port())) {
      // Longer than it takes to find that the connection is broken.
      var node = open(relay.url(), Duration.ofMinutes(1));
      var other = open();
      node.presence.join(ROOM, new ClientInfo("alice", client(1)));
      other.node().awaitWho(ROOM, Map.of("alice", 1));
      relay.hold();
      node.presence.join(ROOM, new ClientInfo("bob", client(2)));
      await("bob is on his way", () -> relay.holds("bob"));
      other.node().awaitWho(ROOM, Map.of("alice", 1, "bob", 1));
      node.presence.leave(ROOM, client(2));
      other.node().awaitWho(ROOM, Map.of("alice", 1));
      relay.release();
      assertEquals(Map.of("alice", 1), other.node().who(ROOM).connections());
      assertEquals(List.of("+alice", "+bob", "-bob"), other.told.changes(ROOM));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"client|kill", "client|info"})
  void aRedisThatLetsNoConnectionBeEndedIsUsedAllTheSame(String refused) {
    redis.acl("node", "on", ">secret", "~*", "&*", "+@all", "-" + refused);
    var node = open("redis://node:secret@127.0.0.1:" + redis.port(), LEASE);
    node.presence.join(ROOM, new ClientInfo("alice", client(1)));
    node.node().awaitWho(ROOM, Map.of("alice", 1));
    redis.commands().clientKill(KillArgs.Builder.user("node"));
    node.presence.join(ROOM, new ClientInfo("bob", client(2)));
    awaitReadable(node, Map.of("alice", 1, "bob", 1));
  }

  @Test
  void aRedisThatForgotEverythingIsToldAgain() throws Exception {
    var one = open();
    var two = open();
    one.presence.join(ROOM, new ClientInfo("alice", client(1)));
    two.presence.join(ROOM, new ClientInfo("bob", client(2)));
    one.node().awaitWho(ROOM, Map.of("alice", 1, "bob", 1));
    redis.kill();
    one.presence.join(ROOM, new ClientInfo("carol", client(3)));
    two.presence.leave(ROOM, client(2));
    redis.start();
    awaitReadable(one, Map.of("alice", 1, "carol", 1));
    await("both registered", () -> redis.commands().hlen(PREFIX + "nodes") == 2);
  }

  @Test
  void whatRedisHasTooMuchIsFoundAfterItsRestart() {
    var node = open();
    node.presence.join(ROOM, new ClientInfo("alice", client(1)));
    node.node().awaitWho(ROOM, Map.of("alice", 1));
    // A leave that is undone by a restart from an older state looks like this.
    var id = node.ids.getFirst();
    redis.commands().hset(PREFIX + "here:{" + ROOM + "}:" + id, "0123456789abcdef", "ghost");
    redis.commands().hset(PREFIX + "users:{" + ROOM + "}", "ghost", "1");
    redis.commands().hset(PREFIX + "here:{room:b}:" + id, "0123456789abcdef", "ghost");
    redis.commands().hset(PREFIX + "users:{room:b}", "ghost", "1");
    redis.commands().sadd(PREFIX + "at:" + id, "room:b");
    redis.commands().del(PREFIX + "lease:" + id);
    node.node().awaitWho(ROOM, Map.of("alice", 1));
    node.node().awaitWho("room:b", Map.of());
    await("forgotten", () -> redis.commands().smembers(PREFIX + "at:" + id).equals(Set.of(ROOM)));
    assertEquals(1, node.ids.size());
  }

  @Test
  void aRestartFromADumpOfLongAgoMakesNobodyLeave() throws Exception {
    var one = open();
    var two = open();
    one.presence.join(ROOM, new ClientInfo("alice", client(1)));
    two.presence.join(ROOM, new ClientInfo("bob", client(2)));
    one.node().awaitWho(ROOM, Map.of("alice", 1, "bob", 1));
    redis.commands().save();
    // All leases in the dump run out, and both nodes may sweep by then.
    TimeUnit.NANOSECONDS.sleep(LEASE.toNanos() * 3 / 2);
    redis.kill();
    redis.start();
    TimeUnit.NANOSECONDS.sleep(LEASE.toNanos() * 2);
    one.node().awaitWho(ROOM, Map.of("alice", 1, "bob", 1));
    assertEquals(List.of(1, 1), List.of(one.ids.size(), two.ids.size()));
    assertEquals(0, one.count(Metric.NODES_SWEPT) + two.count(Metric.NODES_SWEPT), 0.1);
    assertEquals(List.of("lives", "lives"), redis.commands().keys(PREFIX + "lease:*").stream()
        .map(key -> redis.commands().get(key)).toList());
  }

  @Test
  void whoeverCouldNotLeaveIsSweptByOthers() {
    var leaving = open();
    var other = open();
    leaving.presence.join(ROOM, new ClientInfo("alice", client(1)));
    other.node().awaitWho(ROOM, Map.of("alice", 1));
    redis.acl("default", "-evalsha");
    assertFalse(leaving.presence.close().orTimeout(10, TimeUnit.SECONDS).join());
    redis.acl("default", "+evalsha");
    leaving.lease.close(false).orTimeout(10, TimeUnit.SECONDS).join();
    assertEquals(2, redis.commands().hlen(PREFIX + "nodes"));
    die(leaving);
    other.node().awaitWho(ROOM, Map.of());
    await("swept", () -> redis.commands().hlen(PREFIX + "nodes") == 1);
    assertEquals(0, redis.commands().exists(PREFIX + "at:" + leaving.ids.getFirst()));
  }

  @Test
  void whoLeavesWhileRedisIsFrozenIsSweptByOthers() throws Exception {
    var leaving = open();
    var other = open();
    leaving.presence.join(ROOM, new ClientInfo("alice", client(1)));
    other.node().awaitWho(ROOM, Map.of("alice", 1));
    redis.freeze();
    leave(leaving);
    redis.thaw();
    other.node().awaitWho(ROOM, Map.of());
    await("swept", () -> redis.commands().hlen(PREFIX + "nodes") == 1);
  }

  @Test
  void whoLeavesInOrderIsGoneAtOnce() {
    var leaving = open();
    leaving.presence.join(ROOM, new ClientInfo("alice", client(1)));
    leaving.node().awaitWho(ROOM, Map.of("alice", 1));
    assertTrue(leaving.presence.close().orTimeout(10, TimeUnit.SECONDS).join());
    leaving.lease.close(true).orTimeout(10, TimeUnit.SECONDS).join();
    assertEquals(List.of(PREFIX + "who:{" + ROOM + "}"), redis.commands().keys(PREFIX + "*"));
  }

  @Test
  void whatIsMalformedEndsNoSweepForEver() {
    var dead = open();
    var other = open();
    dead.presence.join(ROOM, new ClientInfo("alice", client(1)));
    other.node().awaitWho(ROOM, Map.of("alice", 1));
    var id = dead.ids.getFirst();
    die(dead);
    redis.commands().hset(PREFIX + "here:{" + ROOM + "}:" + id, "short", "mallory");
    await("claimed", () -> "swept".equals(redis.commands().get(PREFIX + "lease:" + id)));
    redis.commands().hdel(PREFIX + "here:{" + ROOM + "}:" + id, "short");
    await("swept", () -> redis.commands().hlen(PREFIX + "nodes") == 1);
    assertEquals(Map.of(), other.node().who(ROOM).connections());
  }

  @Test
  void aMalformedNumberIsAnswered() {
    var node = open();
    redis.commands().hset(PREFIX + "users:{" + ROOM + "}", "alice", "many");
    var answered = new CompletableFuture<Boolean>();
    node.presence.who(ROOM, who -> answered.complete(who == null));
    assertTrue(answered.orTimeout(10, TimeUnit.SECONDS).join());
  }

  @Test
  void aFullRedisLetsNoLeaseRunOut() throws Exception {
    var node = open();
    redis.commands().configSet("maxmemory", "1");
    TimeUnit.NANOSECONDS.sleep(LEASE.toNanos() * 3 / 2);
    assertEquals("lives", redis.commands().get(PREFIX + "lease:" + node.ids.getFirst()));
    redis.commands().configSet("maxmemory", "0");
  }

  @Test
  void allDeadAndStartedAgainLeaveNoGhosts() {
    var first = open();
    var second = open();
    first.presence.join(ROOM, new ClientInfo("alice", client(1)));
    second.presence.join(ROOM, new ClientInfo("bob", client(2)));
    first.node().awaitWho(ROOM, Map.of("alice", 1, "bob", 1));
    die(first);
    die(second);
    var again = open();
    again.presence.join(ROOM, new ClientInfo("bob", client(3)));
    again.node().awaitWho(ROOM, Map.of("bob", 1));
    assertEquals(1, again.node().who(ROOM).clients());
    await("swept", () -> redis.commands().hlen(PREFIX + "nodes") == 1);
    assertEquals(List.of(PREFIX + "at:" + again.ids.getFirst()),
        redis.commands().keys(PREFIX + "at:*"));
  }

  @Test
  void tenThousandInOneChannelAreWrittenAndReadInPieces() {
    var node = open();
    var other = open();
    IntStream.range(0, 10_000)
        .forEach(i -> node.presence.join(ROOM, new ClientInfo("user" + i, client(i))));
    await("all there", () -> other.node().who(ROOM).clients() == 10_000);
    await("all told", () -> other.told.events(ROOM).getLast().clients() == 10_000);
    var who = other.node().who(ROOM);
    assertEquals(10_000, who.users());
    assertEquals(1_000, who.connections().size());
    var events = other.told.events(ROOM);
    assertTrue(events.size() < 80, events.size() + " events");
    other.told.assertNoGap(ROOM);

    other.told.clear();
    die(node);
    await("all left", () -> other.node().who(ROOM).clients() == 0);
    await("all told", () -> !other.told.events(ROOM).isEmpty()
        && other.told.events(ROOM).getLast().clients() == 0);
    var leaves = other.told.events(ROOM);
    assertTrue(leaves.size() < 80, leaves.size() + " events");
    assertEquals(10_000, leaves.stream().mapToInt(RedisPresenceTest::changes).sum());
  }

  private static int changes(PresenceEvent event) {
    return event.changes().size() + event.hidden();
  }

  @Test
  void anEventSaysWhereTheChannelStood() {
    var node = open();
    redis.commands().hset(PREFIX + "top:{" + ROOM + "}",
        Map.of("epoch", "00000000000000aa", "offset", "42"));
    node.presence.join(ROOM, new ClientInfo("alice", client(1)));
    await("told", () -> !node.told.events(ROOM).isEmpty());
    assertEquals("00000000000000aa:42",
        String.valueOf(node.told.events(ROOM).getFirst().top()));
  }

  @Test
  void whatRedisRefusesIsWrittenOnceItDoesNot() {
    var node = open();
    redis.commands().configSet("maxmemory", "1");
    node.presence.join(ROOM, new ClientInfo("alice", client(1)));
    await("refused", () -> redis.commands().info("errorstats").contains("OOM"));
    redis.commands().configSet("maxmemory", "0");
    node.node().awaitWho(ROOM, Map.of("alice", 1));
    assertEquals(Set.of(ROOM),
        redis.commands().smembers(PREFIX + "at:" + node.ids.getLast()));
  }
}
