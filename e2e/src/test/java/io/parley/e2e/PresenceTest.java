package io.parley.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.client.ChatClient;
import io.parley.e2e.harness.Kept;
import io.parley.e2e.harness.NodeProcess;
import io.parley.e2e.harness.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Who is there, when nodes die and freeze.
@Timeout(180)
class PresenceTest {
  private static final Duration SOON = Duration.ofSeconds(15);

  /// What is promised of a dead node's members.
  private static final Duration DEAD_FOR_MOST = Duration.ofSeconds(30);

  @RegisterExtension
  private final Kept kept = new Kept();
  private final RedisServer redis = kept.keep(RedisServer.start());

  private NodeProcess node(String name, String... flags) {
    return kept.keep(NodeProcess.start(name, redis.url(), flags));
  }

  private ChatClient client(NodeProcess node, String user) {
    var client = kept.keep(ChatClient.connect(node.port(), "user=" + user + "&room=news"));
    client.join("news");
    return client;
  }

  /// Asks a node who is in the room: names and numbers of connections.
  private static String who(ChatClient client) {
    client.send("{\"who\":\"news\"}");
    return client.next().replaceAll("\\{\"user\":\"(\\w+)\",\"connections\":(\\d+)}", "$1=$2")
        .replaceAll("\\{\"who\":\"news\",\"users\":\\[(.*)]}", "$1");
  }

  private static void awaitWho(ChatClient client, String expected, Duration limit) {
    await(expected).atMost(limit).pollInterval(Duration.ofMillis(100))
        .until(() -> who(client).equals(expected));
  }

  @Test
  void membersOfANodeThatWasKilledAreGoneForAllOthers() {
    var dies = node("n1");
    var one = client(node("n2"), "bob");
    var two = client(node("n3"), "carol");
    client(dies, "alice");
    client(dies, "bob");
    awaitWho(one, "alice=1,bob=2,carol=1", SOON);
    dies.program().signal("KILL");
    awaitWho(one, "bob=1,carol=1", DEAD_FOR_MOST);
    assertEquals("bob=1,carol=1", who(two));
  }

  @Test
  void aNodeThatWasFrozenForLongerThanItsLeasePutsItselfRight() {
    // As short as it may be: twice as long as Redis may take to answer.
    var freezes = node("n1", "--presence.lease=8s");
    var other = client(node("n2", "--presence.lease=8s"), "bob");
    var alice = client(freezes, "alice");
    awaitWho(other, "alice=1,bob=1", SOON);
    freezes.program().signal("STOP");
    awaitWho(other, "bob=1", DEAD_FOR_MOST);
    freezes.program().signal("CONT");
    awaitWho(other, "alice=1,bob=1", SOON);
    assertEquals("alice=1,bob=1", who(alice));
    assertTrue(freezes.program().lines().stream().anyMatch(
        line -> line.contains("it takes a new id")), () -> freezes.program().lines().toString());
    alice.send("I am here");
    assertEquals("I am here", other.awaitFrame(frame -> frame.equals("I am here")));
  }
}
