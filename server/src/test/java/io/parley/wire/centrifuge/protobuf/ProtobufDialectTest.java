package io.parley.wire.centrifuge.protobuf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Frames;
import io.parley.payload.TestPayloads;
import io.parley.session.ErrorCode;
import io.parley.session.StreamKey;
import io.parley.wire.centrifuge.Answer;
import io.parley.wire.centrifuge.Method;
import io.parley.wire.centrifuge.Push;
import io.parley.wire.centrifuge.UnsubscribeCode;
import io.parley.wire.centrifuge.protobuf.Messages.Reply;
import io.parley.wire.centrifuge.protobuf.Messages.SubscribeResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What is written by hand is read by the classes that are made from the description.
class ProtobufDialectTest {
  private static final ProtobufDialect DIALECT = new ProtobufDialect(TestPayloads.READER);
  private static final UUID CLIENT = new UUID(0x0123_4567_89ab_4defL, 0x8000_0000_0000_0001L);
  private static final Position STAND = new Position(0xabc, 300);
  private static final String EPOCH = "0000000000000abc";
  private static final ClientInfo ALICE = new ClientInfo(
      "älice", CLIENT, "{\"a\":1}".getBytes(UTF_8), "[2]".getBytes(UTF_8));

  private static List<Reply> read(FrameBuffer out) {
    var in = new ByteArrayInputStream(out.array(), 0, out.length());
    var all = new ArrayList<Reply>();
    try {
      for (var next = Reply.parseDelimitedFrom(in); next != null; next = Reply
          .parseDelimitedFrom(in)) {
        assertEquals(0, next.getUnknownFields().getSerializedSize(), next::toString);
        all.add(next);
      }
    } catch (IOException bad) {
      throw new AssertionError(bad);
    }
    return all;
  }

  private static Reply answered(Answer answer) {
    var out = new FrameBuffer(0);
    DIALECT.answer(0xffff_ffffL, answer, out);
    var reply = read(out).getFirst();
    assertEquals(-1, reply.getId(), "4294967295 as Java has it");
    return reply;
  }

  private static Messages.Push pushed(Push push) {
    var out = new FrameBuffer(0);
    DIALECT.push("chat:news", push, out);
    var reply = read(out).getFirst();
    assertEquals(0, reply.getId());
    assertEquals("chat:news", reply.getPush().getChannel());
    return reply.getPush();
  }

  private static Publication publication(Content content, String data) {
    return new Publication(content, data.getBytes(UTF_8), ALICE);
  }

  private static Messages.Publication pushed(Publication publication) {
    var out = new FrameBuffer(0);
    DIALECT.encoder().encode("chat:news", publication, out);
    var push = read(out).getFirst().getPush();
    assertEquals("chat:news", push.getChannel());
    return push.getPub();
  }

  /// As it is shared: with something before it that this client doesn't miss.
  private static Frames missed(Publication... publications) {
    var out = new FrameBuffer(0).ascii("not missed");
    int start = out.length();
    for (var publication : publications) {
      DIALECT.encoder().encodeMissed("chat:news", publication, out);
    }
    return out.frames().from(start);
  }

  @Test
  void errorsHaveACodeAndSayWhetherToTryAgain() {
    var error = answered(new Answer.Failure(ErrorCode.INTERNAL, "why")).getError();
    assertEquals(100, error.getCode());
    assertEquals("internal server error: why", error.getMessage());
    assertEquals(true, error.getTemporary());
    assertEquals(Messages.Error.newBuilder().setCode(103).setMessage("permission denied").build(),
        answered(new Answer.Failure(ErrorCode.PERMISSION_DENIED, "")).getError());
  }

