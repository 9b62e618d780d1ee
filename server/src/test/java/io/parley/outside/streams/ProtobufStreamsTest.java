package io.parley.outside.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.parley.outside.TestNode;
import io.parley.wire.centrifuge.protobuf.Messages.Command;
import io.parley.wire.centrifuge.protobuf.Messages.EmulationRequest;
import io.parley.wire.centrifuge.protobuf.Messages.PresenceRequest;
import io.parley.wire.centrifuge.protobuf.Messages.Publication;
import io.parley.wire.centrifuge.protobuf.Messages.Reply;
import io.parley.wire.centrifuge.protobuf.Messages.SubscribeRequest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients without a WebSocket that speak Protobuf, at one node.
@Timeout(60)
class ProtobufStreamsTest {
  private static final int MESSAGE_BYTES = 4_096;
  private static final TestNode NODE = TestNode.start("limits.message-bytes", "4KiB");

  /// No UTF-8, and full of what ends lines and chunks.
  private static final byte[] BYTES = {0, (byte) 0xff, '\r', '\n', '0', '\r', '\n', '{'};

  @AfterAll
  static void stop() {
    NODE.close();
  }

  private static ProtobufStream of(String user) {
    return ProtobufStream.of(NODE, user);
  }

  @Test
  void aClientTalksInProtobuf() {
    try (var alice = of("alice"); var plain = NODE.browser("room=bytes&user=bob")) {
      var head = alice.head().toLowerCase(Locale.ROOT);
      assertTrue(head.contains("\r\ncontent-type: application/octet-stream\r\n"), head);
      assertTrue(head.contains("\r\ncache-control: no-store\r\n"), head);
      assertTrue(head.contains("\r\nx-accel-buffering: no\r\n"), head);
      alice.say(NODE, ProtobufStream.subscribe(2, "room:bytes"));
      assertTrue(alice.answer(2).getSubscribe().getRecoverable());
      plain.saysAndHears("hello");
      alice.hears("room:bytes", "\"hello\"", 1);
      alice.say(NODE, Command.newBuilder().setId(3).setPresence(
          PresenceRequest.newBuilder().setChannel("room:bytes")));
      assertEquals(2, alice.answer(3).getPresence().getPresenceCount());
      alice.say(NODE, ProtobufStream.publish(4, "room:bytes", BYTES));
      plain.hears("{\"base64\":\"AP8NCjANCns=\",\"from\":\"alice\",\"room\":\"bytes\"}");
      alice.hearsOwn(4, "room:bytes", BYTES, 2);
      alice.say(NODE, ProtobufStream.whoAmI(5), ProtobufStream.whoAmI(6));
      assertTrue(alice.answer(5).getRpc().getData().toStringUtf8()
          .startsWith("{\"user\":\"alice\","));
      alice.answer(6);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Application/Octet-Stream", "application/octet-stream; charset=x",
      "application/octet-stream ;a=b"})
  void itsBodySaysThatItIsProtobuf(String type) {
    try (var alice = ProtobufStream.open(
        NODE, type, ProtobufStream.bytes(ProtobufStream.connect("alice")))) {
      alice.connected();
      assertEquals(204, StreamClient.status(NODE, ProtobufStream.post("/emulation", type,
          alice.request(ProtobufStream.bytes(ProtobufStream.whoAmI(2))).build()
              .toByteArray())));
      alice.answer(2);
    }
  }

  @Test
  void aClientGoesOnWhereItWas() {
    String epoch;
    try (var alice = of("alice")) {
      alice.say(NODE, ProtobufStream.subscribe(2, "room:again"));
      epoch = alice.answer(2).getSubscribe().getEpoch();
    }
    try (var bob = NODE.browser("room=again&user=bob")) {
      bob.saysAndHears("one");
      bob.saysAndHears("two");
    }
    var again = Command.newBuilder().setId(2).setSubscribe(SubscribeRequest.newBuilder()
        .setChannel("room:again").setRecover(true).setEpoch(epoch));
    try (var alice = ProtobufStream.open(
        NODE, ProtobufStream.bytes(ProtobufStream.connect("alice"), again)).connected()) {
      var answer = alice.answer(2).getSubscribe();
      assertTrue(answer.getRecovered());
      assertEquals(List.of("\"one\"", "\"two\""), answer.getPublicationsList().stream()
          .map(Publication::getData).map(ByteString::toStringUtf8).toList());
    }
  }

