package io.parley.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.auth.Access;
import io.parley.auth.token.Tokens;
import io.parley.broker.memory.MemoryBroker;
import io.parley.encoding.Encoding;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Frames;
import io.parley.encoding.Framing;
import io.parley.hub.Hub;
import io.parley.hub.HubSettingsOf;
import io.parley.loop.ManualLoop;
import io.parley.loop.ManualTime;
import io.parley.metric.Metrics;
import io.parley.payload.PayloadReader;
import io.parley.payload.TestPayloads;
import io.parley.presence.PresenceRules;
import io.parley.presence.memory.MemoryPresence;
import io.parley.session.CloseCode;
import io.parley.session.Peer;
import io.parley.session.SessionContext;
import io.parley.session.SessionSettings;
import io.parley.session.StreamKey;
import io.parley.wire.centrifuge.CentrifugeEncodings;
import io.parley.wire.centrifuge.CentrifugeEncodings.Framings;
import io.parley.wire.centrifuge.CentrifugeProtocol;
import io.parley.wire.centrifuge.Dialect;
import io.parley.wire.centrifuge.json.JsonDialect;
import io.parley.wire.centrifuge.protobuf.ProtobufDialect;
import io.parley.wire.plain.PlainEncodings;
import io.parley.wire.plain.PlainProtocol;
import io.parley.wire.plain.PlainRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A node of which only the sockets are missing, on loops that the test turns.
///
/// Confined to the test's thread.
final class SocketlessNode {
  private final ManualTime time = new ManualTime();
  private final ManualLoop loop = new ManualLoop(time);
  private final ManualLoop feedLoop = new ManualLoop(time);
  private final Hub hub;
  private final PlainProtocol plain;
  private final CentrifugeProtocol json;
  private final CentrifugeProtocol protobuf;

  /// How a client speaks, and how it reads.
  enum Way {
    BARE, PLAIN, JSON, EVENTS, PROTOBUF;

    boolean isPlain() {
      return this == BARE || this == PLAIN;
    }
  }

  SocketlessNode() {
    var metrics = new Metrics(new SimpleMeterRegistry());
    var reader = new PayloadReader(TestPayloads.LEVELS_MAX, metrics);
    var plainEncodings = PlainEncodings.at(0, Lengths.FRAMING);
    var framings = new Framings(
        Lengths.FRAMING, Lengths.FRAMING, Lengths.FRAMING, Lengths.FRAMING);
    Dialect asJson = new JsonDialect(reader);
    Dialect asProtobuf = new ProtobufDialect(reader);
    var ofJson = CentrifugeEncodings.at(2, asJson, framings);
    var ofProtobuf = CentrifugeEncodings.at(6, asProtobuf, framings);
    var encodings = new ArrayList<Encoding>(plainEncodings.list());
    encodings.addAll(ofJson.list());
    encodings.addAll(ofProtobuf.list());
    var broker = new MemoryBroker(feedLoop, InstantSource.system(), 1 << 20, metrics);
    var rules = HubSettingsOf.rules();
    var presence = new MemoryPresence(feedLoop, new PresenceRules(
        rules::tellsJoins, Duration.ofMillis(10), 100, 10, 100, 100), broker::tell, time, metrics);
    hub = new Hub(List.of(loop), List.of(feedLoop), broker, presence,
        HubSettingsOf.tests(encodings, 1 << 20, time, metrics));
    var context = new SessionContext("n1", broker, presence, rules,
        new SessionSettings(256, 1 << 20, 0, 1, 8, 0, 10, 10_000, 8, 10), reader, time, metrics);
    var login = new LoginRules(
        new Access(true, true), Tokens.none(metrics), Duration.ofSeconds(10), metrics);
    var timing = new CentrifugeProtocol.Timing(Duration.ofSeconds(25), Duration.ofSeconds(4));
    plain = new PlainProtocol(context, login, plainEncodings, plainEncodings);
    json = new CentrifugeProtocol(context, login, asJson, ofJson, timing);
    protobuf = new CentrifugeProtocol(context, login, asProtobuf, ofProtobuf, timing);
    broker.start(hub);
    settle();
  }

  /// Turns the loops until all is done; a little time goes by.
  void settle() {
    time.passMillis(1);
    ManualLoop.settle(List.of(loop, feedLoop));
  }

