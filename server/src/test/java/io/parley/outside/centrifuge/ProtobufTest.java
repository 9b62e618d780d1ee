package io.parley.outside.centrifuge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import io.parley.wire.centrifuge.protobuf.Messages.Command;
import io.parley.wire.centrifuge.protobuf.Messages.HistoryRequest;
import io.parley.wire.centrifuge.protobuf.Messages.PresenceRequest;
import io.parley.wire.centrifuge.protobuf.Messages.Publication;
import io.parley.wire.centrifuge.protobuf.Messages.RPCRequest;
import io.parley.wire.centrifuge.protobuf.Messages.SendRequest;
import io.parley.wire.centrifuge.protobuf.Messages.SubscribeRequest;
import io.parley.wire.centrifuge.protobuf.Messages.UnsubscribeRequest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The centrifuge protocol as Protobuf, and what its clients and others see of each other.
@Timeout(60)
class ProtobufTest {
  private static final TestNode NODE = TestNode.start();
  private static final String WEBSOCKET = "/connection/websocket";
  private static final byte[] BYTES = {0, (byte) 0xff, '\n', '{'};

  @AfterAll
  static void stop() {
    NODE.close();
  }

  private static ProtobufClient connected(String user) {
    return ProtobufClient.connected(NODE.port(), user);
  }

