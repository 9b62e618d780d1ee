package io.parley.outside.streams;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import io.parley.wire.centrifuge.protobuf.Messages.Command;
import io.parley.wire.centrifuge.protobuf.Messages.ConnectRequest;
import io.parley.wire.centrifuge.protobuf.Messages.EmulationRequest;
import io.parley.wire.centrifuge.protobuf.Messages.PublishRequest;
import io.parley.wire.centrifuge.protobuf.Messages.RPCRequest;
import io.parley.wire.centrifuge.protobuf.Messages.Reply;
import io.parley.wire.centrifuge.protobuf.Messages.SubscribeRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;

/// A client of the centrifuge protocol as Protobuf, without a WebSocket. It reads chunks strictly:
/// each has whole messages.
///
/// Confined to the test's thread.
final class ProtobufStream implements AutoCloseable {
  static final String TYPE = "application/octet-stream";

  /// The answer to a ping: a message with nothing in it, as that was.
  static final byte[] PONG = {0};

  private final RawClient raw;
  private final String head;
  private final ArrayDeque<Reply> heard = new ArrayDeque<>();

  private String session = "";
  private String node = "";

  private ProtobufStream(RawClient raw) {
    this.raw = raw;
    this.head = raw.head();
    assertTrue(head.startsWith("HTTP/1.1 200 "), head);
  }

  static Command.Builder connect(String user) {
    return Command.newBuilder().setId(1).setConnect(ConnectRequest.newBuilder()
        .setData(ByteString.copyFromUtf8("{\"user\":\"" + user + "\"}")));
  }

  static Command.Builder subscribe(int id, String channel) {
    return Command.newBuilder().setId(id)
        .setSubscribe(SubscribeRequest.newBuilder().setChannel(channel));
  }

  static Command.Builder publish(int id, String channel, byte[] data) {
    return Command.newBuilder().setId(id).setPublish(PublishRequest.newBuilder()
        .setChannel(channel).setData(ByteString.copyFrom(data)));
  }

  static Command.Builder whoAmI(int id) {
    return Command.newBuilder().setId(id).setRpc(RPCRequest.newBuilder().setMethod("whoami"));
  }

  static byte[] bytes(Command.Builder... commands) {
    var out = new ByteArrayOutputStream();
    try {
      for (var command : commands) {
        command.build().writeDelimitedTo(out);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  /// A request with a body.
  static String post(String path, String type, byte[] body) {
    return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Type: " + type
        + "\r\nContent-Length: " + body.length + "\r\n\r\n" + new String(body, ISO_8859_1);
  }

  static ProtobufStream open(TestNode node, byte[] commands) {
    return open(node, TYPE, commands);
  }

  static ProtobufStream open(TestNode node, String type, byte[] commands) {
    var raw = RawClient.connect(node.port());
    raw.send(post("/connection/http_stream", type, commands));
    return new ProtobufStream(raw);
  }

  /// A user who has come in.
  static ProtobufStream of(TestNode node, String user) {
    return open(node, bytes(connect(user))).connected();
  }

  /// This client, once it is let in.
  ProtobufStream connected() {
    var answer = next();
    assertTrue(answer.hasConnect(), answer::toString);
    session = answer.getConnect().getSession();
    node = answer.getConnect().getNode();
    return this;
  }

  String head() {
    return head;
  }

  String session() {
    return session;
  }

  String node() {
    return node;
  }

  /// What another client would send to speak for this one.
  EmulationRequest.Builder request(byte[] commands) {
    return EmulationRequest.newBuilder().setSession(session).setNode(node)
        .setData(ByteString.copyFrom(commands));
  }

  /// Sends a request by way of a node.
  ///
  /// @return the answer's status
  static int post(TestNode by, EmulationRequest.Builder request) {
    return StreamClient.status(
        by, post("/emulation", TYPE, request.build().toByteArray()));
  }

  /// Sends commands, which have to arrive.
  ProtobufStream say(TestNode by, byte[] commands) {
    assertEquals(204, post(by, request(commands)));
    return this;
  }

  ProtobufStream say(TestNode by, Command.Builder... commands) {
    return say(by, bytes(commands));
  }

  /// The next message that is no ping.
  Reply next() {
    var next = nextOfAny();
    while (next.equals(Reply.getDefaultInstance())) {
      next = nextOfAny();
    }
    return next;
  }

  /// The next message.
  Reply nextOfAny() {
    while (heard.isEmpty()) {
      var chunk = StreamClient.chunk(raw);
      assertTrue(chunk.length > 0, "the stream has ended");
      var in = new ByteArrayInputStream(chunk);
      try {
        while (in.available() > 0) {
          heard.add(Reply.parseDelimitedFrom(in));
        }
      } catch (IOException bad) {
        throw new UncheckedIOException(bad);
      }
    }
    return heard.remove();
  }

  /// The next message, which has to answer that command.
  Reply answer(int id) {
    var next = next();
    assertEquals(id, next.getId(), next::toString);
    return next;
  }

  /// The next message, which has to be such a publication.
  void hears(String channel, byte[] data, long offset) {
    var next = next();
    assertEquals(channel, next.getPush().getChannel(), next::toString);
    assertArrayEquals(data, next.getPush().getPub().getData().toByteArray());
    assertEquals(offset, next.getPush().getPub().getOffset());
  }

  void hears(String channel, String json, long offset) {
    hears(channel, json.getBytes(UTF_8), offset);
  }

  /// The next two messages are the publication and the answer to it, whichever comes first.
  void hearsOwn(int id, String channel, byte[] data, long offset) {
    if (peek().getId() == id) {
      answer(id);
      hears(channel, data, offset);
    } else {
      hears(channel, data, offset);
      answer(id);
    }
  }

  private Reply peek() {
    var next = next();
    heard.addFirst(next);
    return next;
  }

  /// The next message is the server's goodbye, and then the stream is over.
  void isClosedWith(int code) {
    var next = next();
    assertEquals(code, next.getPush().getDisconnect().getCode(), next::toString);
    assertEquals(0, StreamClient.chunk(raw).length);
    raw.endsByServer();
  }

  @Override
  public void close() {
    raw.close();
  }
}