  /// A client who has just come.
  Client open(Way way, String user) {
    return new Client(way, user);
  }

  /// One client, its connection, and what it was sent.
  final class Client {
    final Way way;
    private final Wire wire;
    private final SentMessages sent;

    private Client(Way way, String user) {
      this.way = way;
      sent = new SentMessages(way == Way.EVENTS);
      var opened = new ArrayList<@Nullable Wire>();
      loop.inside(() -> opened.add(switch (way) {
        case BARE, PLAIN -> plain.open(
            new PlainRequest(user, "r", null, way == Way.PLAIN, null, null),
            hub.shards().getFirst(), sent);
        case JSON, EVENTS -> json.open(hub.shards().getFirst(), sent);
        case PROTOBUF -> protobuf.open(hub.shards().getFirst(), sent);
      }));
      wire = Objects.requireNonNull(opened.getFirst());
      settle();
    }

    /// Hands a frame to its wire, as the transport does, and lets all happen that comes of it.
    void say(byte[] frame) {
      loop.inside(() -> {
        if (way == Way.PROTOBUF) {
          wire.onBinary(frame);
        } else {
          wire.onText(frame);
        }
      });
      settle();
      if (sent.closedWith != null) {
        leave();
      }
    }

    void say(String frame) {
      say(frame.getBytes(UTF_8));
    }

    void leave() {
      loop.inside(wire::onClosed);
      settle();
    }

    boolean isClosed() {
      return sent.closedWith != null;
    }

    @Nullable
    CloseCode closedWith() {
      return sent.closedWith;
    }

    /// Whether nothing more would be read from it.
    boolean isPaused() {
      return sent.isPaused;
    }

    /// The next message that it was sent; null: there is none.
    byte @Nullable [] take() {
      return sent.messages.poll();
    }
  }

  /// What a client was sent.
  private static final class SentMessages implements Peer {
    final ArrayDeque<byte[]> messages = new ArrayDeque<>();
    private final @Nullable StreamKey stream;

    @Nullable
    CloseCode closedWith;
    boolean isPaused;

    SentMessages(boolean areEvents) {
      stream = areEvents ? new StreamKey("secret", "n1-0", StreamKey.Form.EVENTS) : null;
    }

    @Override
    public @Nullable StreamKey stream() {
      return stream;
    }

    @Override
    public boolean takesCompressed() {
      return false;
    }

    @Override
    public void send(Frames frames) {
      int at = frames.start();
      int end = at + frames.length();
      while (at < end) {
        int length = Lengths.at(frames.bytes(), at);
        at += Lengths.BYTES;
        messages.add(Arrays.copyOfRange(frames.bytes(), at, at + length));
        at += length;
      }
      if (at != end) {
        throw new AssertionError("frames that end " + (at - end) + " bytes behind their end");
      }
    }

    @Override
    public FrameBuffer beginMessage() {
      return new FrameBuffer(64);
    }

    @Override
    public void endMessage(FrameBuffer message) {
      messages.add(Arrays.copyOf(message.array(), message.length()));
    }

    @Override
    public void endBinary(FrameBuffer message) {
      endMessage(message);
    }

    @Override
    public void sendText(byte[] message) {
      messages.add(message.clone());
    }

    @Override
    public void sendBinary(byte[] message) {
      messages.add(message.clone());
    }

    @Override
    public void onPong() {}

    @Override
    public void close(CloseCode code, String detail) {
      if (closedWith == null) {
        closedWith = code;
      }
    }

    @Override
    public void pauseReading() {
      isPaused = true;
    }

    @Override
    public void resumeReading() {
      isPaused = false;
    }
  }

  /// Each message behind its length.
  private enum Lengths implements Framing {
    FRAMING;

    static final int BYTES = 4;

    @Override
    public int begin(FrameBuffer out) {
      int mark = out.length();
      out.put(new byte[BYTES]);
      return mark;
    }

    @Override
    public void end(FrameBuffer out, int mark) {
      int length = out.length() - mark - BYTES;
      for (int i = 0; i < BYTES; i++) {
        out.array()[mark + i] = (byte) (length >>> (8 * i));
      }
    }

    static int at(byte[] bytes, int at) {
      int length = 0;
      for (int i = 0; i < BYTES; i++) {
        length |= (bytes[at + i] & 0xff) << (8 * i);
      }
      return length;
    }
  }
}
