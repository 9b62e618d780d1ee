package io.parley.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.parley.deflate.Inflation;
import io.parley.frame.FrameException;
import io.parley.frame.FrameReader;
import io.parley.frame.WebSocketFraming;
import io.parley.metric.Limit;
import io.parley.session.CloseCode;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// One client's WebSocket, from the upgrade to the end. While it closes, the client's close frame
/// is waited for.
///
/// Confined to the connection's loop.
final class Connection extends FramedPeer implements FrameReader.Sink {
  private final FrameReader reader;

  /// @param inflation what decompresses its messages; null: compression wasn't negotiated
  Connection(
      Channel channel, Connections connections, InetAddress address,
      @Nullable Inflation inflation) {
    super(channel, connections, address);
    var limits = connections.limits();
    this.reader = new FrameReader(this, limits.messageBytes(), limits.messageFragments(),
        connections.holders(), inflation);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object in) {
    var bytes = (ByteBuf) in;
    connections().meters().received.increment(bytes.readableBytes());
    reader.read(bytes, ctx.alloc());
  }

  @Override
  public boolean isReading() {
    return !isPaused();
  }

  @Override
  public void onText(byte[] message) {
    var wire = wire();
    if (wire != null && isOpen()) {
      wire.onText(message);
    }
  }

  @Override
  public void onBinary(byte[] message) {
    var wire = wire();
    if (wire != null && isOpen()) {
      wire.onBinary(message);
    }
  }

  @Override
  public void onPing(byte[] payload) {
    liveness().onPing(payload, outbox().isWaiting());
  }

  /// Asks for a sign of life in its protocol's own way, if that has one.
  @Override
  void ping() {
    var wire = wire();
    if (wire == null || !wire.ping()) {
      send(WebSocketFraming.PING);
    }
  }

  @Override
  public void onClose(int code) {
    if (isOpen()) {
      connections().meters().closedByClient.increment();
      send(code == 1005 ? WebSocketFraming.emptyClose() : WebSocketFraming.close(code, ""));
    }
    endAfterFlush();
  }

  @Override
  public void onViolation(FrameException violation) {
    super.onViolation(violation);
    endAfterFlush();
  }

  @Override
  public boolean takesCompressed() {
    return reader.inflates();
  }

  @Override
  void sayLast(int code, String reason) {
    send(WebSocketFraming.close(code, reason));
  }

  @Override
  void onLastSaid() {
    // Read on, even if the session had enough: the client's close frame ends it. It may be among
    // what was kept, which is read in a task of its own, since the reader may be who called.
    if (isPaused()) {
      connections().shard().loop().execute(reader::resume);
    }
    channel().config().setAutoRead(true);
  }

  @Override
  void onDeaf() {
    reader.end();
  }

  @Override
  public void pauseReading() {
    super.pauseReading();
    channel().config().setAutoRead(false);
  }

  @Override
  public void resumeReading() {
    if (isOpen()) {
      super.resumeReading();
      reader.resume();
      channel().config().setAutoRead(!isPaused() && !isLeaving());
    }
  }

  @Override
  void lookAfter(long nowNanos) {
    // While it isn't read from, it may well have sent what is missing.
    boolean isRead = !isPaused() && !isLeaving();
    long age = reader.ageNanos(nowNanos);
    var timeout = connections().limits().messageTimeout();
    if (isRead && age > Connections.nanos(timeout)) {
      onViolation(FrameException.beyond(Limit.MESSAGE_TIMEOUT, CloseCode.POLICY,
          "expected: a message within " + timeout.toMillis() + " ms"));
    } else {
      liveness().onSweep(nowNanos, isRead && age == 0);
    }
  }
}
