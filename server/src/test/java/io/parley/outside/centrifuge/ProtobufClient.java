package io.parley.outside.centrifuge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.parley.outside.RawClient;
import io.parley.wire.centrifuge.protobuf.Messages.Command;
import io.parley.wire.centrifuge.protobuf.Messages.ConnectRequest;
import io.parley.wire.centrifuge.protobuf.Messages.PublishRequest;
import io.parley.wire.centrifuge.protobuf.Messages.Push;
import io.parley.wire.centrifuge.protobuf.Messages.Reply;
import io.parley.wire.centrifuge.protobuf.Messages.SubscribeRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.function.Predicate;

/// A client of the centrifuge protocol as Protobuf.
///
/// Confined to the test's thread.
public final class ProtobufClient implements AutoCloseable {
  private static final int BINARY = 0x80 | RawClient.BINARY;

  final RawClient raw;
  private final ArrayDeque<Reply> replies = new ArrayDeque<>();

  /// What came while something else was waited for.
  private final ArrayDeque<Reply> kept = new ArrayDeque<>();
  private int lastId;

  private ProtobufClient(RawClient raw) {
    this.raw = raw;
  }

  /// One that has said nothing yet.
  static ProtobufClient open(int port) {
    var raw = RawClient.connect(port);
    var head = upgrade(raw, "/connection/websocket", "Sec-WebSocket-Protocol: centrifuge-protobuf");
    assertTrue(head.contains("\r\nsec-websocket-protocol: centrifuge-protobuf\r\n"), head);
    return new ProtobufClient(raw);
  }

  /// Asks for a WebSocket.
  ///
  /// @param headers lines that stand in the request, too
  /// @return the answer's head
  static String upgrade(RawClient raw, String path, String... headers) {
    var more = new StringBuilder("\r\n");
    for (var header : headers) {
      more.append(header).append("\r\n");
    }
    raw.send(RawClient.request(path).replace("\r\n\r\n", more + "\r\n"));
    var head = raw.head();
    assertTrue(head.startsWith("HTTP/1.1 101 "), head);
    return head;
  }

  /// One that is connected under a claimed name.
  public static ProtobufClient connected(int port, String user) {
    var client = open(port);
    assertTrue(client.ask(connect(user)).hasConnect());
    return client;
  }

  static Command.Builder connect(String user) {
    return Command.newBuilder().setConnect(ConnectRequest.newBuilder()
        .setData(ByteString.copyFromUtf8("{\"user\":\"" + user + "\"}")));
  }

  /// The command to subscribe a channel.
  public static Command.Builder subscribe(String channel) {
    return Command.newBuilder()
        .setSubscribe(SubscribeRequest.newBuilder().setChannel(channel));
  }

  /// The command to publish in a channel.
  public static Command.Builder publish(String channel, byte[] data) {
    return Command.newBuilder().setPublish(PublishRequest.newBuilder().setChannel(channel)
        .setData(ByteString.copyFrom(data)));
  }

  /// Sends commands in one frame.
  ProtobufClient say(Command.Builder... commands) {
    var out = new ByteArrayOutputStream();
    try {
      for (var command : commands) {
        command.build().writeDelimitedTo(out);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return say(out.toByteArray());
  }

  /// Sends a frame as it is.
  ProtobufClient say(byte[] frame) {
    raw.send(RawClient.frame(BINARY, frame));
    return this;
  }

  /// Sends a command, and returns its answer.
  public Reply ask(Command.Builder command) {
    int id = ++lastId;
    say(command.setId(id));
    return reply(id);
  }

  Reply reply(int id) {
    return find(reply -> reply.getId() == id);
  }

  /// Publishes, which has to go well.
  public void publishes(String channel, byte[] data) {
    assertTrue(ask(publish(channel, data)).hasPublish());
  }

  /// The next thing that is pushed.
  Push push() {
    return find(Reply::hasPush).getPush();
  }

  /// The data of the next publication, which is one of that channel.
  public byte[] hears(String channel) {
    var push = push();
    assertEquals(channel, push.getChannel());
    assertTrue(push.hasPub(), push::toString);
    return push.getPub().getData().toByteArray();
  }

  void hears(String channel, String data) {
    assertEquals(data, new String(hears(channel), UTF_8));
  }

  private Reply find(Predicate<Reply> wanted) {
    for (var reply : kept) {
      if (wanted.test(reply)) {
        kept.remove(reply);
        return reply;
      }
    }
    var next = next();
    while (!wanted.test(next)) {
      kept.add(next);
      next = next();
    }
    return next;
  }

  /// The next message of whatever kind.
  Reply next() {
    while (replies.isEmpty()) {
      var frame = raw.next();
      assertEquals(RawClient.BINARY, frame.opcode(), frame::text);
      take(frame.payload());
    }
    return replies.remove();
  }

  /// Takes a frame's messages.
  void take(byte[] frame) {
    var in = new ByteArrayInputStream(frame);
    try {
      while (in.available() > 0) {
        replies.add(Reply.parseDelimitedFrom(in));
      }
    } catch (IOException bad) {
      throw new UncheckedIOException(bad);
    }
  }

  @Override
  public void close() {
    raw.close();
  }
}
