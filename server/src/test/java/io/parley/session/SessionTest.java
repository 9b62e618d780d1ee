package io.parley.session;

import static io.parley.session.ErrorCode.UNKNOWN_CHANNEL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishOutcome.Failed;
import io.parley.broker.PublishOutcome.Stored;
import io.parley.broker.SlowBroker;
import io.parley.channel.Content;
import io.parley.channel.Position;
import io.parley.encoding.Encoding;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Frames;
import io.parley.encoding.Framing;
import io.parley.hub.Entry;
import io.parley.hub.Hub;
import io.parley.hub.HubSettingsOf;
import io.parley.hub.Start;
import io.parley.loop.ManualLoop;
import io.parley.loop.ManualTime;
import io.parley.metric.Metrics;
import io.parley.payload.TestPayloads;
import io.parley.presence.ScriptedPresence;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What a session does while the broker takes its time.
class SessionTest {
  private final ManualTime time = new ManualTime();
  private final ManualLoop loop = new ManualLoop(time);
  private final SlowBroker broker = new SlowBroker();
  private final ScriptedPresence presence = new ScriptedPresence();
  private final RecordingPeer peer = new RecordingPeer();
  private static final int PUBLISH_BYTES = 10_000;
  private final List<PublishOutcome> outcomes = new ArrayList<>();
  private final Session session = session();

  private Session session() {
    var encoding = new Encoding(0, (channel, publication, out) -> out.put(publication.data()),
        new NoFraming());
    var metrics = new Metrics(new SimpleMeterRegistry());
    var hub = new Hub(
        List.of(loop), List.of(loop), broker, presence,
        HubSettingsOf.tests(List.of(encoding), 1 << 20, time, metrics));
    var context = new SessionContext("n1", broker, presence, HubSettingsOf.rules(),
        new SessionSettings(4, PUBLISH_BYTES, 0, 1, 1, 0, 100, 1 << 20, 8, 1_000),
        TestPayloads.READER, time, metrics);
    return new Session(context, hub.shards().getFirst(), peer,
        new Identity("alice", new UUID(0, 1), false), encoding, new Silence());
  }

  private void publish(int count) {
    loop.inside(() -> {
      for (int i = 0; i < count; i++) {
        session.publish(
            "room:r", Content.TEXT, "x".getBytes(UTF_8), null, outcomes::add);
      }
    });
  }

  @Test
  void whoIsInAChannelIsKnownWhereItsRulesSaySo() {
    loop.inside(() -> {
      assertEquals(null, session.subscribe("told:a", Start.Now.ANYWHERE));
      assertEquals(null, session.subscribe("room:a", Start.Now.ANYWHERE));
      session.unsubscribe("told:a");
      session.unsubscribe("room:a");
      session.unsubscribe("told:b");
    });
    assertEquals(List.of("+alice in told:a", "- in told:a"), presence.told);
  }

  @Test
  void whoBeginsAnewAtAPositionStaysAndWhoIsClosedLeavesLater() {
    loop.inside(() -> {
      session.subscribe("told:a", Start.Now.ANYWHERE);
      session.subscribe("told:a", new Start.After(new Position(1, 7)));
      session.onClosed();
      session.onClosed();
    });
    assertEquals(List.of("+alice in told:a", "+alice in told:a", "~ in told:a"), presence.told);
  }

  @Test
  void aChannelOfNoNamespaceIsUnknownWhateverIsAskedOfIt() {
    var answers = new ArrayList<String>();
    loop.inside(() -> {
      for (var channel : List.of("nosuch:x", "nosuch:", "x", "room", ":x", "ROOM:x")) {
        assertEquals(UNKNOWN_CHANNEL, session.subscribe(channel, Start.Now.ANYWHERE), channel);
        assertEquals(UNKNOWN_CHANNEL, session.subscribe(channel, Start.Now.AT_A_POSITION), channel);
        assertEquals(UNKNOWN_CHANNEL,
            session.subscribe(channel, new Start.After(new Position(1, 7))), channel);
        assertEquals(UNKNOWN_CHANNEL, session.publish(
            channel, Content.TEXT, "x".getBytes(UTF_8), null, outcomes::add), channel);
        assertEquals(UNKNOWN_CHANNEL, session.questions().history(
            channel, 1, Long.MAX_VALUE, page -> answers.add("history")), channel);
        assertEquals(UNKNOWN_CHANNEL, session.questions().who(channel, who -> answers.add("who")),
            channel);
      }
    });
    ManualLoop.settle(List.of(loop));
    assertEquals(102, UNKNOWN_CHANNEL.code());
    assertEquals(List.of(), session.channels());
    assertEquals(List.of(), broker.channels);
    assertEquals(List.of(), presence.told);
    assertEquals(List.of(), outcomes);
    assertEquals(List.of(), answers);
    assertEquals(List.of(), peer.events);
  }