  private static ProtobufClient in(String channel, String user) {
    var client = connected(user);
    assertTrue(client.ask(ProtobufClient.subscribe(channel)).hasSubscribe());
    return client;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "centrifuge-protobuf | centrifuge-protobuf",
      "centrifuge-json | centrifuge-json",
      "chat,centrifuge-protobuf , centrifuge-json | centrifuge-protobuf",
      "centrifuge-json,centrifuge-protobuf | centrifuge-json"})
  void theFirstSubprotocolThatIsSpokenIs(String offered, String chosen) {
    try (var raw = RawClient.connect(NODE.port())) {
      var head = ProtobufClient.upgrade(raw, WEBSOCKET, "Sec-WebSocket-Protocol: " + offered);
      assertTrue(head.contains("\r\nsec-websocket-protocol: " + chosen + "\r\n"), head);
      boolean isBinary = chosen.equals("centrifuge-protobuf");
      raw.send(isBinary
          ? RawClient.frame(0x82, new byte[]{4, 8, 1, 0x22, 0})
          : RawClient.textFrame("{\"id\":1,\"connect\":{}}"));
      assertEquals(isBinary ? RawClient.BINARY : RawClient.TEXT, raw.next().opcode());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Nothing: 1", "Sec-WebSocket-Protocol: ",
      "Sec-WebSocket-Protocol: chat, Centrifuge-Protobuf", "Sec-WebSocket-Protocol: ,,"})
  void withoutOneItIsJson(String header) {
    try (var raw = RawClient.connect(NODE.port())) {
      var head = ProtobufClient.upgrade(raw, WEBSOCKET, header);
      assertTrue(!head.contains("sec-websocket-protocol"), head);
      raw.say("{\"id\":1,\"connect\":{}}");
      assertTrue(raw.next().text().startsWith("{\"id\":1,\"connect\":{"));
    }
  }

  @Test
  void thePlainProtocolHasNoSubprotocol() {
    try (var raw = RawClient.connect(NODE.port())) {
      var head = ProtobufClient.upgrade(
          raw, "/", "Sec-WebSocket-Protocol: centrifuge-protobuf");
      assertTrue(!head.contains("sec-websocket-protocol"), head);
      raw.roundTrip();
    }
  }

  @Test
  void framesAreOfTheKindThatWasAgreedOn() {
    try (var protobuf = connected("alice");
        var json = RawClient.upgraded(
            NODE.port(), WEBSOCKET)) {
      protobuf.raw.say("{}");
      protobuf.raw.isClosedAtLastWith(1003);
      json.send(RawClient.frame(0x82, new byte[]{0}));
      json.isClosedAtLastWith(1003);
    }
  }

  @Test
  void aFrameMayHoldConnectAndWhatFollowsIt() {
    try (var alice = ProtobufClient.open(NODE.port())) {
      alice.say(ProtobufClient.connect("alice").setId(1),
          ProtobufClient.subscribe("room:p1").setId(2),
          Command.newBuilder().setId(3).setRpc(RPCRequest.newBuilder().setMethod("whoami")));
      var connect = alice.reply(1).getConnect();
      assertEquals(25, connect.getPing());
      assertEquals(true, connect.getPong());
      assertEquals(true, connect.getSubsOrThrow("inbox:#alice").getRecoverable());
      assertTrue(alice.reply(2).hasSubscribe());
      assertEquals("{\"user\":\"alice\",\"client\":\"" + connect.getClient()
          + "\",\"node\":\"n1\"}", alice.reply(3).getRpc().getData().toStringUtf8());
    }
  }

  @Test
  void jsonArrivesAsJsonWhoeverPublishesIt() {
    try (var alice = in("room:p2", "alice");
        var json = SdkClient.connected(NODE.port(), "bob");
        var plain = NODE.browser("user=pete&room=p2")) {
      json.ask("subscribe", "{\"channel\":\"room:p2\"}");
      alice.publishes("room:p2", utf8(" {\"a\":\n[1]}\n"));
      alice.hears("room:p2", "{\"a\":[1]}");
      json.hears("room:p2", "\"pub\":{\"data\":{\"a\":[1]},\"info\":{\"user\":\"alice\","
          + "\"client\":\"CLIENT\"},\"offset\":1}");
      plain.hears("{\"a\":[1],\"from\":\"alice\",\"room\":\"p2\"}");
      json.ask("publish", "{\"channel\":\"room:p2\",\"data\":\"t\\u0065xt\"}");
      alice.hears("room:p2", "\"text\"");
      plain.hears("text");
      plain.saysAndHears("say \"Hi\"");
      alice.hears("room:p2", "\"say \\\"Hi\\\"\"");
    }
  }

  @Test
  void bytesAreBase64ForThoseWhoKnowNoBytes() {
    try (var alice = in("room:p3", "alice");
        var bob = in("room:p3", "bob");
        var json = SdkClient.connected(NODE.port(), "jay");
        var plain = NODE.browser("user=pete&room=p3")) {
      json.ask("subscribe", "{\"channel\":\"room:p3\"}");
      alice.publishes("room:p3", BYTES);
      assertArrayEquals(BYTES, alice.hears("room:p3"));
      assertArrayEquals(BYTES, bob.hears("room:p3"));
      json.hears("room:p3", "\"pub\":{\"data\":{\"base64\":\"AP8Kew==\"},"
          + "\"info\":{\"user\":\"alice\",\"client\":\"CLIENT\"},\"offset\":1}");
      plain.hears("{\"base64\":\"AP8Kew==\",\"from\":\"alice\",\"room\":\"p3\"}");
      var history = bob.ask(Command.newBuilder().setHistory(
          HistoryRequest.newBuilder().setChannel("room:p3").setLimit(-1))).getHistory();
      assertEquals(List.of(ByteString.copyFrom(BYTES)),
          history.getPublicationsList().stream().map(Publication::getData).toList());
    }
  }

  @Test
  void whoComesBackGetsWhatHeMissedWithTheAnswer() {
    try (var alice = connected("alice"); var bob = connected("bob")) {
      var stand = bob.ask(ProtobufClient.subscribe("room:p4")).getSubscribe();
      assertEquals(true, stand.getPositioned());
      bob.ask(Command.newBuilder().setUnsubscribe(
          UnsubscribeRequest.newBuilder().setChannel("room:p4")));
      alice.publishes("room:p4", utf8("1"));
      alice.publishes("room:p4", BYTES);
      alice.publishes("room:p4", utf8("\"3\""));
      var again = bob.ask(Command.newBuilder().setSubscribe(SubscribeRequest.newBuilder()
          .setChannel("room:p4").setRecover(true).setEpoch(stand.getEpoch())
          .setOffset(stand.getOffset()))).getSubscribe();
      assertEquals(true, again.getWasRecovering());
      assertEquals(true, again.getRecovered());
      assertEquals(List.of(1L, 2L, 3L),
          again.getPublicationsList().stream().map(Publication::getOffset).toList());
      assertEquals(
          List.of(ByteString.copyFromUtf8("1"), ByteString.copyFrom(BYTES),
              ByteString.copyFromUtf8("\"3\"")),
          again.getPublicationsList().stream().map(Publication::getData).toList());
      alice.publishes("room:p4", utf8("4"));
      bob.hears("room:p4", "4");
    }
  }

  @Test
  void whoIsThereIsAnswered() {
    try (var alice = in("room:p5", "alice")) {
      var who = alice.ask(Command.newBuilder().setPresence(
          PresenceRequest.newBuilder().setChannel("room:p5"))).getPresence();
      assertEquals(List.of("alice"),
          who.getPresenceMap().values().stream().map(client -> client.getUser()).toList());
    }
  }

  @Test
  void whoAskedIsToldWhoJoinsAndLeaves() {
    try (var alice = connected("alice"); var bob = connected("bob")) {
      alice.ask(Command.newBuilder().setSubscribe(
          SubscribeRequest.newBuilder().setChannel("room:p8").setJoinLeave(true)));
      // Who was there before is known to the node by the time that this is.
      alice.ask(Command.newBuilder().setPresence(
          PresenceRequest.newBuilder().setChannel("room:p8")));
      bob.ask(ProtobufClient.subscribe("room:p8"));
      var push = alice.push();
      while (!push.getJoin().getInfo().getUser().equals("bob")) {
        push = alice.push();
      }
      bob.ask(Command.newBuilder().setUnsubscribe(
          UnsubscribeRequest.newBuilder().setChannel("room:p8")));
      var leave = alice.push();
      assertEquals("room:p8", leave.getChannel());
      assertEquals(push.getJoin().getInfo(), leave.getLeave().getInfo());
    }
  }

  @ParameterizedTest
  @CsvSource({"inbox:#bob, 103", "me:#bob, 103", "$room:x, 103", "nope:x, 102", "x, 102",
      "room:a b, 107"})
  void whatMayNotBePublishedIsRefused(String channel, int code) {
    try (var alice = connected("alice")) {
      var error = alice.ask(ProtobufClient.publish(channel, utf8("1"))).getError();
      assertEquals(code, error.getCode());
      assertEquals(false, error.getTemporary());
      assertTrue(!error.getMessage().isEmpty(), error::toString);
      assertTrue(alice.ask(ProtobufClient.publish("room:p9", utf8("1"))).hasPublish());
    }
  }

  @Test
  void otherErrorsAreAnsweredAndTheConnectionStays() {
    try (var alice = in("room:p10", "alice")) {
      assertEquals(105, alice.ask(ProtobufClient.subscribe("room:p10")).getError().getCode());
      assertEquals(104, alice.ask(Command.newBuilder().setRpc(
          RPCRequest.newBuilder().setMethod("nope"))).getError().getCode());
      assertEquals(108, alice.ask(Command.newBuilder().setHistory(
          HistoryRequest.newBuilder().setChannel("typing:p10"))).getError().getCode());
      assertEquals(107, alice.ask(ProtobufClient.subscribe("room:" + "x".repeat(251)))
          .getError().getCode());
      alice.publishes("room:p10", utf8("1"));
      alice.hears("room:p10", "1");
    }
  }

  @ParameterizedTest
  @CsvSource({"'', an empty frame", "05 08, a length beyond the end", "01 ff, no message",
      "02 08 02, a command without a method", "04 08 02 22 00, connect twice",
      "ff ff ff ff ff ff ff ff ff ff ff, no length"})
  void whatBreaksTheProtocolCloses(String hex, String what) {
    try (var alice = connected("alice")) {
      alice.say(HexFormat.of().parseHex(hex.replace(" ", "")));
      alice.raw.isClosedAtLastWith(3501);
    }
  }

  @Test
  void theFirstCommandIsConnect() {
    try (var alice = ProtobufClient.open(NODE.port())) {
      alice.say(ProtobufClient.subscribe("room:p6").setId(1));
      alice.raw.isClosedAtLastWith(3501);
    }
    try (var alice = connected("alice")) {
      alice.say(Command.newBuilder().setSend(SendRequest.newBuilder()));
      alice.raw.isClosedAtLastWith(3508);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff", "fffe7b00", "7b007d00", "efbbbf7b7d", "7b", "22ff22", "0000007b",
      "7b22746f223a2261222c2264617461223a22ff227d"})
  void argumentsThatAreNoJsonAreRefused(String hex) {
    try (var alice = connected("alice")) {
      var reply = alice.ask(Command.newBuilder().setRpc(RPCRequest.newBuilder()
          .setMethod("direct").setData(ByteString.copyFrom(HexFormat.of().parseHex(hex)))));
      assertEquals(107, reply.getError().getCode(), reply::toString);
    }
  }

  @Test
  void aPingIsAnEmptyMessageAndSoIsItsAnswer() {
    try (var node = TestNode.start(
        "limits.ping-interval", "200ms", "limits.pong-timeout", "100ms");
        var alice = ProtobufClient.connected(node.port(), "alice")) {
      for (int i = 0; i < 5; i++) {
        assertArrayEquals(new byte[]{0}, alice.raw.next().payload());
        alice.say(new byte[]{0});
      }
      assertTrue(alice.ask(ProtobufClient.subscribe("room:p7")).hasSubscribe());
    }
  }
}
