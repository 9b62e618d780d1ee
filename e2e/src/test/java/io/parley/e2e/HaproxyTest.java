package io.parley.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.client.ChatClient;
import io.parley.e2e.client.RawClient;
import io.parley.e2e.harness.Haproxy;
import io.parley.e2e.harness.Installed;
import io.parley.e2e.harness.Kept;
import io.parley.e2e.harness.NodeProcess;
import io.parley.e2e.harness.Ports;
import io.parley.e2e.harness.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A cluster as production has it: a real HAProxy with `deploy/haproxy.cfg`, four nodes, one Redis.
@Timeout(120)
class HaproxyTest {
  private static final int NODES = 4;
  private static final int CLIENTS = 200;
  private static final Duration SOON = Duration.ofSeconds(30);

  @RegisterExtension
  private final Kept kept = new Kept();
  private final List<NodeProcess> nodes = new ArrayList<>();
  private Haproxy haproxy;
  private RedisServer redis;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    var binary = Installed.orSkip("haproxy");
    // The client's address is in what the node logs, at debug level, when it closes a connection.
    var logging = Files.writeString(folder.resolve("logging.properties"),
        ".level=INFO\nio.parley.level=FINE\n");
    redis = kept.keep(RedisServer.start());
    for (var i = 1; i <= NODES; i++) {
      nodes.add(kept.keep(NodeProcess.startWithJvm("n" + i, redis.url(),
          "-Djava.util.logging.config.file=" + logging,
          "--proxy.trusted=127.0.0.1,::1", "--drain.grace=5s")));
    }
    haproxy = kept.keep(Haproxy.before(binary, nodes));
  }

  private List<ChatClient> connect(int count, String name) {
    return IntStream.range(0, count).mapToObj(i -> kept.keep(ChatClient.connect(
        haproxy.port(), "room=hall&user=" + name + i))).toList();
  }

  private static Map<String, List<ChatClient>> byNode(List<ChatClient> clients) {
    return clients.stream().collect(Collectors.groupingBy(ChatClient::node));
  }

  private static List<ChatClient> on(String node, Map<String, List<ChatClient>> clients) {
    var some = clients.getOrDefault(node, List.of());
    assertFalse(some.isEmpty(), node);
    return some;
  }

  @Test
  void twoHundredClientsChatThroughIt() throws IOException {
    var clients = connect(CLIENTS, "u");
    clients.forEach(client -> client.join("inbox"));
    clients.forEach(client -> client.join("hall"));
    assertEquals(Set.of("n1", "n2", "n3", "n4"), byNode(clients).keySet());

    for (var i = 0; i < CLIENTS; i++) {
      clients.get(i).send("text " + i);
    }
    var all = IntStream.range(0, CLIENTS).mapToObj(i -> "text " + i).collect(Collectors.toSet());
    for (var client : clients) {
      client.awaitCount(2 + CLIENTS, SOON);
      assertEquals(all, Set.copyOf(client.frames().subList(2, 2 + CLIENTS)));
    }
    for (var i = 0; i < CLIENTS; i++) {
      var receiver = (i + 1) % CLIENTS;
      var direct = "{\"to\":\"u" + receiver + "\",\"id\":" + i;
      clients.get(i).send(direct + "}");
      clients.get(i).awaitFrame(("{\"ack\":" + i + "}")::equals);
      clients.get(receiver).awaitFrame((direct + ",\"from\":\"u" + i + "\"}")::equals);
    }
    clients.forEach(client -> assertEquals(2 + CLIENTS + 2, client.frames().size()));
    nodesKnowTheClientsAddress();
  }

  private void nodesKnowTheClientsAddress() throws IOException {
    try (var client = RawClient.connect("127.0.0.77", haproxy.port(), "/?user=far")) {
      client.text("{\"whoami\":true}");
      var node = ChatClient.member(client.read().text(), "node");
      client.frame(RawClient.BINARY, new byte[]{1});
      assertEquals(1003, client.read().closeCode());
      nodes.get(Integer.parseInt(node.substring(1)) - 1).program()
          .awaitLine(" close 1003 .* client 127\\.0\\.0\\.77$", SOON);
    }
  }

  @Test
  void nodesThatDrainOrAreDownGetNobody() {
    var leaving = nodes.getLast();
    var first = byNode(connect(40, "first"));
    leaving.program().signal("TERM");
    haproxy.program().awaitLine("Server nodes/node4 is DOWN", SOON);
    var second = byNode(connect(30, "second"));
    // Its listener was open all the time: it was the health check that kept them away.
    assertTrue(Ports.isOpen(leaving.port()));
    assertEquals(Set.of("n1", "n2", "n3"), second.keySet());
    on("n4", first).forEach(client -> assertEquals(3001, client.awaitClosed(SOON)));
    assertEquals(0, leaving.program().awaitExit(SOON), leaving.program()::toString);

    nodes.get(2).program().signal("KILL");
    on("n3", first).forEach(client -> assertEquals(ChatClient.BROKEN, client.awaitClosed(SOON)));
    // At once, without waiting for a health check: who is refused by one node gets another.
    var third = byNode(connect(20, "third"));
    assertEquals(Set.of("n1", "n2"), third.keySet());
    for (var node : List.of("n1", "n2")) {
      for (var clients : List.of(first, second, third)) {
        on(node, clients).forEach(client -> assertTrue(client.isOpen()));
      }
    }
  }

  /// B59. What users say is a secret, too. (Redis' slow log has commands with their arguments, so
  /// bodies may be in there; tokens never reach Redis.)
  @Test
  void noLogHasATokenOrABody() throws IOException {
    redis.ask("CONFIG", "SET", "slowlog-log-slower-than", "0");
    redis.ask("CONFIG", "SET", "slowlog-max-len", "100000");
    try (var inUrl = RawClient.connect(haproxy.port(), "/?token=hush-token")) {
      assertEquals(3500, inUrl.read().closeCode());
    }
    try (var inFrame = RawClient.connect(haproxy.port(), "/?user=alice&room=hall")) {
      inFrame.text("hush-text");
      inFrame.text("{\"to\":\"bob\",\"text\":\"hush-direct\",\"id\":1}");
      inFrame.text("{\"to\":\"bob\",\"text\":\"hush-conflict\",\"id\":1}");
      inFrame.text("{\"text\":\"hush-broken");
      inFrame.text("{\"ack\":\"hush-forged\"}");
      inFrame.text("{\"token\":\"hush-token\"}");
      var last = inFrame.read();
      while (last.closeCode() == 0) {
        last = inFrame.read();
      }
      assertEquals(3500, last.closeCode());
    }
    var logs = new ArrayList<>(haproxy.program().lines());
    nodes.forEach(node -> logs.addAll(node.program().lines()));
    assertTrue(logs.stream().anyMatch(line -> line.contains("close 3500")), "it was logged");
    assertEquals(List.of(), logs.stream().filter(line -> line.contains("hush")).toList());
    var slow = String.join("\n", redis.ask("SLOWLOG", "GET", "-1"));
    assertTrue(slow.contains("EVALSHA"), "it was logged");
    assertFalse(slow.contains("hush-token"));
  }
}
