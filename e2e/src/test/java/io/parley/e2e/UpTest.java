package io.parley.e2e;

import static io.parley.e2e.client.ChatClient.PATIENCE;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.client.ChatClient;
import io.parley.e2e.harness.Cluster;
import io.parley.e2e.harness.Installed;
import io.parley.e2e.harness.Ports;
import io.parley.e2e.harness.Processes;
import io.parley.e2e.harness.Program;
import io.parley.e2e.harness.RedisServer;
import io.parley.e2e.harness.Repository;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `./parley up`: what a newcomer types first, and everything that may go wrong with it.
@Timeout(120)
class UpTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  void itServesBothProtocolsOfTheInternetAndTheKernelDealsClientsOut() {
    var port = Ports.free();
    try (var cluster = Cluster.up("--port", Integer.toString(port))) {
      assertEquals(port, cluster.port());
      assertEquals(List.of("n1", "n2"), names(cluster));
      assertTrue(cluster.program().lines().getFirst().contains("development mode"));
      otherDevicesAreServedWhereItSays(cluster);
      for (var node : cluster.nodes()) {
        assertTrue(node.health().isAlive());
        assertTrue(node.health().isReady());
        try (var client = ChatClient.connect(node.port(), "user=alice")) {
          assertEquals(node.name(), client.node());
        }
      }
      reachAll(cluster);
      nobodyIsTooFast(cluster);
      secondOneOnThePortIsRefused(cluster);
      talkOverIpv6(port);
    }
  }

  /// On a machine that is in no network there is nothing to say.
  private static void otherDevicesAreServedWhereItSays(Cluster cluster) {
    var said = Pattern.compile("other devices: http://(\\S+):" + cluster.port());
    cluster.program().lines().stream().map(said::matcher).filter(Matcher::find).forEach(line -> {
      var url = URI.create("ws://" + line.group(1) + ":" + cluster.port() + "/?user=phone");
      try (var phone = ChatClient.connect(url)) {
        assertTrue(names(cluster).contains(phone.node()));
      }
    });
  }

  /// In production the two hundred and first of these would be refused.
  private static void nobodyIsTooFast(Cluster cluster) {
    try (var client = ChatClient.connect(cluster.port(), "user=hasty&room=haste")) {
      client.join("haste");
      for (int i = 0; i < 500; i++) {
        client.send("message " + i);
      }
      for (int i = 0; i < 500; i++) {
        client.expect("message " + i);
      }
    }
  }

  private static void talkOverIpv6(int port) {
    try (var probe = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
      assertTrue(probe.isBound());
    } catch (IOException none) {
      Installed.skipUnless(false, "this machine has no IPv6, the rest of the test is done");
    }
    try (var four = ChatClient.connect(port, "user=alice");
        var six = ChatClient.connect(URI.create("ws://[::1]:" + port + "/?user=bob"))) {
      four.join("lobby");
      six.send("over six");
      four.expect("over six");
    }
  }

  /// Connects until every node has been reached, and says something across.
  private static void reachAll(Cluster cluster) {
    var clients = new ArrayList<ChatClient>();
    try {
      var reached = new TreeSet<String>();
      // By chance, so it may take a while: that 60 coins fall alike won't happen.
      while (reached.size() < cluster.nodes().size()) {
        assertTrue(clients.size() < 60 * cluster.nodes().size(), "only reached " + reached);
        var client = ChatClient.connect(cluster.port(), "room=all");
        clients.add(client);
        reached.add(client.node());
        // Before that Redis may not have confirmed the subscription.
        client.join("all");
      }
      clients.getLast().send("hello");
      clients.forEach(client -> client.expect("hello"));
    } finally {
      clients.forEach(ChatClient::close);
    }
  }

  private static void secondOneOnThePortIsRefused(Cluster first) {
    refuses(launch(first.port()), "port " + first.port() + " is in use by another ./parley up");
    assertTrue(first.nodes().getFirst().health().isReady());
  }

  private static Program launch(int port, String... more) {
    var options = new ArrayList<>(List.of("--port", Integer.toString(port)));
    options.addAll(List.of(more));
    return Cluster.launch(
        Repository.root(), Repository.launcher(), options.toArray(String[]::new));
  }

  /// One line, exit code 1, and nothing left.
  private static void refuses(Program up, String words) {
    try (up) {
      assertEquals(1, up.awaitExit(SOON), up::toString);
      assertEquals(1, up.lines().size(), up::toString);
      assertTrue(up.lines().getFirst().contains(words), up::toString);
      up.awaitNothingLeft();
    }
  }

  @Test
  void aPortInUseIsRefused() throws IOException {
    try (var other = new ServerSocket(0)) {
      var port = other.getLocalPort();
      refuses(launch(port), "port " + port + " can't be opened");
      Cluster.removeLock(port);
    }
  }

  @Test
  void aPortInUseOnLoopbackAloneIsRefused() throws IOException {
    try (var other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var port = other.getLocalPort();
      refuses(launch(port), "port " + port + " can't be opened");
      Cluster.removeLock(port);
    }
  }

  @Test
  void noRedisAtTheUrlIsRefused() {
    var url = "redis://:secret@127.0.0.1:" + Ports.free();
    var port = Ports.free();
    var up = launch(port, "--redis", url);
    refuses(up, "can't use the Redis at redis://:***@127.0.0.1:");
    assertFalse(up.toString().contains("secret"));
    Cluster.removeLock(port);
  }

  /// The launcher looks in too many places for a test to hide a JDK from it, so a copy of it asks
  /// for a release that nobody has.
  @Test
  void aMachineWithoutTheJdkIsTold(@TempDir Path folder) throws IOException {
    var script = Files.readString(Repository.launcher());
    var changed = script.replaceFirst("(?m)^need=25$", "need=999");
    assertNotEquals(script, changed);
    var launcher = Files.writeString(folder.resolve("parley"), changed);
    assertTrue(launcher.toFile().setExecutable(true));
    refuses(Cluster.launch(folder, launcher), "needs Java 999 or later and found none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void beingToldToEndSendsClientsElsewhereAndLeavesNothing(String signal) {
    try (var cluster = Cluster.up();
        var client = ChatClient.connect(cluster.port(), "user=alice")) {
      client.whoami();
      var family = cluster.program().family();
      assertTrue(family.size() >= 4, family::toString);
      // To the whole group, as a terminal does it on Ctrl-C.
      Processes.signal(signal, signal.equals("INT")
          ? -cluster.program().pid()
          : cluster.program()
              .pid());
      assertEquals(3001, client.awaitClosed(SOON));
      Processes.awaitEnd(family, SOON);
      cluster.program().awaitExit(SOON);
      cluster.program().awaitNothingLeft();
      assertFalse(Ports.isOpen(cluster.port()));
    }
  }

  @Test
  void itsSuddenDeathLeavesNothing() {
    try (var cluster = Cluster.up()) {
      var family = cluster.program().family();
      cluster.program().signal("KILL");
      Processes.awaitEnd(family, SOON);
      cluster.program().awaitNothingLeft();
    }
  }

  @Test
  void aChildThatDiesIsSaidAndStartedAgain() {
    try (var cluster = Cluster.up()) {
      var node = cluster.nodes().getFirst();
      revives(cluster, node.name(), node.pid());
      node.health().awaitReady(SOON);
      reachAll(cluster);

      revives(cluster, "redis", cluster.redisPid());
      cluster.nodes().forEach(each -> each.health().awaitReady(SOON));
      reachAll(cluster);
    }
  }

  private static void revives(Cluster cluster, String name, long pid) {
    var seen = cluster.program().lines().size();
    Processes.signal("KILL", pid);
    cluster.program().awaitLineAfter(seen,
        "^" + name + " \\(pid " + pid + "\\) ended with exit code 137; starting it again",
        PATIENCE);
    var back = cluster.program().awaitLineAfter(seen,
        "^" + name + " is back \\(pid (\\d+)\\)$", SOON);
    assertNotEquals(pid, Long.parseLong(back.group(1)));
  }

  @Test
  void aGivenRedisIsUsedAndLeftAlone() {
    try (var redis = RedisServer.start()) {
      try (var cluster = Cluster.up("--redis", redis.url(), "--nodes", "3")) {
        assertEquals(redis.url() + " (given)", cluster.redis());
        assertEquals(List.of("n1", "n2", "n3"), names(cluster));
        reachAll(cluster);
        assertTrue(redis.channels().stream().anyMatch(channel -> channel.endsWith("{room:all}")),
            () -> redis.channels().toString());
      }
      assertTrue(redis.isAlive());
    }
  }

  @Test
  void haproxyStandsOnThePort() {
    Installed.orSkip("haproxy");
    try (var cluster = Cluster.up("--haproxy")) {
      takesTurns(cluster);
      reachAll(cluster);
    }
  }

  @Test
  void theRelayStandsOnThePort() {
    try (var cluster = Cluster.up("--relay")) {
      takesTurns(cluster);
      reachAll(cluster);
    }
  }

  private static void takesTurns(Cluster cluster) {
    var shares = new ArrayList<String>();
    for (var i = 0; i < 10; i++) {
      try (var client = ChatClient.connect(cluster.port(), "")) {
        shares.add(client.node());
      }
    }
    var counts = shares.stream()
        .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    assertEquals(Map.of("n1", 5L, "n2", 5L), counts);
  }

  @Test
  void itRunsFromAnywhereAndThroughALink(@TempDir Path folder) throws IOException {
    var link = Files.createSymbolicLink(folder.resolve("a link"), Repository.launcher());
    var up = Cluster.launch(folder, link, "--port=0", "--nodes=1");
    try (var cluster = Cluster.of(up)) {
      reachAll(cluster);
      assertTrue(page(cluster.port()).contains("<title>Parley</title>"));
    } finally {
      Files.delete(link);
    }
  }

  private static String page(int port) throws IOException {
    var url = URI.create("http://127.0.0.1:" + port + "/").toURL();
    try (var in = url.openConnection(Proxy.NO_PROXY).getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void wrongOptionsAreToldWithExitCodeTwo() {
    try (var up = Cluster.launch(Repository.root(), Repository.launcher(), "--nodes", "0")) {
      assertEquals(2, up.awaitExit(SOON));
      await().atMost(SOON).until(() -> up.lines().size() == 1);
      assertTrue(up.lines().getFirst().contains("--nodes: 0 (expected: "), up::toString);
    }
  }

  private static List<String> names(Cluster cluster) {
    return cluster.nodes().stream().map(Cluster.Member::name).toList();
  }
}
