package io.parley.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.client.ChatClient;
import io.parley.e2e.client.InsistentTalker;
import io.parley.e2e.client.RawClient;
import io.parley.e2e.harness.Haproxy;
import io.parley.e2e.harness.Installed;
import io.parley.e2e.harness.Kept;
import io.parley.e2e.harness.NodeProcess;
import io.parley.e2e.harness.RedisServer;
import io.parley.e2e.harness.Witness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Deploying at noon: nodes are told to end while people talk. (F2 and F3 of the fault catalogue.)
@Timeout(120)
class DrainTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  /// Of a drain whose deadline is 3 s, with what a busy machine may take longer. Without a deadline
  /// it would be a minute.
  private static final Duration WITHIN_DEADLINE = Duration.ofSeconds(12);

  @RegisterExtension
  private final Kept kept = new Kept();

  /// F2: one node after the other is replaced by a new one at the same place. Whoever was on it
  /// comes back through the balancer; every message is stored once, and nobody is told otherwise.
  @Test
  void threeNodesAreRestartedInTurnUnderLoadAndNobodyLosesAMessage() {
    var binary = Installed.orSkip("haproxy");
    var redis = kept.keep(RedisServer.start());
    var nodes = new ArrayList<NodeProcess>();
    for (int i = 1; i <= 3; i++) {
      nodes.add(start("n" + i, redis));
    }
    var haproxy = kept.keep(Haproxy.before(binary, nodes));
    var witness = kept.keep(redis.witness("load"));
    var talkers = new ArrayList<InsistentTalker>();
    for (int i = 0; i < 12; i++) {
      talkers.add(kept.keep(InsistentTalker.start(haproxy.port(), "t" + i, "load")));
    }
    awaitMore(talkers, 20);

    for (int i = 0; i < nodes.size(); i++) {
      var old = nodes.get(i);
      int seen = haproxy.program().lines().size();
      old.program().signal("TERM");
      assertEquals(0, old.program().awaitExit(SOON), old.program()::toString);
      var renewed = start(old.name(), redis, "--listen.port=" + old.port(),
          "--internal.port=" + old.internalPort());
      renewed.health().awaitReady(SOON);
      haproxy.program().awaitLineAfter(seen, "node" + (i + 1) + " is UP", SOON);
      awaitMore(talkers, 20);
    }
    talkers.forEach(InsistentTalker::finish);
    for (var talker : talkers) {
      assertEquals(List.of(), talker.errors(), "0 unknown, 0 refused");
      assertEquals(0, talker.refusals(), "always somebody there");
      assertTrue(talker.closeCodes().stream().allMatch(code -> code == 3001),
          () -> "codes " + talker.closeCodes());
    }
    assertTrue(talkers.stream().mapToInt(talker -> talker.closeCodes().size()).sum() >= 12,
        "everybody was sent elsewhere at least once");
    assertAllStoredOnce(talkers, witness);
  }

  private NodeProcess start(String name, RedisServer redis, String... flags) {
    var all = new ArrayList<>(List.of("--proxy.trusted=127.0.0.1,::1", "--drain.grace=2500ms"));
    all.addAll(List.of(flags));
    return kept.keep(NodeProcess.start(name, redis.url(), all.toArray(String[]::new)));
  }

  /// Waits until each has got so many more acks.
  private static void awaitMore(List<InsistentTalker> talkers, int count) {
    var before = talkers.stream().map(talker -> talker.acked().size()).toList();
    await(count + " more acks each").atMost(SOON).until(() -> {
      for (int i = 0; i < talkers.size(); i++) {
        if (talkers.get(i).acked().size() < before.get(i) + count) {
          return false;
        }
      }
      return true;
    });
  }

  private static void assertAllStoredOnce(List<InsistentTalker> talkers, Witness witness) {
    var acked = new ArrayList<String>();
    talkers.forEach(talker -> acked.addAll(talker.acked()));
    await("the witness to have read all").atMost(SOON)
        .until(() -> witness.ids().size() >= acked.size());
    var stored = new HashSet<>(witness.ids());
    assertEquals(witness.ids().size(), stored.size(), "none twice");
    assertEquals(new HashSet<>(acked), stored, "none lost");
    for (var talker : talkers) {
      var own = talker.acked().getFirst().replaceFirst("-.*", "-");
      assertEquals(talker.acked(),
          witness.ids().stream().filter(id -> id.startsWith(own)).toList(), "in his order");
    }
  }

  /// F3: publishes that Redis doesn't answer, and a client that doesn't leave.
  @Test
  void aDrainThatCanNotFinishEndsByItsDeadlineAllTheSame() throws IOException {
    var redis = kept.keep(RedisServer.start());
    var node = kept.keep(NodeProcess.start("n1", redis.url(),
        "--drain.deadline=3s", "--drain.period=1s", "--limits.close-timeout=1m"));
    var talker = kept.keep(InsistentTalker.start(node.port(), "t", "load"));
    var deaf = kept.keep(RawClient.connect(node.port(), "/?user=deaf"));
    awaitMore(List.of(talker), 10);
    redis.freeze();
    deaf.text("{\"id\":1}");
    long start = System.nanoTime();
    node.program().signal("TERM");
    assertEquals(0, node.program().awaitExit(SOON), node.program()::toString);
    var took = Duration.ofNanos(System.nanoTime() - start);
    assertTrue(took.compareTo(WITHIN_DEADLINE) < 0, took::toString);
    redis.thaw();
  }

  /// The user of a client that was sent away may come back elsewhere, and is waited for.
  @Test
  void aNodeThatIsToldASecondTimeWaitsForNobody() {
    var redis = kept.keep(RedisServer.start());
    var node = kept.keep(NodeProcess.start("n1", redis.url(), "--presence.leave-delay=10m",
        "--drain.deadline=1h", "--drain.period=0s"));
    var client = kept.keep(ChatClient.connect(node.port(), "user=alice&room=news"));
    client.join("news");
    node.program().signal("TERM");
    assertEquals(3001, client.awaitClosed(SOON));
    await("nobody left").atMost(SOON)
        .until(() -> node.health().metric("parley_connections") == 0);
    assertTrue(node.program().isAlive());
    node.program().signal("TERM");
    assertEquals(0, node.program().awaitExit(SOON), node.program()::toString);
  }

  /// Redis frozen and every publish told so in time: then the drain goes on as always.
  @Test
  void whatRedisDoesNotAnswerIsToldBeforeTheClientIsSentAway() throws IOException {
    var redis = kept.keep(RedisServer.start());
    var node = kept.keep(NodeProcess.start("n1", redis.url(),
        "--redis.timeout=1s", "--redis.ping-interval=1m", "--drain.period=100ms"));
    var client = kept.keep(RawClient.connect(node.port(), "/?user=alice&room=desk"));
    client.text("{\"room\":\"load\",\"id\":\"before\"}");
    var ack = client.read().text();
    assertTrue(ack.startsWith("{\"ack\":\"before\","), ack);
    redis.freeze();
    client.text("{\"room\":\"load\",\"id\":\"frozen\"}");
    await("the publish to wait for Redis").atMost(SOON)
        .until(() -> node.health().metric("parley_redis_queue_bytes") > 0);
    node.program().signal("TERM");
    var answer = client.read().text();
    assertTrue(answer.startsWith("{\"error\":{\"code\":100,"), answer);
    var close = client.read();
    assertEquals(3001, close.closeCode());
    client.frame(0x88, close.payload());
    assertEquals(0, node.program().awaitExit(SOON), node.program()::toString);
    assertFalse(node.program().isAlive());
    redis.thaw();
  }
}
