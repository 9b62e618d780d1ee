package io.parley.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.parley.auth.Access;
import io.parley.auth.Origins;
import io.parley.auth.token.Tokens;
import io.parley.broker.SlowBroker;
import io.parley.config.LimitSettings;
import io.parley.config.Settings;
import io.parley.frame.ChunkFraming;
import io.parley.frame.WebSocketFraming;
import io.parley.hub.Hub;
import io.parley.hub.HubSettingsOf;
import io.parley.loop.ManualLoop;
import io.parley.loop.ManualTime;
import io.parley.metric.Metrics;
import io.parley.payload.TestPayloads;
import io.parley.presence.ScriptedPresence;
import io.parley.session.CloseCode;
import io.parley.session.SessionContext;
import io.parley.session.SessionSettings;
import io.parley.wire.LoginRules;
import io.parley.wire.centrifuge.CentrifugeEncodings;
import io.parley.wire.centrifuge.CentrifugeEncodings.Framings;
import io.parley.wire.centrifuge.CentrifugeProtocol;
import io.parley.wire.centrifuge.json.JsonDialect;
import io.parley.wire.plain.PlainEncodings;
import io.parley.wire.plain.PlainProtocol;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Connections on a loop that the test turns, over a broker that never answers.
class ConnectionTest {
  private static final LimitSettings LIMITS = Settings.defaults().limits();

  private final ManualTime time = new ManualTime();
  private final ManualLoop loop = new ManualLoop(time);
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
  private final List<EmbeddedChannel> channels = new ArrayList<>();
  private final List<Connections> made = new ArrayList<>();

  @AfterEach
  void release() {
    channels.forEach(channel -> loop.inside(channel::finishAndReleaseAll));
    made.forEach(connections -> loop.inside(connections::close));
  }

  private Connections connections(LimitSettings limits) {
    var encodings = PlainEncodings.at(0, WebSocketFraming.TEXT);
    var broker = new SlowBroker();
    var presence = new ScriptedPresence();
    var metrics = new Metrics(new SimpleMeterRegistry());
    var hub = new Hub(List.of(loop), List.of(loop), broker, presence,
        HubSettingsOf.tests(encodings.list(), 1 << 20, time, metrics));
    var context = new SessionContext("n1", broker, presence, HubSettingsOf.rules(),
        new SessionSettings(2, 1 << 20, 0, 1, 8, 0, 100, 1 << 20, 8, 1_000),
        TestPayloads.READER, time, metrics);
    var connections = new Connections(hub.shards().getFirst(),
        new Routes(protocols(context, new LoginRules(new Access(true, true),
            Tokens.none(metrics), Duration.ofSeconds(10), metrics), encodings), true),
        new TransportSettings(
            Settings.defaults().listen(), null, limits, List.of(), new Origins(List.of()), true,
            false),
        Budgets.of(limits, metrics), new Streams(), new TransportMeters(metrics));
    made.add(connections);
    return connections;
  }

  /// The plain protocol beside one that nobody speaks.
  static Protocols protocols(
      SessionContext context, LoginRules login, PlainEncodings encodings) {
    var dialect = new JsonDialect(TestPayloads.READER);
    var centrifuge = new CentrifugeProtocol(context, login, dialect,
        CentrifugeEncodings.at(2, dialect, new Framings(WebSocketFraming.TEXT,
            WebSocketFraming.TEXT, ChunkFraming.LINES, ChunkFraming.EVENTS)),
        new CentrifugeProtocol.Timing(Duration.ofSeconds(25), Duration.ofSeconds(4)));
    return new Protocols(
        new PlainProtocol(context, login, encodings, encodings), centrifuge, centrifuge);
  }

  private Connection open(Connections connections) {
    return open(connections, Routes.PLAIN);
  }

  private Connection open(Connections connections, String path) {
    var channel = new EmbeddedChannel();
    channel.config().setAllocator(allocator);
    channels.add(channel);
    var connection = new Connection(
        channel, connections, InetAddress.getLoopbackAddress(), connections.inflation());
    channel.pipeline().addLast(connection);
    var asked = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
    var protocol = Objects.requireNonNull(connections.routes().at(path, Map.of(), asked));
    loop.inside(() -> connection.open(protocol));
    ManualLoop.settle(List.of(loop));
    return connection;
  }

  private static byte[] masked(int firstByte, String payload) {
    var frame = new ByteArrayOutputStream();
    frame.write(firstByte);
    frame.write(0x80 | payload.length());
    frame.writeBytes(new byte[4]);
    frame.writeBytes(payload.getBytes(UTF_8));
    return frame.toByteArray();
  }

