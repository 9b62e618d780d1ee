package io.parley.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.parley.auth.Access;
import io.parley.auth.Origins;
import io.parley.auth.token.Tokens;
import io.parley.broker.SlowBroker;
import io.parley.config.Settings;
import io.parley.encoding.Frames;
import io.parley.frame.WebSocketFraming;
import io.parley.hub.Hub;
import io.parley.hub.HubSettingsOf;
import io.parley.loop.ManualLoop;
import io.parley.loop.ManualTime;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.payload.TestPayloads;
import io.parley.presence.ScriptedPresence;
import io.parley.session.SessionContext;
import io.parley.session.SessionSettings;
import io.parley.wire.LoginRules;
import io.parley.wire.plain.PlainEncodings;
import io.parley.wire.plain.PlainProtocol;
import io.parley.wire.plain.PlainRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Clients whose sockets are full, before a node whose memory is used up. Sockets take a chunk when
/// the test says so.
class SheddingTest {
  private static final int OUTBOUND_BYTES = 1_000_000;

  private final ManualLoop loop = new ManualLoop(new ManualTime());
  private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
  private final List<Client> clients = new ArrayList<>();
  private final Budgets budgets;
  private final PlainProtocol plain;
  private final Connections connections;

  SheddingTest() {
    var settings = Settings.defaults().with("limits.outbound-bytes", "" + OUTBOUND_BYTES);
    var limits = settings.limits();
    var time = new ManualTime();
    var encodings = PlainEncodings.at(0, WebSocketFraming.TEXT);
    var broker = new SlowBroker();
    var presence = new ScriptedPresence();
    var hub = new Hub(List.of(loop), List.of(loop), broker, presence,
        HubSettingsOf.tests(encodings.list(), 1 << 20, time, metrics));
    var context = new SessionContext("n1", broker, presence, HubSettingsOf.rules(),
        new SessionSettings(2, 1 << 20, 0, 1, 8, 0, 100, 1 << 20, 8, 1_000),
        TestPayloads.READER, time, metrics);
    budgets = Budgets.of(limits, metrics);
    var protocols = ConnectionTest.protocols(context, new LoginRules(new Access(true, true),
        Tokens.none(metrics), Duration.ofSeconds(10), metrics), encodings);
    plain = protocols.plain();
    connections = new Connections(hub.shards().getFirst(),
        new Routes(protocols, false),
        new TransportSettings(settings.listen(), null, limits, List.of(),
            new Origins(List.of()), false, false),
        budgets, new Streams(),
        new TransportMeters(metrics));
  }

  @AfterEach
  void release() {
    clients.forEach(client -> loop.inside(client.channel::finishAndReleaseAll));
    loop.inside(connections::close);
    assertEquals(0, budgets.outbound().taken(), "all is given back");
  }

  /// A connection whose socket is full.
  private final class Client extends ChannelOutboundHandlerAdapter {
    final Queue<ChannelPromise> chunks = new ArrayDeque<>();
    final EmbeddedChannel channel = new EmbeddedChannel(this);
    final Connection connection = new Connection(
        channel, connections, InetAddress.getLoopbackAddress(), null);

    Client() {
      channel.pipeline().addLast(connection);
      loop.inside(() -> connection.open(
          (shard, peer) -> plain.open(PlainRequest.of(Map.of(), null), shard, peer)));
      clients.add(this);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object chunk, ChannelPromise promise) {
      ((ByteBuf) chunk).release();
      chunks.add(promise);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
      ctx.close(promise);
      chunks.forEach(chunk -> chunk.setFailure(new IOException("closed")));
      chunks.clear();
    }

    Client isSent(int bytes) {
      loop.inside(() -> connection.send(new Frames(new byte[bytes], bytes)));
      settle();
      return this;
    }

    void takesAChunk() {
      loop.inside(() -> chunks.remove().setSuccess());
      settle();
    }
  }

  private void settle() {
    ManualLoop.settle(List.of(loop));
  }

  private double shed() {
    return metrics.counter(Metric.LIMIT_HITS, Limit.OUTBOUND_BYTES.key()).count();
  }

  @Test
  void whoHasTakenNothingForTheLongestTimeIsShed() {
    var first = new Client().isSent(100_000).isSent(300_000);
    var second = new Client().isSent(100_000).isSent(300_000);
    assertTrue(budgets.outbound().taken() > 800_000);
    assertEquals(0, shed());
    // The first is alive.
    first.takesAChunk();
    var third = new Client().isSent(100_000).isSent(100_000);
    assertTrue(first.connection.isOpen());
    assertFalse(second.connection.isOpen());
    assertTrue(third.connection.isOpen());
    assertEquals(1, shed());
    assertEquals(1, metrics.counter(Metric.CLOSES, "3008").count());
    assertTrue(budgets.outbound().taken() <= OUTBOUND_BYTES);
    assertTrue(second.channel.isOpen(), "what it has begun is sent to its end");
  }

  @Test
  void thoseThatAreBeingClosedAreCutIfThatIsNotEnough() {
    for (int i = 0; i < 12; i++) {
      new Client().isSent(60_000);
    }
    // Each has a chunk and nothing that could be dropped.
    assertTrue(budgets.outbound().taken() <= OUTBOUND_BYTES);
    assertEquals(0, shed());
    for (int i = 0; i < 5; i++) {
      new Client().isSent(60_000);
    }
    assertTrue(budgets.outbound().taken() <= OUTBOUND_BYTES);
    assertFalse(clients.getFirst().channel.isOpen());
    assertTrue(clients.stream().filter(client -> client.channel.isOpen()).count() >= 7);
  }

  /// Nobody has to go for what those hold who go already.
  @Test
  void whoIsBeingClosedIsCutBeforeAnotherHasToGo() {
    for (int i = 0; i < 7; i++) {
      new Client().isSent(65_000);
    }
    var honest = new Client().isSent(65_000);
    assertEquals(0, shed());
    // Too much by more than the oldest could drop, and by less than it holds.
    honest.isSent(1_000_000 - (int) budgets.outbound().taken());
    assertEquals(1, shed());
    assertFalse(clients.getFirst().channel.isOpen());
    assertTrue(clients.stream().skip(1).allMatch(client -> client.connection.isOpen()));
  }

  @Test
  void whoGoesLeavesNothingBehind() {
    for (int i = 0; i < 4; i++) {
      new Client().isSent(100_000).isSent(50_000);
    }
    clients.forEach(client -> loop.inside(client.channel::close));
    settle();
    assertEquals(0, budgets.outbound().taken());
    new Client().isSent(900_000);
    assertEquals(0, shed());
  }
}