  @Test
  void whoAnswersPingsStaysAndWhoDoesNotGoes() {
    try (var node = TestNode.start(
        "limits.ping-interval", "100ms", "limits.pong-timeout", "500ms");
        var alice = ProtobufStream.of(node, "alice")) {
      for (int i = 0; i < 3; i++) {
        assertEquals(Reply.getDefaultInstance(), alice.nextOfAny());
        alice.say(node, ProtobufStream.PONG);
      }
      alice.isClosedWith(3012);
      assertEquals(404, ProtobufStream.post(node, alice.request(ProtobufStream.PONG)));
    }
  }

  @ParameterizedTest
  @CsvSource({"'', nothing", "05 08, a length beyond the end", "01 ff, no message",
      "03 08 01 5a, cut", "02 08 01, a command without a method", "7b 7d, JSON"})
  void whatBreaksTheProtocolEndsTheStream(String hex, String what) {
    var commands = HexFormat.of().parseHex(hex.replace(" ", ""));
    try (var opening = ProtobufStream.open(NODE, commands); var alice = of("alice")) {
      opening.isClosedWith(3501);
      alice.say(NODE, commands).isClosedWith(3501);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff", "0a", "0a05", "0a01ff", "1201ff", "7b7d", "08"})
  void whatIsNoRequestIsRefused(String hex) {
    assertEquals(400, StreamClient.status(NODE, ProtobufStream.post(
        "/emulation", ProtobufStream.TYPE, HexFormat.of().parseHex(hex))));
  }

  @Test
  void onlyTheSecretOpensAStream() {
    try (var alice = of("alice")) {
      var pong = alice.request(ProtobufStream.PONG);
      assertEquals(404, ProtobufStream.post(NODE, pong.clone().setSession("a".repeat(32))));
      assertEquals(404, ProtobufStream.post(NODE, pong.clone().setNode("n1-0")));
      assertEquals(404, ProtobufStream.post(NODE, EmulationRequest.newBuilder()));
      assertEquals(400, ProtobufStream.post(NODE, pong.clone().setNode("n".repeat(1_000))));
      alice.say(NODE, ProtobufStream.whoAmI(2)).answer(2);
    }
  }

  @Test
  void whatIsTooLongIsRefused() {
    double before = NODE.hits("limits.message-bytes");
    var most = new byte[MESSAGE_BYTES];
    var more = new byte[MESSAGE_BYTES + 1];
    assertEquals(413, StreamClient.status(NODE, ProtobufStream.post(
        "/connection/http_stream", ProtobufStream.TYPE, more)));
    assertEquals(413, ProtobufStream.post(
        NODE, EmulationRequest.newBuilder().setData(ByteString.copyFrom(more))));
    assertEquals(413, StreamClient.status(NODE, ProtobufStream.post(
        "/emulation", ProtobufStream.TYPE, new byte[MESSAGE_BYTES + 1_025])));
    assertEquals(before + 3, NODE.hits("limits.message-bytes"));
    assertEquals(404, ProtobufStream.post(
        NODE, EmulationRequest.newBuilder().setData(ByteString.copyFrom(most))));
  }

  /// Whatever writing the request is in that brings them.
  @Test
  void aStreamReadsCommandsInItsOwnWriting() {
    try (var json = StreamClient.of(NODE, "json"); var bytes = of("bytes")) {
      var who = "{\"id\":2,\"rpc\":{\"method\":\"whoami\"}}";
      var request = EmulationRequest.newBuilder().setSession(json.session())
          .setNode(json.node());
      assertEquals(204, ProtobufStream.post(
          NODE, request.setData(ByteString.copyFromUtf8(who))));
      json.hearsStart("{\"id\":2,\"rpc\":{\"data\":{\"user\":\"json\",");
      // Half a character, which a parser of JSON may well let through.
      var half = ByteString.copyFromUtf8(
          "{\"id\":3,\"publish\":{\"channel\":\"room:half\",\"data\":\"")
          .concat(ByteString.copyFrom(new byte[]{(byte) 0xed, (byte) 0xa0, (byte) 0x80}))
          .concat(ByteString.copyFromUtf8("\"}}"));
      assertEquals(204, ProtobufStream.post(NODE, request.setData(half)));
      json.isClosedWith(3501);

      assertEquals(204, StreamClient.post(NODE, bytes.session(), bytes.node(), who));
      bytes.isClosedWith(3501);
    }
  }
}