  @Test
  void whatWasKeptIsReadOnceTheConnectionCloses() {
    var connection = open(connections(LIMITS));
    var frames = new ByteArrayOutputStream();
    for (int i = 0; i < 3; i++) {
      frames.writeBytes(masked(0x81, "hello"));
    }
    frames.writeBytes(masked(0x88, ""));
    var channel = channels.getFirst();
    loop.inside(() -> channel.writeInbound(Unpooled.wrappedBuffer(frames.toByteArray())));
    assertFalse(channel.config().isAutoRead(), "its publish window is full");
    assertTrue(allocator.metric().usedHeapMemory() > 0, "the rest is kept");
    loop.inside(() -> connection.close(CloseCode.SLOW, ""));
    ManualLoop.settle(List.of(loop));
    channel.releaseOutbound();
    assertEquals(0, allocator.metric().usedHeapMemory());
    assertTrue(channel.config().isAutoRead());
  }

  @Test
  void aBugInTheSweepEndsItsConnectionAndNotTheSweeping() {
    // A duration beyond what milliseconds can say makes each look at a connection throw.
    var limits = new LimitSettings(LIMITS.messageBytes(), LIMITS.messageFragments(),
        LIMITS.messageTimeout(), LIMITS.nestingLevels(), LIMITS.inboundBytes(),
        LIMITS.outboxBytes(),
        Duration.ofSeconds(Long.MAX_VALUE), LIMITS.outboundBytes(), LIMITS.socketBytes(),
        LIMITS.publishWindow(), LIMITS.publishBytes(),
        LIMITS.commandsPerSecond(), LIMITS.commandBurst(), LIMITS.roomsPerConnection(),
        LIMITS.shardQueueBytes(), LIMITS.pingsPerSecond(), LIMITS.pingInterval(),
        LIMITS.pongTimeout(), LIMITS.tcpUserTimeout(), LIMITS.closeTimeout(),
        LIMITS.handshakeTimeout(), LIMITS.authTimeout(), LIMITS.connections(),
        LIMITS.connectionsPerAddress(),
        LIMITS.connectionsPerUser(), LIMITS.requestBytes(), LIMITS.requestHeaders(),
        LIMITS.emulationTimeout());
    var connections = connections(limits);
    loop.inside(connections::start);
    open(connections);
    open(connections);
    sweep();
    assertEquals(3004, codeOfClose(0));
    assertEquals(3004, codeOfClose(1));
    open(connections);
    sweep();
    assertEquals(3004, codeOfClose(2));
  }

  /// As many as there are steps of 50 ms in the period, more, and fewer.
  @ParameterizedTest
  @ValueSource(ints = {100, 250, 3})
  void whoHasToGoElsewhereIsAskedInHisTurnOverThePeriod(int count) {
    var connections = connections(LIMITS);
    for (int i = 0; i < count; i++) {
      open(connections, Routes.ECHO);
    }
    loop.inside(() -> connections.shutDown(5_000));
    int share = Math.ceilDiv(count, 100);
    int asked = 0;
    for (int millis = 0; millis < 5_000; millis += 50) {
      ManualLoop.settle(List.of(loop));
      int now = askedToGo();
      assertTrue(now <= share, now + " after " + millis + " ms (expected: at most " + share + ")");
      assertTrue(now > 0 || asked == count, "nobody after " + millis + " ms");
      asked += now;
      time.passMillis(50);
    }
    assertEquals(count, asked, "within the period, and once");
    ManualLoop.settle(List.of(loop));
    assertEquals(0, askedToGo());
  }

  @Test
  void whoComesWhenTheOthersAreAskedToGoIsSentAwayAtOnce() {
    var connections = connections(LIMITS);
    for (int i = 0; i < 3; i++) {
      open(connections, Routes.ECHO);
    }
    loop.inside(() -> connections.shutDown(5_000));
    ManualLoop.settle(List.of(loop));
    assertEquals(1, askedToGo());
    open(connections, Routes.ECHO);
    assertEquals(3001, codeOfClose(3));
  }

  /// How many have got a close frame with 3001 since this was asked last.
  private int askedToGo() {
    int asked = 0;
    for (int i = 0; i < channels.size(); i++) {
      int code = codeOfClose(i);
      assertTrue(code == 0 || code == 3001, "code: " + code);
      asked += code == 0 ? 0 : 1;
    }
    return asked;
  }

  private void sweep() {
    time.passMillis(1_001);
    ManualLoop.settle(List.of(loop));
  }

  /// The code of the close frame that a channel got; 0 if there is none.
  private int codeOfClose(int index) {
    ByteBuf frame = channels.get(index).readOutbound();
    if (frame == null) {
      return 0;
    }
    try {
      assertEquals(0x88, frame.readUnsignedByte());
      frame.skipBytes(1);
      return frame.readUnsignedShort();
    } finally {
      frame.release();
    }
  }
}