  private void answer(int count, PublishOutcome outcome) {
    for (int i = 0; i < count; i++) {
      broker.waiting.remove().onOutcome(outcome);
    }
    ManualLoop.settle(List.of(loop));
  }

  @Test
  void readingStopsAtTheWindowAndGoesOnOnceHalfOfItIsAnswered() {
    publish(3);
    assertEquals(List.of(), peer.events);
    publish(1);
    assertEquals(List.of("pause"), peer.events);
    answer(1, Stored.NOWHERE);
    assertEquals(List.of("pause"), peer.events);
    answer(1, Failed.UNKNOWN);
    assertEquals(List.of("pause", "resume"), peer.events);
    publish(2);
    assertEquals(List.of("pause", "resume", "pause"), peer.events);
  }

  @Test
  void itIsIdleOnceEveryPublishHasItsAnswer() {
    var idle = new ArrayList<String>();
    loop.inside(() -> session.whenIdle(() -> idle.add("at once")));
    publish(2);
    loop.inside(() -> session.whenIdle(() -> idle.add("idle after " + outcomes)));
    answer(1, Stored.NOWHERE);
    assertEquals(List.of("at once"), idle);
    answer(1, Failed.ID_CONFLICT);
    assertEquals(List.of("at once", "idle after [Stored[position=null], ID_CONFLICT]"), idle);
  }

  @Test
  void aDirectMessageIsOnePublishAndIsAnsweredWhenAllItsPartsAre() {
    loop.inside(() -> session.direct(
        List.of("bob", "carol"), "{}".getBytes(UTF_8), "7", outcomes::add));
    assertEquals(List.of("inbox:#bob", "inbox:#carol", "inbox:#alice"), broker.channels);
    answer(2, Stored.NOWHERE);
    assertEquals(List.of(), outcomes);
    answer(1, Stored.NOWHERE);
    assertEquals(List.of(Stored.NOWHERE), outcomes);
  }

  @Test
  void aDirectMessageTakesTheWindowOncePerInbox() {
    loop.inside(() -> session.direct(
        List.of("bob", "carol", "dave"), "{}".getBytes(UTF_8), null, outcomes::add));
    assertEquals(List.of("pause"), peer.events);
    answer(3, Stored.NOWHERE);
    assertEquals(List.of("pause"), peer.events);
    answer(1, Stored.NOWHERE);
    assertEquals(List.of("pause", "resume"), peer.events);
  }

  @Test
  void manyBytesWithoutAnAnswerStopTheReadingAsWell() {
    loop.inside(() -> session.publish(
        "room:r", Content.TEXT, new byte[PUBLISH_BYTES], null, outcomes::add));
    assertEquals(List.of("pause"), peer.events);
    answer(1, Stored.NOWHERE);
    assertEquals(List.of("pause", "resume"), peer.events);
  }

  @Test
  void whoIsGoneIsToldNothing() {
    publish(1);
    loop.inside(session::onClosed);
    answer(1, Stored.NOWHERE);
    assertEquals(List.of(), outcomes);
  }

  private static final class RecordingPeer implements Peer {
    final List<String> events = new ArrayList<>();

    @Override
    public void send(Frames frames) {}

    @Override
    public boolean takesCompressed() {
      return false;
    }

    @Override
    public FrameBuffer beginMessage() {
      return new FrameBuffer(16);
    }

    @Override
    public void endMessage(FrameBuffer message) {}

    @Override
    public void endBinary(FrameBuffer message) {}

    @Override
    public void onPong() {}

    @Override
    public void sendText(byte[] message) {}

    @Override
    public void sendBinary(byte[] message) {}

    @Override
    public void close(CloseCode code, String detail) {
      events.add("close " + code.code());
    }

    @Override
    public void pauseReading() {
      events.add("pause");
    }

    @Override
    public void resumeReading() {
      events.add("resume");
    }
  }

  private record Silence() implements SessionEvents {
    @Override
    public void onSubscribed(String channel, Entry entry, @Nullable Frames missed) {}

    @Override
    public void onLost(String channel, @Nullable Position position) {}
  }

  private record NoFraming() implements Framing {
    @Override
    public int begin(FrameBuffer out) {
      return out.length();
    }

    @Override
    public void end(FrameBuffer out, int mark) {}
  }
}