  @Test
  void connectedTellsWhatTheServerSubscribedTo() {
    var missed = missed(publication(Content.OBJECT, "{}").at(STAND));
    var connect = answered(new Answer.Connected(CLIENT, 60L, Map.of(
        "a", new Answer.Subscribed(null, STAND, true, true, true, null, missed),
        "b", new Answer.Subscribed(
            null, null, false, false, false, utf8("{}"), null)),
        25, new StreamKey("secret", "n1-ff", StreamKey.Form.BYTES)))
        .getConnect();
    assertEquals(CLIENT.toString(), connect.getClient());
    assertEquals(true, connect.getExpires());
    assertEquals(60, connect.getTtl());
    assertEquals(25, connect.getPing());
    assertEquals(true, connect.getPong());
    assertEquals("secret", connect.getSession());
    assertEquals("n1-ff", connect.getNode());
    assertEquals(Map.of(
        "a", SubscribeResult.newBuilder().setRecoverable(true).setPositioned(true)
            .setEpoch(EPOCH).setOffset(300).setRecovered(true).setWasRecovering(true)
            .addPublications(Messages.Publication.newBuilder()
                .setData(ByteString.copyFromUtf8("{}")).setInfo(info()).setOffset(300))
            .build(),
        "b", SubscribeResult.newBuilder().setData(ByteString.copyFromUtf8("{}")).build()),
        connect.getSubsMap());
  }

  private static Messages.ClientInfo info() {
    return Messages.ClientInfo.newBuilder().setUser("älice").setClient(CLIENT.toString())
        .setConnInfo(ByteString.copyFromUtf8("{\"a\":1}"))
        .setChanInfo(ByteString.copyFromUtf8("[2]")).build();
  }

  @Test
  void connectedWithoutPingsWantsNoPongs() {
    var connect = answered(new Answer.Connected(CLIENT, null, Map.of(), 0, null)).getConnect();
    assertEquals(Messages.ConnectResult.newBuilder().setClient(CLIENT.toString())
        .setVersion(connect.getVersion()).build(), connect);
  }

  @Test
  void whatWasMissedIsAPartOfTheAnswer() {
    var publications = new Publication[20];
    for (int i = 0; i < publications.length; i++) {
      publications[i] = publication(Content.OBJECT, "{\"n\":" + i + "}").at(STAND.at(i + 1));
    }
    var subscribe = answered(
        new Answer.Subscribed(9L, STAND, true, true, true, null, missed(publications)))
        .getSubscribe();
    assertEquals(9, subscribe.getTtl());
    assertEquals(300, subscribe.getOffset());
    assertEquals(20, subscribe.getPublicationsCount());
    for (int i = 0; i < publications.length; i++) {
      assertEquals("{\"n\":" + i + "}", subscribe.getPublications(i).getData().toStringUtf8());
      assertEquals(i + 1, subscribe.getPublications(i).getOffset());
    }
  }

  @Test
  void anEmptyAnswerIsThere() {
    assertEquals(true, answered(new Answer.Done(Method.PUBLISH)).hasPublish());
    assertEquals(true, answered(new Answer.Done(Method.UNSUBSCRIBE)).hasUnsubscribe());
    assertThrows(IllegalStateException.class, () -> answered(new Answer.Done(Method.CONNECT)));
    assertEquals(true, answered(new Answer.Presence(List.of())).hasPresence());
    assertEquals(true, answered(
        new Answer.Subscribed(null, null, false, false, false, null, null)).hasSubscribe());
  }

  @Test
  void presenceNamesClients() {
    var guest = new ClientInfo("", new UUID(0, 7));
    assertEquals(
        Map.of(CLIENT.toString(), info(), guest.client().toString(),
            Messages.ClientInfo.newBuilder().setClient(guest.client().toString()).build()),
        answered(new Answer.Presence(List.of(ALICE, guest))).getPresence().getPresenceMap());
    var stats = answered(new Answer.PresenceStats(3, 2)).getPresenceStats();
    assertEquals(3, stats.getNumClients());
    assertEquals(2, stats.getNumUsers());
  }

  @Test
  void historyHasPublicationsAndTheTop() {
    var history = answered(new Answer.History(List.of(
        publication(Content.VALUE, "1").at(STAND.at(1)),
        publication(Content.VALUE, "2").at(STAND.at(2))), STAND)).getHistory();
    assertEquals(List.of("1", "2"),
        history.getPublicationsList().stream().map(p -> p.getData().toStringUtf8()).toList());
    assertEquals(EPOCH, history.getEpoch());
    assertEquals(300, history.getOffset());
  }

