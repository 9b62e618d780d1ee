package io.parley.wire.centrifuge.protobuf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.protobuf.ByteString;
import io.parley.payload.TestPayloads;
import io.parley.wire.centrifuge.Command;
import io.parley.wire.centrifuge.Dialect;
import io.parley.wire.centrifuge.MalformedException;
import io.parley.wire.centrifuge.Request;
import io.parley.wire.centrifuge.protobuf.Messages.ConnectRequest;
import io.parley.wire.centrifuge.protobuf.Messages.HistoryRequest;
import io.parley.wire.centrifuge.protobuf.Messages.PingRequest;
import io.parley.wire.centrifuge.protobuf.Messages.PresenceRequest;
import io.parley.wire.centrifuge.protobuf.Messages.PresenceStatsRequest;
import io.parley.wire.centrifuge.protobuf.Messages.PublishRequest;
import io.parley.wire.centrifuge.protobuf.Messages.RPCRequest;
import io.parley.wire.centrifuge.protobuf.Messages.RefreshRequest;
import io.parley.wire.centrifuge.protobuf.Messages.SendRequest;
import io.parley.wire.centrifuge.protobuf.Messages.StreamPosition;
import io.parley.wire.centrifuge.protobuf.Messages.SubRefreshRequest;
import io.parley.wire.centrifuge.protobuf.Messages.SubscribeRequest;
import io.parley.wire.centrifuge.protobuf.Messages.UnsubscribeRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProtobufCommandsTest {
  private static final Dialect DIALECT = new ProtobufDialect(TestPayloads.READER);

  private static byte[] frame(Messages.Command.Builder... commands) {
    var out = new ByteArrayOutputStream();
    try {
      for (var command : commands) {
        command.build().writeDelimitedTo(out);
      }
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
    return out.toByteArray();
  }

  private static List<Request> read(byte[] frame) throws MalformedException {
    var commands = DIALECT.commands(frame);
    var all = new ArrayList<Request>();
    for (var next = commands.next(); next != null; next = commands.next()) {
      all.add(next);
    }
    return all;
  }

  private static Command read(Messages.Command.Builder command) throws MalformedException {
    var request = read(frame(command.setId(7))).getFirst();
    assertEquals(7, request.id());
    return request.command();
  }

  private static Messages.Command.Builder command() {
    return Messages.Command.newBuilder();
  }

  @Test
  void connectHasWhatTheClientSaysOfItself() throws MalformedException {
    var read = read(command().setConnect(ConnectRequest.newBuilder().setToken("t")
        .setData(ByteString.copyFromUtf8("{\"user\":\"alice\"}")).setName("java")
        .putSubs("news", SubscribeRequest.newBuilder().setRecover(true).setEpoch("e")
            .setOffset(5).build())));
    var connect = assertInstanceOf(Command.Connect.class, read);
    assertEquals("t", connect.token());
    assertEquals("{\"user\":\"alice\"}",
        new String(Objects.requireNonNull(connect.data()), UTF_8));
    assertEquals(Map.of("news", new Command.Place(true, "e", 5)), connect.subs());
  }

  @Test
  void subscribeHasAPlaceAndWishes() throws MalformedException {
    assertEquals(
        new Command.Subscribe("news", "t", new Command.Place(true, "e", Long.MAX_VALUE), true,
            true, "fossil", true, 3),
        read(command().setSubscribe(SubscribeRequest.newBuilder().setChannel("news").setToken("t")
            .setRecover(true).setEpoch("e").setOffset(Long.MAX_VALUE).setJoinLeave(true)
            .setFlag(3).setDelta("fossil").setTf(ByteString.EMPTY).setType(3))));
    assertEquals(
        new Command.Subscribe("news", "", new Command.Place(false, "", 0), false, false, "",
            false, 0),
        read(command().setSubscribe(
            SubscribeRequest.newBuilder().setChannel("news").setFlag(1))));
  }

  @Test
  void channelsAndTokensAreRead() throws MalformedException {
    assertEquals(new Command.Unsubscribe("news"),
        read(command().setUnsubscribe(UnsubscribeRequest.newBuilder().setChannel("news"))));
    assertEquals(new Command.Presence("news"),
        read(command().setPresence(PresenceRequest.newBuilder().setChannel("news"))));
    assertEquals(new Command.PresenceStats("news"),
        read(command().setPresenceStats(PresenceStatsRequest.newBuilder().setChannel("news"))));
    assertEquals(new Command.Ping(), read(command().setPing(PingRequest.newBuilder())));
    assertEquals(new Command.Send(), read(command().setSend(SendRequest.newBuilder())));
    assertEquals(new Command.Refresh("t"),
        read(command().setRefresh(RefreshRequest.newBuilder().setToken("t"))));
    assertEquals(new Command.SubRefresh("news", "t"), read(command().setSubRefresh(
        SubRefreshRequest.newBuilder().setChannel("news").setToken("t"))));
  }

  @Test
  void historyHasARange() throws MalformedException {
    assertEquals(new Command.History("news", -1, new Command.Place(false, "e", 4), true),
        read(command().setHistory(HistoryRequest.newBuilder().setChannel("news").setLimit(-1)
            .setReverse(true)
            .setSince(StreamPosition.newBuilder().setEpoch("e").setOffset(4)))));
    assertEquals(new Command.History("news", 0, null, false),
        read(command().setHistory(HistoryRequest.newBuilder().setChannel("news"))));
  }

  @Test
  void bytesKeepTheirBytes() throws MalformedException {
    byte[] bytes = {0, -1, 10, 13, 65};
    var publish = assertInstanceOf(Command.Publish.class, read(command().setPublish(
        PublishRequest.newBuilder().setChannel("news").setData(ByteString.copyFrom(bytes)))));
    assertEquals("news", publish.channel());
    assertArrayEquals(bytes, publish.data());
    var rpc = assertInstanceOf(Command.Rpc.class, read(command().setRpc(
        RPCRequest.newBuilder().setMethod("direct").setData(ByteString.copyFrom(bytes)))));
    assertEquals("direct", rpc.method());
    assertArrayEquals(bytes, rpc.data());
  }

  @Test
  void bytesThatAreNotThereAreNone() throws MalformedException {
    assertNull(assertInstanceOf(Command.Publish.class,
        read(command().setPublish(PublishRequest.newBuilder()))).data());
    assertNull(assertInstanceOf(Command.Rpc.class,
        read(command().setRpc(RPCRequest.newBuilder()))).data());
    assertNull(assertInstanceOf(Command.Connect.class,
        read(command().setConnect(ConnectRequest.newBuilder()))).data());
  }

  @Test
  void commandsOfAFrameComeInTheirOrder() throws MalformedException {
    var frame = frame(
        command().setId(1).setConnect(ConnectRequest.newBuilder()),
        command().setId(2).setSubscribe(SubscribeRequest.newBuilder().setChannel("news")),
        command(),
        command().setId(-1).setPing(PingRequest.newBuilder()));
    assertEquals(List.of(1L, 2L, 0L, 0xffff_ffffL),
        read(frame).stream().map(Request::id).toList());
    assertEquals(new Command.Pong(), read(frame).get(2).command());
  }

  @Test
  void ofSeveralMethodsTheFirstCounts() throws MalformedException {
    assertEquals(new Command.Unsubscribe("a"), read(command()
        .setSubRefresh(SubRefreshRequest.newBuilder())
        .setUnsubscribe(UnsubscribeRequest.newBuilder().setChannel("a"))
        .setPublish(PublishRequest.newBuilder().setChannel("b"))));
  }

  @Test
  void withoutAnIdOnlySendIsMoreThanAPong() throws MalformedException {
    assertEquals(List.of(new Request(0, new Command.Pong())),
        read(frame(command().setPing(PingRequest.newBuilder()))));
    assertEquals(List.of(new Request(0, new Command.Send())),
        read(frame(command().setSend(SendRequest.newBuilder()))));
  }

  /// Fields 2, 16 and 100, a number, bytes and a group, which are nobody's.
  @ParameterizedTest
  @ValueSource(strings = {"0408011005", "0708018201020a00", "050801a00601", "0608018b018c01"})
  void whatIsNotKnownIsPassedOver(String hex) throws MalformedException {
    assertEquals(List.of(new Request(1, new Command.Unknown())),
        read(HexFormat.of().parseHex(hex)));
  }

  @ParameterizedTest
  @CsvSource({
      "01, a length beyond the end",
      "0208, a length beyond the end",
      "ffffffff0f08, 4 GiB",
      "ffffffffffffffffff01, a negative length",
      "ffffffffffffffffffffff, a length without an end",
      "80, half a length",
      "0100, a tag without a number",
      "0108, an id without a value",
      "0308012f, a wire type that there isn't",
      "042a020a05, a channel beyond its message",
      "052a030a01ff, a channel that is no UTF-8",
      "052a060a0161, a request beyond its command",
      "0d2a0b38ffffffffffffffffff01, an offset beyond 2^63 - 1",
      "0d2a0b70ffffffffffffffffff01, negative flags",
      "0d2a0b78ffffffffffffffffff01, a negative type"})
  void whatCannotBeReadIsMalformed(String hex, String what) {
    assertThrows(MalformedException.class, () -> read(HexFormat.of().parseHex(hex)), what);
  }

  @Test
  void whatStandsBeforeAMalformedCommandIsRead() throws MalformedException {
    var commands = DIALECT.commands(HexFormat.of().parseHex("00ff"));
    assertEquals(new Request(0, new Command.Pong()), commands.next());
    assertThrows(MalformedException.class, () -> {
      commands.next();
    });
  }

  @Test
  void anEmptyFrameHasNoCommand() throws MalformedException {
    assertNull(DIALECT.commands(new byte[0]).next());
  }

  /// Whatever comes, it is a command or malformed.
  @Test
  void randomBytesAreReadOrMalformed() {
    var random = new Random(6);
    byte[] good = frame(
        command().setId(1).setConnect(ConnectRequest.newBuilder().setToken("token")
            .putSubs("news", SubscribeRequest.newBuilder().setOffset(1 << 20).build())),
        command().setId(300).setHistory(HistoryRequest.newBuilder().setChannel("news")
            .setLimit(-1).setSince(StreamPosition.newBuilder().setEpoch("epoch"))));
    int malformed = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] frame = good.clone();
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        frame[random.nextInt(frame.length)] = (byte) random.nextInt(256);
      }
      try {
        read(frame);
      } catch (MalformedException bad) {
        malformed++;
      } catch (RuntimeException bug) {
        fail("frame " + HexFormat.of().formatHex(frame), bug);
      }
    }
    assertTrue(malformed > 1_000, "malformed: " + malformed);
  }
}
