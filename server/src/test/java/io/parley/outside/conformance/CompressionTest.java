package io.parley.outside.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import io.parley.wire.centrifuge.protobuf.Messages.Command;
import io.parley.wire.centrifuge.protobuf.Messages.ConnectRequest;
import io.parley.wire.centrifuge.protobuf.Messages.Reply;
import io.parley.wire.centrifuge.protobuf.Messages.SubscribeRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// permessage-deflate where it is switched on: what clients get of it, and what it costs.
@Timeout(60)
class CompressionTest {
  private static final TestNode NODE = TestNode.start("compression.enabled", "true", "echo", "true",
      "limits.commands-per-second", "0");
  private static final String LONG = "The quick brown fox jumps over the lazy dog. ".repeat(20);
  private static final String COMPRESSIONS = "parley_compressions_total";
  private static final int MEMBERS = 100;

  @AfterAll
  static void stop() {
    NODE.close();
  }

  private static DeflateClient member(String query) {
    var client = DeflateClient.open(NODE.port(), "/?" + query);
    client.raw.roundTrip();
    return client;
  }

  @Test
  void aPublicationIsCompressedOnceHoweverManyMembersGetIt() {
    var members = new ArrayList<DeflateClient>();
    try (var plain = NODE.browser("room=once&user=plain")) {
      for (int i = 0; i < MEMBERS; i++) {
        members.add(member("room=once&user=u" + i));
      }
      double before = NODE.metric(COMPRESSIONS);
      plain.saysAndHears(LONG);
      members.forEach(member -> member.hearsCompressed(LONG));
      assertEquals(before + 1, NODE.metric(COMPRESSIONS));

      // A second way of showing it is a second compression, and no more.
      try (var json = member("room=once&user=j&as=json")) {
        plain.saysAndHears(LONG);
        members.forEach(member -> member.hearsCompressed(LONG));
        json.hearsCompressed("{\"text\":\"" + LONG + "\",\"from\":\"plain\",\"room\":\"once\"}");
        assertEquals(before + 3, NODE.metric(COMPRESSIONS));
      }
    } finally {
      members.forEach(DeflateClient::close);
    }
  }

  @Test
  void binaryFramesAreCompressedToo() throws IOException {
    try (var raw = RawClient.connect(NODE.port())) {
      DeflateClient.negotiated(raw, "/connection/websocket",
          "permessage-deflate\r\nSec-WebSocket-Protocol: centrifuge-protobuf");
      var commands = new ByteArrayOutputStream();
      Command.newBuilder().setId(1).setConnect(ConnectRequest.getDefaultInstance()).build()
          .writeDelimitedTo(commands);
      Command.newBuilder().setId(2)
          .setSubscribe(SubscribeRequest.newBuilder().setChannel("room:binary")).build()
          .writeDelimitedTo(commands);
      raw.send(RawClient.frame(0x80 | RawClient.BINARY, commands.toByteArray()));
      assertEquals(RawClient.BINARY, raw.next().opcode(), "connected");
      assertEquals(RawClient.BINARY, raw.next().opcode(), "subscribed");
      try (var plain = NODE.browser("room=binary&user=plain")) {
        plain.saysAndHears(LONG);
      }
      var frame = raw.next(0xc0);
      assertEquals(RawClient.BINARY, frame.opcode());
      var push = Reply.parseDelimitedFrom(
          new ByteArrayInputStream(DeflateClient.inflated(frame.payload()))).getPush();
      assertEquals('"' + LONG + '"', push.getPub().getData().toStringUtf8());
    }
  }

  @Test
  void withoutAMemberWhoTakesItNothingIsCompressed() {
    try (var plain = NODE.browser("room=nobody")) {
      double before = NODE.metric(COMPRESSIONS);
      plain.saysAndHears(LONG);
      assertEquals(before, NODE.metric(COMPRESSIONS));
    }
  }

  @Test
  void membersOfBothKindsSeeTheSameInTheSameOrder() {
    try (var plain = NODE.browser("room=mixed&user=plain");
        var compressed = member("room=mixed&user=compressed")) {
      for (int i = 0; i < 20; i++) {
        var text = i + " " + LONG;
        if (i % 2 == 0) {
          plain.say(text);
        } else {
          compressed.say(text);
        }
        plain.hears(text);
        compressed.hearsCompressed(text);
      }
    }
  }

  @Test
  void directMessagesAreCompressedToo() {
    try (var alice = NODE.browser("user=alice&room=a"); var bob = member("user=bob&room=b")) {
      alice.say("{\"to\":\"bob\",\"text\":\"" + LONG + "\"}");
      bob.hearsCompressed("{\"to\":\"bob\",\"text\":\"" + LONG + "\",\"from\":\"alice\"}");
    }
  }

  @Test
  void smallMessagesAreSentAsTheyAre() {
    try (var client = member("room=small")) {
      client.say("x".repeat(255)).raw.hears("x".repeat(255));
      client.say("x".repeat(256)).hearsCompressed("x".repeat(256));
    }
  }

  @Test
  void answersAreNotCompressed() {
    try (var client = member("room=own&user=me")) {
      client.say("{\"whoami\":true}").raw
          .hears("{\"you\":\"me\",\"node\":\"n1\",\"rooms\":[\"own\"]}");
    }
  }

  @Test
  void compressedMessagesOfClientsAreRead() {
    try (var client = DeflateClient.open(NODE.port(), "/echo")) {
      client.say(LONG).raw.hears(LONG);
      var bytes = new byte[65_536];
      client.raw.send(RawClient.frame(0xc0 | RawClient.BINARY, DeflateClient.deflated(bytes)));
      var echo = client.raw.next();
      assertEquals(RawClient.BINARY, echo.opcode());
      assertArrayEquals(bytes, echo.payload());
      // In fragments, a ping between them.
      var deflated = DeflateClient.deflated(LONG.getBytes(UTF_8));
      client.raw.send(RawClient.frame(0x40 | RawClient.TEXT, new byte[]{deflated[0]}));
      client.raw.send(RawClient.frame(0x80 | RawClient.PING, new byte[0]));
      client.raw.send(RawClient.frame(0x80 | RawClient.CONTINUATION,
          Arrays.copyOfRange(deflated, 1, deflated.length)));
      assertEquals(RawClient.PONG, client.raw.next().opcode());
      client.raw.hears(LONG);
    }
  }

  @Test
  void whoOffersNothingIsNotCompressedTo() {
    try (var compressed = member("room=some"); var raw = NODE.raw("room=some")) {
      compressed.say(LONG).hearsCompressed(LONG);
      raw.hears(LONG);
      raw.sendHex("c187 00000000 f248cdc9c90700");
      raw.isClosedWith(1002);
    }
  }

  @Test
  void itIsOffByDefault() {
    try (var node = TestNode.start(); var raw = RawClient.connect(node.port())) {
      assertEquals("", DeflateClient.negotiated(raw, "/", "permessage-deflate"));
      raw.roundTrip();
    }
  }
}
