package io.parley.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import io.parley.encoding.FrameBuffer;
import io.parley.frame.ChunkFraming;
import io.parley.frame.FrameException;
import io.parley.frame.Holders;
import io.parley.metric.Limit;
import io.parley.session.CloseCode;
import io.parley.session.StreamKey;
import io.parley.utf8.Utf8;
import io.parley.wire.Protocol;
import io.parley.wire.Wire;
import java.net.InetAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A client without a WebSocket: a request whose answer doesn't end, so that what the client gets
/// comes as it does over a WebSocket. What it says comes in requests of its own ([Streams]), the
/// first of it in the request that opened the stream.
///
/// While its session has enough to do, what it says is kept, up to as much as may be under way: a
/// client that goes on then is told to come back slower. There is no socket of which nothing could
/// be read for a while.
///
/// Confined to the connection's loop.
final class Stream extends Client implements Holders.Holder {
  private static final int MESSAGE_BYTES = 128;

  /// About what keeping costs beside the bytes.
  private static final int KEPT_COST = 64;

  private final StreamKey key;
  private final ChunkFraming framing;

  /// What came while the session had enough to do, and what that takes.
  private final ArrayDeque<byte[]> kept = new ArrayDeque<>(0);
  private int keptBytes;

  /// Whether commands are being done, behind which those come that were kept.
  private boolean isRunning;

  Stream(Channel channel, Connections connections, InetAddress address, StreamKey key) {
    super(channel, connections, address);
    this.key = key;
    this.framing = switch (key.form()) {
      case LINES -> ChunkFraming.LINES;
      case EVENTS -> ChunkFraming.EVENTS;
      case BYTES -> ChunkFraming.BYTES;
    };
  }

  /// Starts it.
  ///
  /// @param commands with which it begins
  void open(Protocol protocol, byte[] commands) {
    connections().streams().add(this);
    open(protocol);
    send(framing.opening());
    onPosted(commands);
  }

  @Override
  public StreamKey stream() {
    return key;
  }

  /// Hands it what its client says. From any thread.
  void post(byte[] commands) {
    connections().shard().loop().execute(() -> onPosted(commands));
  }

  private void onPosted(byte[] commands) {
    if (!isOpen() || isLeaving()) {
      // Who is sent elsewhere says it there again.
      return;
    }
    if (isPaused() || !kept.isEmpty()) {
      keep(commands);
    } else {
      run(commands);
    }
  }

  private void keep(byte[] commands) {
    kept.add(commands);
    onKept(KEPT_COST + commands.length);
    var limits = connections().limits();
    if (kept.size() > limits.publishWindow()) {
      closeFast(Limit.PUBLISH_WINDOW);
    } else if (keptBytes > limits.publishBytes() + KEPT_COST) {
      closeFast(Limit.PUBLISH_BYTES);
    }
  }

  private void closeFast(Limit limit) {
    connections().meters().metrics.hit(limit);
    close(CloseCode.TOO_MANY_REQUESTS, "");
  }

  private void onKept(int more) {
    if (more != 0) {
      keptBytes += more;
      connections().holders().onChange(this, more, keptBytes, keptBytes == more);
    }
  }

  private byte @Nullable [] takeKept() {
    var next = kept.poll();
    if (next != null) {
      onKept(-KEPT_COST - next.length);
    }
    return next;
  }

  private void run(byte[] commands) {
    var wire = wire();
    isRunning = true;
    try {
      var next = commands;
      while (next != null && wire != null) {
        say(wire, next);
        next = isPaused() || !isOpen() ? null : takeKept();
      }
    } catch (RuntimeException bug) {
      onBug(bug);
    } finally {
      isRunning = false;
    }
  }

  /// Whatever body brought them: it is the stream that says in which form its client speaks.
  private void say(Wire wire, byte[] commands) {
    if (key.form() == StreamKey.Form.BYTES) {
      wire.onBinary(commands);
    } else if (Utf8.isValid(commands)) {
      wire.onText(commands);
    } else {
      close(CloseCode.BAD_REQUEST, "not UTF-8");
    }
  }

  @Override
  public void resumeReading() {
    if (isOpen()) {
      super.resumeReading();
      var next = isRunning ? null : takeKept();
      if (next != null) {
        run(next);
      }
    }
  }

  @Override
  public void giveUp() {
    onViolation(FrameException.beyond(Limit.INBOUND_BYTES, CloseCode.TRY_LATER, ""));
  }

  /// A client has nothing to say here after its request; whether it is still there shows anyway.
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object in) {
    ReferenceCountUtil.release(in);
  }

  @Override
  public boolean takesCompressed() {
    return false;
  }

  @Override
  public FrameBuffer beginMessage() {
    var message = new FrameBuffer(MESSAGE_BYTES);
    framing.begin(message);
    return message;
  }

  @Override
  public void endMessage(FrameBuffer message) {
    framing.end(message, 0);
    connections().meters().messagesOut.increment();
    send(message.frames());
  }

  @Override
  public void endBinary(FrameBuffer message) {
    endMessage(message);
  }

  @Override
  public void sendText(byte[] message) {
    send(framing.frame(message));
  }

  @Override
  public void sendBinary(byte[] message) {
    send(framing.frame(message));
  }

  @Override
  void ping() {
    var wire = wire();
    if (wire != null) {
      wire.ping();
    }
  }

  @Override
  void sayLast(int code, String reason) {
    var wire = wire();
    if (wire != null) {
      wire.disconnect(code, reason);
    }
    send(ChunkFraming.ending());
  }

  @Override
  void onLastSaid() {
    endAfterFlush();
  }

  @Override
  void onDeaf() {
    connections().streams().remove(this);
    kept.clear();
    onKept(-keptBytes);
  }

  @Override
  void lookAfter(long nowNanos) {
    // What is kept may be the pong.
    liveness().onSweep(nowNanos, !isPaused() && !isLeaving());
  }
}
