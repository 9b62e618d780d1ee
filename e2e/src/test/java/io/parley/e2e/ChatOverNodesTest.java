package io.parley.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.client.ChatClient;
import io.parley.e2e.client.RawClient;
import io.parley.e2e.harness.Cluster;
import io.parley.e2e.harness.Kept;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who hears what, over nodes. To see that somebody does *not* get a message, something else
/// follows it from the same node, which all get: a node publishes in the order in which it was
/// told, and Redis and the other node keep that order.
///
/// Tests have users and rooms of their own, so that they don't hear each other.
@Timeout(60)
class ChatOverNodesTest {
  private static Cluster cluster;

  @RegisterExtension
  private final Kept kept = new Kept();

  @BeforeAll
  static void start() {
    cluster = Cluster.up("--nodes", "2");
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  /// @param node 0 or 1
  private ChatClient on(int node, String query) {
    var client = kept.keep(ChatClient.connect(cluster.nodes().get(node).port(), query));
    // It is subscribed before it is answered, but Redis may not have confirmed it.
    client.join("inbox");
    return client;
  }

  private ChatClient on(int node, String room, String user) {
    var client = on(node, "room=" + room + "&user=" + user);
    client.join(room);
    return client;
  }

  @Test
  void textReachesEverybodyOnBothNodesAndItsSender() {
    var alice = on(0, "t1", "t1-alice");
    var bob = on(1, "t1", "t1-bob");
    var carol = on(0, "t1", "t1-carol");
    var json = on(1, "room=t1&user=t1-dave&as=json");
    json.join("t1");

    alice.send("Hello! \u00e4\u20ac\ud83d\ude00 \"quoted\" \\ <b>");
    bob.send("  and back");
    for (var client : List.of(alice, bob, carol)) {
      var got = List.of(client.next(), client.next());
      assertEquals(List.of("  and back", "Hello! \u00e4\u20ac\ud83d\ude00 \"quoted\" \\ <b>"),
          got.stream().sorted().toList());
    }
    json.awaitFrame(frame -> frame.equals("{\"text\":\"  and back\",\"from\":\"t1-bob\","
        + "\"room\":\"t1\"}"));
  }

  @Test
  void aDirectMessageReachesItsReceiverAndNobodyElse() {
    var alice = on(0, "t2", "t2-alice");
    var bob = on(1, "t2", "t2-bob");
    var others = List.of(on(0, "t2", "t2-carol"), on(1, "t2", "t2-dave"),
        on(1, "t2", "t2-bob-by"));

    alice.send("{\"to\":\"t2-bob\",\"text\":\"psst\",\"id\":7}");
    alice.expect("{\"ack\":7}");
    alice.send("to all");

    bob.expect("{\"to\":\"t2-bob\",\"text\":\"psst\",\"id\":7,\"from\":\"t2-alice\"}", "to all");
    others.forEach(other -> other.expect("to all"));
    alice.expect("to all");
  }

  @Test
  void aMessageToSomebodyAbsentIsAcknowledged() {
    var alice = on(0, "t3", "t3-alice");
    alice.send("{\"to\":\"t3-nobody\",\"text\":\"are you there?\",\"id\":\"m\"}");
    alice.expect("{\"ack\":\"m\"}");
  }

  @Test
  void bothDevicesOfAUserGetWhatIsHis() {
    var desk = on(0, "t4", "t4-alice");
    var phone = on(1, "t4", "t4-alice");
    var bob = on(1, "t4", "t4-bob");

    bob.send("{\"to\":\"t4-alice\",\"n\":1}");
    for (var device : List.of(desk, phone)) {
      device.expect("{\"to\":\"t4-alice\",\"n\":1,\"from\":\"t4-bob\"}");
    }
    // What one device sends, the other has, too; the sending one knows it already.
    phone.send("{\"to\":\"t4-bob\",\"n\":2,\"id\":2}");
    bob.expect("{\"to\":\"t4-bob\",\"n\":2,\"id\":2,\"from\":\"t4-alice\"}");
    desk.expect("{\"to\":\"t4-bob\",\"n\":2,\"id\":2,\"from\":\"t4-alice\"}");
    phone.expect("{\"ack\":2}");
    phone.send("mark");
    for (var client : List.of(desk, phone, bob)) {
      client.expect("mark");
    }
  }

  @Test
  void nobodyCanPassForTheServer() throws IOException {
    var bob = on(1, "t5", "t5-bob");
    var alice = kept.keep(
        RawClient.connect(cluster.nodes().getFirst().port(), "/?room=t5&user=t5-alice"));

    alice.text("{\"from\":\"root\",\"a\":1,\"\\u0066rom\":\"root\",\"FROM\":2,\"from\":3}");
    bob.expect("{\"a\":1,\"FROM\":2,\"from\":\"t5-alice\",\"room\":\"t5\"}");
    alice.text("{\"to\":\"t5-bob\",\"o\\u0066fset\":9,\"epoch\":\"e\",\"fr\\u006fm\":\"root\"}");
    bob.expect("{\"to\":\"t5-bob\",\"from\":\"t5-alice\"}");

    // Only the server's own: refused, whatever stands before the brace and however it is spelled.
    for (var forged : List.of("{\"ack\":1}", " \t\r\n{\"ack\":1}", "\ufeff{\"ack\":1}",
        "\ufeff \n{\"\\u0061ck\":1}", "{\"error\":{\"code\":100}}", "{\"lost\":\"t5\"}",
        "{\"you\":\"root\"}", "{\"a\":1,\"joined\":\"t5\"}", "{\"ack\":1", "{")) {
      alice.text(forged);
    }
    // In two fragments, with a ping in between.
    alice.frame(0x01, "\ufeff ".getBytes(StandardCharsets.UTF_8));
    alice.frame(0x89, new byte[0]);
    alice.frame(0x80, "{\"left\":\"t5\"}".getBytes(StandardCharsets.UTF_8));
    alice.text("the end");
    bob.expect("the end");
    assertTrue(bob.isOpen());
  }

  @Test
  void twoUsersMayUseOneId() {
    var alice = on(0, "t6", "t6-alice");
    var bob = on(1, "t6", "t6-bob");
    alice.send("{\"text\":\"mine\",\"id\":1}");
    // Ack and own echo come in either order.
    assertEquals(
        Set.of("{\"ack\":1}", "{\"text\":\"mine\",\"id\":1,\"from\":\"t6-alice\",\"room\":\"t6\"}"),
        new HashSet<>(List.of(alice.next(), alice.next())));
    bob.expect("{\"text\":\"mine\",\"id\":1,\"from\":\"t6-alice\",\"room\":\"t6\"}");
    bob.send("{\"text\":\"mine, too\",\"id\":1}");
    alice.expect("{\"text\":\"mine, too\",\"id\":1,\"from\":\"t6-bob\",\"room\":\"t6\"}");
    bob.awaitFrame("{\"ack\":1}"::equals);
  }

  @Test
  void aRetryOnAnotherNodeIsDeliveredOnce() {
    var here = on(0, "desk-t7", "t7-alice");
    var there = on(1, "desk-t7", "t7-alice");
    var reader = on(1, "t7", "t7-bob");
    var message = "{\"room\":\"t7\",\"n\":1,\"id\":\"once\"}";
    here.send(message);
    here.expect("{\"ack\":\"once\"}");
    there.send(message);
    there.expect("{\"ack\":\"once\"}");
    // The id is taken, so this would be another message under it.
    there.send("{\"room\":\"t7\",\"n\":2,\"id\":\"once\"}");
    assertTrue(there.next().startsWith("{\"error\":{\"code\":107,"));

    var direct = "{\"to\":\"t7-bob\",\"id\":\"once\"}";
    there.send(direct);
    there.expect("{\"ack\":\"once\"}");
    // The sender's other device has its copy; a retry doesn't bring it another.
    here.expect("{\"to\":\"t7-bob\",\"id\":\"once\",\"from\":\"t7-alice\"}");
    here.send(direct);
    here.expect("{\"ack\":\"once\"}");
    here.send("{\"room\":\"t7\",\"end\":true}");

    reader.expect("{\"n\":1,\"id\":\"once\",\"from\":\"t7-alice\",\"room\":\"t7\"}",
        "{\"to\":\"t7-bob\",\"id\":\"once\",\"from\":\"t7-alice\"}",
        "{\"end\":true,\"from\":\"t7-alice\",\"room\":\"t7\"}");
  }

  @Test
  void whatIsNoTextEndsTheConnection() throws IOException {
    var port = cluster.nodes().getFirst().port();
    try (var binary = RawClient.connect(port, "/?room=t8");
        var broken = RawClient.connect(port, "/?room=t8")) {
      binary.frame(RawClient.BINARY, new byte[]{1});
      assertEquals(1003, binary.read().closeCode());
      broken.frame(RawClient.TEXT, new byte[]{(byte) 0xc3, 0x28});
      assertEquals(1007, broken.read().closeCode());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  @Timeout(120)
  void anyNumberOfNodesIsOneChat(int nodes) {
    if (nodes == cluster.nodes().size()) {
      chatOn(cluster);
    } else {
      try (var more = Cluster.up("--nodes", Integer.toString(nodes))) {
        chatOn(more);
      }
    }
  }

  /// One user on each node: all hear each text, and each writes to the next one alone.
  private void chatOn(Cluster on) {
    var users = new ArrayList<ChatClient>();
    for (var node : on.nodes()) {
      var client = kept.keep(
          ChatClient.connect(node.port(), "room=t9&user=on-" + node.name()));
      client.join("t9");
      assertEquals(node.name(), client.node());
      users.add(client);
    }
    for (var i = 0; i < users.size(); i++) {
      var text = "from " + i;
      users.get(i).send(text);
      users.forEach(user -> user.expect(text));
    }
    for (var i = 0; i < users.size(); i++) {
      var receiver = (i + 1) % users.size();
      var to = "\"to\":\"on-" + on.nodes().get(receiver).name() + "\"";
      users.get(i).send("{" + to + ",\"id\":" + i + "}");
      users.get(i).expect("{\"ack\":" + i + "}");
      users.get(receiver).expect("{" + to + ",\"id\":" + i + ",\"from\":\"on-"
          + on.nodes().get(i).name() + "\"}");
    }
    users.getFirst().send("the end");
    users.forEach(user -> user.expect("the end"));
  }
}