  @Test
  void proceduresAndTokensAreAnswered() {
    assertEquals("{\"x\":1}", answered(new Answer.Rpc("{\"x\":1}".getBytes(UTF_8))).getRpc()
        .getData().toStringUtf8());
    var refresh = answered(new Answer.Refreshed(CLIENT, Long.MAX_VALUE)).getRefresh();
    assertEquals(CLIENT.toString(), refresh.getClient());
    assertEquals(Integer.MAX_VALUE, refresh.getTtl());
    assertEquals(5, answered(new Answer.SubRefreshed(5L)).getSubRefresh().getTtl());
    assertEquals(false, answered(new Answer.SubRefreshed(null)).getSubRefresh().getExpires());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void pushesTellOfAChannel() {
    assertEquals(info(), pushed(new Push.Join(ALICE)).getJoin().getInfo());
    assertEquals(info(), pushed(new Push.Leave(ALICE)).getLeave().getInfo());
    var disconnect = pushed(new Push.Disconnected(3001, "shutdown")).getDisconnect();
    assertEquals(3001, disconnect.getCode());
    assertEquals("shutdown", disconnect.getReason());
    var unsubscribe = pushed(new Push.Unsubscribed(UnsubscribeCode.EXPIRED)).getUnsubscribe();
    assertEquals(2501, unsubscribe.getCode());
    assertEquals("expired", unsubscribe.getReason());
    var subscribe = pushed(new Push.Subscribed(STAND, true, utf8("[1]"))).getSubscribe();
    assertEquals(Messages.Subscribe.newBuilder().setRecoverable(true).setPositioned(true)
        .setEpoch(EPOCH).setOffset(300).setData(ByteString.copyFromUtf8("[1]")).build(), subscribe);
  }

  @Test
  void aPingIsAnEmptyReply() {
    var out = new FrameBuffer(1);
    DIALECT.ping(out);
    assertEquals(1, out.length());
    assertEquals(List.of(Reply.getDefaultInstance()), read(out));
  }

  @Test
  void aPublicationHasAllThatIsKnownOfIt() {
    var publication = new Publication(Content.OBJECT, "{\"x\":\"ä\"}".getBytes(UTF_8), ALICE,
        null, Map.of("a", "", "ключ", "значение"), STAND);
    assertEquals(Messages.Publication.newBuilder()
        .setData(ByteString.copyFromUtf8("{\"x\":\"ä\"}")).setInfo(info()).setOffset(300)
        .putTags("a", "").putTags("ключ", "значение").build(), pushed(publication));
  }

  @Test
  void whatIsNotKnownIsLeftOut() {
    assertEquals(Messages.Publication.newBuilder().setData(ByteString.copyFromUtf8("1")).build(),
        pushed(new Publication(Content.VALUE, "1".getBytes(UTF_8), null)));
    assertEquals(Messages.ClientInfo.newBuilder().setUser("bob").build(),
        pushed(new Publication(Content.VALUE, "1".getBytes(UTF_8),
            new ClientInfo("bob", PresenceEvent.UNKNOWN_CLIENT))).getInfo());
  }

  @Test
  void textGoesAsAJsonString() {
    assertEquals("\"\\\"\\\\/\\n\\r\\t\\u0000\\u001f\u007fä\"",
        pushed(publication(Content.TEXT, "\"\\/\n\r\t\0\u001f\u007fä")).getData()
            .toStringUtf8());
  }

  @Test
  void lengthsOfEverySizeAreRight() {
    for (int length : new int[]{0, 1, 60, 61, 100, 126, 127, 128, 129, 16_000, 16_383, 16_384,
        2_097_152}) {
      byte[] bytes = new byte[length];
      assertArrayEquals(bytes,
          pushed(new Publication(Content.BYTES, bytes, ALICE)).getData().toByteArray());
      assertEquals(length * 6 + 2,
          pushed(new Publication(Content.TEXT, bytes, ALICE)).getData().size());
    }
  }

  @Test
  void publicationsShareAFrame() {
    var out = new FrameBuffer(0);
    for (var data : List.of("1", "2", "3")) {
      DIALECT.encoder().encode("chat:news", publication(Content.VALUE, data), out);
    }
    assertEquals(List.of("1", "2", "3"), read(out).stream()
        .map(reply -> reply.getPush().getPub().getData().toStringUtf8()).toList());
  }
}
