package io.parley.e2e.sdk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.checker.JsonObject;
import io.parley.e2e.harness.NodeProcess;
import io.parley.e2e.harness.Ports;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The npm package `centrifuge` without a WebSocket, before three nodes behind HAProxy, which deals
/// out its requests to whichever node it likes.
@Timeout(120)
class JavaScriptStreamsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  /// What the SDK sends after it is connected is answered so.
  private static final String POSTED = "parley_http_answers_total{status=\"204\"}";
  private static ThreeNodes nodes;

  private JavaScriptSdk sdk;

  /// What the SDK offers in place of a WebSocket.
  enum Way {
    EVENTS("sse", false),
    LINES("http_stream", false),
    BYTES("http_stream", true);

    private final String transport;
    private final boolean isProtobuf;

    Way(String transport, boolean isProtobuf) {
      this.transport = transport;
      this.isProtobuf = isProtobuf;
    }

    /// The transport as the SDK wants it told.
    String at(int port) {
      return "{\"transport\":\"" + transport + "\",\"endpoint\":\"http://127.0.0.1:" + port
          + "/connection/" + transport + "\"}";
    }

    /// A channel that no other way's test is in.
    String room(String name) {
      return "room:" + name + "-" + name().toLowerCase(Locale.ROOT);
    }
  }

  @BeforeAll
  static void start() {
    JavaScriptSdk.orSkip().close();
    nodes = new ThreeNodes("--limits.ping-interval=4s", "--limits.pong-timeout=3s",
        "--token.hmac-secret=" + Tokens.SECRET);
  }

  @AfterAll
  static void end() {
    if (nodes != null) {
      nodes.close();
    }
  }

  @BeforeEach
  void open() {
    sdk = JavaScriptSdk.orSkip();
  }

  @AfterEach
  void close() {
    if (sdk != null) {
      sdk.close();
    }
  }

  /// Connects through the balancer, and says to which node.
  private String connect(Way way, String user) {
    connect(way, user, nodes.port(), nodes.port());
    return nodeOf(user);
  }

  private void connect(Way way, String user, int streamPort, int commandPort) {
    sdk.call(user, "open", "[" + way.at(streamPort) + "]", options(way, user, commandPort));
  }

  private static String options(Way way, String user, int commandPort) {
    return "{\"data\":{\"user\":\"" + user + "\"},\"isProtobuf\":" + way.isProtobuf
        + ",\"maxServerPingDelay\":2000," + emulation(commandPort) + "}";
  }

  private static String emulation(int port) {
    return "\"emulationEndpoint\":\"http://127.0.0.1:" + port + "/emulation\"";
  }

  private String nodeOf(String client) {
    return sdk.call(client, "rpc", "\"whoami\"", "{}").object("data").text("node");
  }

  private void subscribe(String client, String channel) {
    sdk.call(client, "subscribe", quoted(channel), "{}");
  }

  private void publish(String client, String channel, String data) {
    sdk.call(client, "publish", quoted(channel), data);
  }

  private void publishAll(String client, String channel, int from, int to) {
    IntStream.rangeClosed(from, to).forEach(n -> publish(client, channel, "{\"n\":" + n + "}"));
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  private static List<Long> numbers(List<JsonObject> publications) {
    return publications.stream().map(line -> line.object("data").number("n")).toList();
  }

  private static List<Long> offsets(List<JsonObject> publications) {
    return publications.stream().map(line -> line.number("offset")).toList();
  }

  private static double posted(NodeProcess node) {
    return node.health().metric(POSTED);
  }

  @ParameterizedTest
  @EnumSource
  void theyChatAndLookAroundWhereverTheyAre(Way way) {
    var byNode = new TreeMap<String, String>();
    for (var i = 0; byNode.size() < ThreeNodes.COUNT && i < 10 * ThreeNodes.COUNT; i++) {
      byNode.put(connect(way, "u" + i), "u" + i);
    }
    assertEquals(Set.of("n1", "n2", "n3"), byNode.keySet());
    var clients = List.copyOf(byNode.values());
    var room = way.room("talk");
    clients.forEach(client -> subscribe(client, room));
    var n = 0;
    for (var client : clients) {
      publish(client, room, "{\"n\":" + ++n + ",\"by\":\"" + client + "\"}");
    }
    for (var client : clients) {
      var seen = sdk.awaitPublications(client, room, ThreeNodes.COUNT, SOON);
      assertEquals(upTo(ThreeNodes.COUNT), numbers(seen));
      assertEquals(upTo(ThreeNodes.COUNT), offsets(seen));
      seen.forEach(line -> assertEquals(
          line.object("data").text("by"), line.object("info").text("user")));
    }

    var one = clients.getFirst();
    var there = sdk.call(one, "presence", quoted(room)).object("clients");
    assertEquals(Set.copyOf(clients), there.members().keySet().stream()
        .map(id -> there.object(id).text("user")).collect(Collectors.toSet()));
    assertEquals(ThreeNodes.COUNT, sdk.call(one, "presenceStats", quoted(room))
        .number("numUsers"));
    var past = sdk.call(one, "history", quoted(room), "{\"limit\":2,\"reverse\":true}");
    assertEquals(List.of(3L, 2L), numbers(past.objects("publications")));
    assertEquals(104, sdk.refused(one, "rpc", "\"fly\"", "{}"));
    assertEquals(102, sdk.refused(one, "subscribe", "\"nowhere:at-all\"", "{}"));
  }

  /// Because a balancer may send every request to another node than the stream.
  @ParameterizedTest
  @EnumSource
  void theyAreServedWhoseRequestsAllGoToAnotherNode(Way way) {
    var near = nodes.nodes().getFirst();
    var far = nodes.nodes().getLast();
    var before = posted(near);
    var farBefore = posted(far);
    var room = way.room("far");
    connect(way, "near", near.port(), far.port());
    assertEquals("n1", nodeOf("near"));
    subscribe("near", room);
    publishAll("near", room, 1, 20);
    assertEquals(upTo(20), numbers(sdk.awaitPublications("near", room, 20, SOON)));
    assertEquals(before, posted(near));
    assertTrue(posted(far) >= farBefore + 22, () -> farBefore + " to " + posted(far));
  }

  @ParameterizedTest
  @EnumSource
  void whenTheirNodeIsKilledTheyMissNothing(Way way) {
    var room = way.room("resume");
    var doomed = connect(way, "reader");
    var writer = IntStream.range(0, 10 * ThreeNodes.COUNT).mapToObj(i -> "writer" + i)
        .filter(name -> !connect(way, name).equals(doomed)).findFirst().orElseThrow();
    subscribe("reader", room);
    subscribe(writer, room);

    publishAll(writer, room, 1, 20);
    sdk.awaitPublications("reader", room, 20, SOON);
    nodes.kill(doomed);
    publishAll(writer, room, 21, 40);
    sdk.awaitEvents("reader", "connected", 2);
    publishAll(writer, room, 41, 60);

    for (var client : List.of("reader", writer)) {
      var seen = sdk.awaitPublications(client, room, 60, SOON);
      assertEquals(upTo(60), numbers(seen));
      assertEquals(upTo(60), offsets(seen));
    }
    for (var channel : List.of(room, "inbox:#reader")) {
      var subscribed = sdk.events("reader", "subscribed").stream()
          .filter(line -> channel.equals(line.get("channel"))).toList();
      assertEquals(2, subscribed.size(), subscribed::toString);
      assertEquals(true, subscribed.getLast().get("wasRecovering"));
      assertEquals(true, subscribed.getLast().get("recovered"));
    }
    assertNotEquals(doomed, nodeOf("reader"));
    assertEquals(List.of(), sdk.events("reader", "unsubscribed"));
    assertEquals(1, sdk.events(writer, "connected").size());

    nodes.startAgain(doomed);
  }

  /// Who doesn't answer is closed, and whom no ping comes to goes by himself.
  @Test
  void theyAnswerPingsAndStay() {
    Stream.of(Way.values()).forEach(way -> connect(way, way.name()));
    var before = postedToAll();
    await("three pings each, answered").atMost(Duration.ofSeconds(40))
        .until(() -> postedToAll() >= before + 3 * Way.values().length);
    for (var way : Way.values()) {
      nodeOf(way.name());
      assertEquals(1, sdk.events(way.name(), "connected").size());
      assertEquals(1, sdk.events(way.name(), "connecting").size());
      assertEquals(List.of(), sdk.events(way.name(), "error"));
    }
  }

  private static double postedToAll() {
    return nodes.nodes().stream().mapToDouble(JavaScriptStreamsTest::posted).sum();
  }

  @ParameterizedTest
  @EnumSource
  void whoIsTurnedAwayIsToldWhyAndDoesNotComeBack(Way way) {
    assertEquals(3500, sdk.refused("eve", "open", "[" + way.at(nodes.port()) + "]",
        "{\"token\":\"no.token.atall\",\"isProtobuf\":" + way.isProtobuf + ","
            + emulation(nodes.port()) + "}"));
    assertEquals(List.of(), sdk.events("eve", "connected"));
    assertEquals(1, sdk.events("eve", "connecting").size());
  }

  @ParameterizedTest
  @EnumSource
  void theyFallBackToWhatGetsThrough(Way way) {
    var nothing = Ports.free();
    var ways = Stream.concat(
        Stream.of("{\"transport\":\"websocket\",\"endpoint\":\"ws://127.0.0.1:" + nothing
            + "/connection/websocket\"}"),
        Stream.of(Way.LINES, Way.EVENTS).map(
            each -> each.at(each.transport.equals(way.transport) ? nodes.port() : nothing)));
    var room = way.room("fallback");
    sdk.call("alice", "open", ways.collect(Collectors.joining(",", "[", "]")),
        options(way, "alice", nodes.port()));
    assertEquals(way.transport,
        sdk.events("alice", "connected").getFirst().text("transport"));
    subscribe("alice", room);
    publishAll("alice", room, 1, 3);
    assertEquals(upTo(3), numbers(sdk.awaitPublications("alice", room, 3, SOON)));
  }
}
