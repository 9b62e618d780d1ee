package io.parley.presence.redis;

import static io.parley.presence.RecordedChanges.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.KillArgs;
import io.parley.channel.ClientInfo;
import io.parley.metric.Metric;
import io.parley.redis.HoldingRelay;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Whom a sweep takes, and that it takes all of him; each with its own Redis.
class SweepTest extends OwnRedis {
  SweepTest() throws IOException {}

  private void awaitNodes(int count) {
    await(count + " nodes", () -> redis.commands().hlen(PREFIX + "nodes") == count);
  }

  @Test
  void twoWhoSweepAtOnceTellOfEachLeaveOnce() {
    var dead = open();
    var one = open();
    var two = open();
    IntStream.range(0, 50)
        .forEach(i -> dead.presence.join("room:" + i, new ClientInfo("user" + i, client(i))));
    await("all told", () -> IntStream.range(0, 50).allMatch(
        i -> one.told.changes("room:" + i).size() == 1
            && two.told.changes("room:" + i).size() == 1));
    var id = dead.ids.getFirst();
    die(dead);
    // Both walk at the same time, as if neither had heard of the other's claim.
    var ended = new CountDownLatch(2);
    for (var each : List.of(one, two)) {
      each.loops.loops().getFirst().execute(
          () -> each.presence.sweep(id, isDone -> ended.countDown()));
    }
    await("both are done", () -> ended.getCount() == 0);
    for (var each : List.of(one, two)) {
      await("all have left", () -> IntStream.range(0, 50).allMatch(
          i -> each.told.changes("room:" + i).equals(List.of("+user" + i, "-user" + i))));
    }
    IntStream.range(0, 50).forEach(i -> assertEquals(1, two.told.changes("room:" + i).stream()
        .filter(change -> change.contains("-")).count()));
    assertEquals(List.of(), redis.commands().keys(PREFIX + "here:*" + id));
  }

  @Test
  void whoComesAfterHisNodeWasSweptIsNoGhost() throws Exception {
    try (var relay = new HoldingRelay(redis.port())) {
      var node = open(relay.url(), LEASE);
      var other = open();
      node.presence.join(ROOM, new ClientInfo("alice", client(1)));
      other.node().awaitWho(ROOM, Map.of("alice", 1));
      relay.hold();
      node.presence.join(ROOM, new ClientInfo("bob", client(2)));
      node.presence.join("room:b", new ClientInfo("bob", client(2)));
      await("bob is on his way", () -> relay.holds("bob") && relay.holds("room:b"));
      die(node);
      awaitNodes(1);
      other.node().awaitWho(ROOM, Map.of());
      relay.release();
      assertEquals(Map.of(), other.node().who(ROOM).connections());
      assertEquals(Map.of(), other.node().who("room:b").connections());
      assertEquals(List.of("+alice", "-alice"), other.told.changes(ROOM));
      var id = node.ids.getFirst();
      assertEquals(List.of(PREFIX + "lease:" + id), redis.commands().keys(PREFIX + "*" + id));
    }
  }

  /// When the clock of Redis' machine steps forward, all leases run out at once.
  @Test
  void nodesThatLiveAreNotSweptWhenTheirLeasesAreGoneAndTheDeadOneIs() throws Exception {
    var living = IntStream.range(0, 5).mapToObj(i -> open()).toList();
    var dead = open();
    IntStream.range(0, 5).forEach(
        i -> living.get(i).presence.join(ROOM, new ClientInfo("user" + i, client(i))));
    dead.presence.join(ROOM, new ClientInfo("bob", client(9)));
    var observer = living.getFirst();
    await("all there", () -> observer.node().who(ROOM).clients() == 6);
    // By then everybody may sweep: he has been in contact for a lease.
    TimeUnit.NANOSECONDS.sleep(LEASE.toNanos() * 5 / 4);
    die(dead);
    redis.commands().keys(PREFIX + "lease:*").forEach(redis.commands()::del);
    awaitNodes(5);
    // It is counted when Redis has answered.
    await("counted once", () -> living.stream()
        .mapToDouble(node -> node.count(Metric.NODES_SWEPT)).sum() == 1);
    assertEquals(0, living.stream().mapToDouble(node -> node.count(Metric.LEASE_LOST)).sum());
    assertEquals(5, observer.node().who(ROOM).clients());
    assertEquals(List.of("-bob"), observer.told.changes(ROOM).stream()
        .filter(change -> change.contains("-")).toList());
  }

  @Test
  void whatFailsWhenEverybodyLeavesIsTriedAgain() {
    var leaving = open();
    leaving.presence.join(ROOM, new ClientInfo("alice", client(1)));
    leaving.node().awaitWho(ROOM, Map.of("alice", 1));
    redis.commands().scriptFlush();
    assertTrue(leaving.presence.close().orTimeout(10, TimeUnit.SECONDS).join());
    assertEquals(List.of(), redis.commands().keys(PREFIX + "here:*"));
    assertEquals(List.of(), redis.commands().keys(PREFIX + "at:*"));
  }

  @Test
  void aConnectionThatBreaksWhenEverybodyLeavesMakesNobodyStay() {
    var leaving = open();
    leaving.presence.join(ROOM, new ClientInfo("alice", client(1)));
    leaving.node().awaitWho(ROOM, Map.of("alice", 1));
    redis.commands().clientKill(KillArgs.Builder.typeNormal());
    assertTrue(leaving.presence.close().orTimeout(10, TimeUnit.SECONDS).join());
    assertEquals(List.of(), redis.commands().keys(PREFIX + "here:*"));
  }
}
