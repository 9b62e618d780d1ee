package io.parley.e2e.sdk;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.checker.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The npm package `centrifuge` before three nodes behind HAProxy: nobody has told it that they
/// aren't the server it was made for.
@Timeout(120)
class JavaScriptSdkTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int GRACE_SECONDS = 2;

  private static ThreeNodes nodes;

  private JavaScriptSdk sdk;

  @BeforeAll
  static void start() {
    JavaScriptSdk.orSkip().close();
    nodes = new ThreeNodes("--token.hmac-secret=" + Tokens.SECRET, "--token.leeway=0s",
        "--token.grace=" + GRACE_SECONDS + "s", "--namespaces.vip.subscribe=token",
        "--namespaces.vip.publish=subscribers");
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

  private static String url() {
    return "\"ws://127.0.0.1:" + nodes.port() + "/connection/websocket\"";
  }

  /// Connects by the name alone, and says to which node.
  private String connect(String user) {
    sdk.call(user, "open", url(), "{\"data\":{\"user\":\"" + user + "\"}}");
    return nodeOf(user);
  }

  private void connect(String user, String... tokens) {
    sdk.call(user, "open", url(), tokens(tokens));
  }

  private static String tokens(String... tokens) {
    return "{\"tokens\":[\"" + String.join("\",\"", tokens) + "\"]}";
  }

  private JsonObject whoAmI(String client) {
    return sdk.call(client, "rpc", "\"whoami\"", "{}").object("data");
  }

  private String nodeOf(String client) {
    return whoAmI(client).text("node");
  }

  private void subscribe(String client, String channel) {
    sdk.call(client, "subscribe", quoted(channel), "{\"recoverable\":true,\"positioned\":true}");
  }

  private void publish(String client, String channel, String data) {
    sdk.call(client, "publish", quoted(channel), data);
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  /// One on each node, in the nodes' order.
  private List<String> onEachNode() {
    var clients = new TreeMap<String, String>();
    for (var i = 0; clients.size() < ThreeNodes.COUNT && i < 10 * ThreeNodes.COUNT; i++) {
      var user = "u" + i;
      clients.put(connect(user), user);
    }
    assertEquals(Set.of("n1", "n2", "n3"), clients.keySet());
    return List.copyOf(clients.values());
  }

  @Test
  void theyChatInARoomWhereverTheyAre() {
    var clients = onEachNode();
    clients.forEach(client -> subscribe(client, "room:talk"));
    clients.forEach(
        client -> publish(client, "room:talk", "{\"text\":\"I am " + client + "\"}"));

    var one = clients.getFirst();
    var seen = sdk.awaitPublications(one, "room:talk", ThreeNodes.COUNT, SOON);
    assertEquals(List.of(1L, 2L, 3L), seen.stream().map(line -> line.number("offset")).toList());
    seen.forEach(line -> assertEquals("I am " + line.object("info").text("user"),
        line.object("data").text("text")));
    for (var other : clients) {
      assertEquals(contents(seen),
          contents(sdk.awaitPublications(other, "room:talk", ThreeNodes.COUNT, SOON)));
    }

    var stats = sdk.call(one, "presenceStats", quoted("room:talk"));
    assertEquals(ThreeNodes.COUNT, stats.number("numClients"));
    assertEquals(ThreeNodes.COUNT, stats.number("numUsers"));
    var there = sdk.call(one, "presence", quoted("room:talk")).object("clients");
    assertEquals(Set.copyOf(clients), there.members().keySet().stream()
        .map(id -> there.object(id).text("user")).collect(Collectors.toSet()));
  }

  private static List<String> contents(List<JsonObject> publications) {
    return publications.stream().map(line -> line.object("data").toString()).toList();
  }

  @Test
  void theyReadTheHistory() {
    connect("reader");
    for (var i = 1; i <= 5; i++) {
      publish("reader", "room:past", "{\"n\":" + i + "}");
    }

    assertEquals(List.of(1L, 2L, 3L, 4L, 5L), offsets(history("{\"limit\":-1}")));
    assertEquals(List.of(5L, 4L), offsets(history("{\"limit\":2,\"reverse\":true}")));
    var top = history("{\"limit\":0}");
    assertEquals(5, top.number("offset"));
    assertEquals(List.of(), top.objects("publications"));
    assertEquals(List.of(4L, 5L), offsets(history(
        "{\"limit\":10,\"since\":{\"offset\":3,\"epoch\":\"" + top.text("epoch") + "\"}}")));
    assertEquals(112, sdk.refused("reader", "history", quoted("room:past"),
        "{\"limit\":10,\"since\":{\"offset\":3,\"epoch\":\"another\"}}"));
  }

  private JsonObject history(String options) {
    return sdk.call("reader", "history", quoted("room:past"), options);
  }

  private static List<Long> offsets(JsonObject page) {
    return page.objects("publications").stream().map(one -> one.number("offset")).toList();
  }

  @Test
  void theySendDirectMessagesAndPublishWithIds() {
    connect("ann");
    connect("ben");
    sdk.call("ann's phone", "open", url(), "{\"data\":{\"user\":\"ann\"}}");
    subscribe("ben", "room:ids");
    var message = "{\"to\":\"ben\",\"data\":{\"move\":\"e4\"},\"id\":\"d1\"}";
    var first = sdk.call("ann", "rpc", "\"direct\"", message).object("data");
    // As after an answer that was lost.
    assertEquals(first, sdk.call("ann", "rpc", "\"direct\"", message).object("data"));
    var got = sdk.awaitPublications("ben", "inbox:#ben", 1, SOON).getFirst();
    assertEquals("{\"to\":\"ben\",\"move\":\"e4\",\"id\":\"d1\"}", got.text("data"));
    assertEquals("ann", got.object("info").text("user"));
    sdk.awaitPublications("ann's phone", "inbox:#ann", 1, SOON);

    var publish = "{\"channel\":\"room:ids\",\"data\":{\"n\":1},\"id\":\"p1\"}";
    var stored = sdk.call("ann", "rpc", "\"publish\"", publish).object("data");
    assertEquals(1, stored.number("offset"));
    assertEquals(stored, sdk.call("ann", "rpc", "\"publish\"", publish).object("data"));
    publish("ann", "room:ids", "{\"n\":2}");
    sdk.awaitPublications("ben", "room:ids", 2, SOON);

    assertEquals("ann", whoAmI("ann").text("user"));
    assertEquals(104, sdk.refused("ann", "rpc", "\"fly\"", "{}"));
  }

  @Test
  void theyAreToldWhoComesAndGoesAndMayComeBackAtOnce() {
    connect("host");
    connect("visitor");
    sdk.call("host", "subscribe", quoted("room:door"), "{\"joinLeave\":true}");
    subscribe("visitor", "room:door");
    await("the visitor's coming").atMost(SOON).until(() -> users("join").contains("visitor"));
    sdk.call("visitor", "unsubscribe", quoted("room:door"));
    subscribe("visitor", "room:door");
    publish("host", "room:door", "{\"text\":\"welcome\"}");
    sdk.awaitPublications("visitor", "room:door", 1, SOON);
    sdk.call("visitor", "unsubscribe", quoted("room:door"));
    await("the visitor's going").atMost(SOON).until(() -> users("leave").contains("visitor"));
  }

  private List<String> users(String event) {
    return sdk.events("host", event).stream()
        .map(line -> line.object("info").text("user")).toList();
  }

  @Test
  void freshTokensKeepConnectionsAndSubscriptionsAlive() {
    var end = Instant.now().plusSeconds(2 + GRACE_SECONDS);
    connect("alice", Tokens.of("alice", 2), Tokens.of("alice", 600));
    var client = whoAmI("alice").text("client");
    sdk.call("alice", "subscribe", quoted("vip:club"),
        tokens(Tokens.of("alice", "vip:club", 2), Tokens.of("alice", "vip:club", 600)));
    // Two for the connection, two for the subscription.
    sdk.awaitEvents("alice", "getToken", 4);

    // What wasn't renewed would be over by then; the server looks every second.
    await().atMost(SOON).until(() -> Instant.now().isAfter(end.plusSeconds(1)));
    publish("alice", "vip:club", "{\"n\":1}");
    sdk.awaitPublications("alice", "vip:club", 1, SOON);
    assertEquals(client, whoAmI("alice").text("client"));
    assertEquals(List.of(), sdk.events("alice", "disconnected"));
    assertEquals(List.of(), sdk.events("alice", "error"));
    assertEquals(1, sdk.events("alice", "connected").size());
  }

  @Test
  void withATokenThatIsOverTheyFetchAnother() {
    connect("late", Tokens.of("late", -10), Tokens.of("late", 600));
    assertEquals("late", whoAmI("late").text("user"));
    sdk.call("late", "subscribe", quoted("vip:late"),
        tokens(Tokens.of("late", "vip:late", -10), Tokens.of("late", "vip:late", 600)));
    publish("late", "vip:late", "{\"n\":1}");
    sdk.awaitPublications("late", "vip:late", 1, SOON);
  }

  @Test
  void whatATokenOpensIsClosedWithoutIt() {
    connect("bob", Tokens.of("bob", 600));
    assertEquals(103, sdk.refused("bob", "subscribe", quoted("vip:secret"), "{}"));
    assertEquals(103, sdk.refused("bob", "subscribe", quoted("$room:secret"), "{}"));
    assertEquals(103, sdk.refused("bob", "subscribe", quoted("inbox:#alice"), "{}"));
    assertEquals(102, sdk.refused("bob", "subscribe", quoted("nowhere:at-all"), "{}"));
    connect("carl", Tokens.of("carl", 600));
    sdk.call("carl", "subscribe", quoted("$room:secret"),
        tokens(Tokens.of("carl", "$room:secret", 600)));
    publish("carl", "$room:secret", "{\"n\":1}");
    sdk.awaitPublications("carl", "$room:secret", 1, SOON);
    // The token of another channel, or of another user, ends the connection for good.
    sdk.begin("carl", "subscribe", quoted("vip:club"),
        tokens(Tokens.of("carl", "vip:other", 600)));
    assertEquals(3500, sdk.awaitEvents("carl", "disconnected", 1).getFirst().number("code"));
    sdk.begin("bob", "subscribe", quoted("$room:other"),
        tokens(Tokens.of("carl", "$room:other", 600)));
    assertEquals(3500, sdk.awaitEvents("bob", "disconnected", 1).getFirst().number("code"));
    assertEquals(3500, sdk.refused("eve", "open", url(), tokens("no.token.atall")));
    assertEquals(3500, sdk.refused("dan", "open", url(),
        tokens(Tokens.of("dan", "$room:secret", 600))));
  }

  @Test
  void whenTheirNodeIsKilledTheyMissNothing() {
    var clients = onEachNode();
    clients.forEach(client -> subscribe(client, "room:resume"));
    var reader = clients.get(1);
    var writer = clients.getFirst();

    publishAll(writer, 1, 20);
    sdk.awaitPublications(reader, "room:resume", 20, SOON);
    nodes.kill("n2");
    publishAll(writer, 21, 60);
    sdk.call(writer, "rpc", "\"direct\"",
        "{\"to\":\"" + reader + "\",\"data\":{\"text\":\"while you were away\"}}");
    sdk.awaitEvents(reader, "connected", 2);
    publishAll(writer, 61, 80);

    for (var client : clients) {
      var seen = sdk.awaitPublications(client, "room:resume", 80, SOON);
      assertEquals(LongStream.rangeClosed(1, 80).boxed().toList(),
          seen.stream().map(line -> line.object("data").number("n")).toList());
      assertEquals(LongStream.rangeClosed(1, 80).boxed().toList(),
          seen.stream().map(line -> line.number("offset")).toList());
    }
    sdk.awaitPublications(reader, "inbox:#" + reader, 1, SOON);
    for (var channel : List.of("room:resume", "inbox:#" + reader)) {
      var again = subscribed(reader, channel);
      assertEquals(2, again.size(), again::toString);
      assertEquals(true, again.getLast().get("wasRecovering"));
      assertEquals(true, again.getLast().get("recovered"));
    }
    assertNotEquals("n2", nodeOf(reader));
    assertTrue(sdk.events(reader, "unsubscribed").isEmpty());

    nodes.startAgain("n2");
  }

  private void publishAll(String writer, int from, int to) {
    IntStream.rangeClosed(from, to).forEach(
        n -> publish(writer, "room:resume", "{\"n\":" + n + "}"));
  }

  private List<JsonObject> subscribed(String client, String channel) {
    return sdk.events(client, "subscribed").stream()
        .filter(line -> channel.equals(line.get("channel"))).toList();
  }
}
