package io.parley.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.parley.encoding.Frames;
import io.parley.frame.FrameException;
import io.parley.loop.Flushable;
import io.parley.metric.Limit;
import io.parley.outbox.Outbox;
import io.parley.session.CloseCode;
import io.parley.session.Peer;
import io.parley.session.Session;
import io.parley.session.SubscribeRequest;
import io.parley.wire.Protocol;
import io.parley.wire.Wire;
import java.io.IOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// One client's connection, from its request to the end: the last handler of its channel. It joins
/// the wire and the outbox, and knows how a connection ends:
///
///     OPEN -> CLOSING (our last word is on its way, at most until the close timeout) -> CLOSED
///
/// How messages are delimited, what the last word is and how the client's messages come is for its
/// kinds to say: a WebSocket ([Connection]), or an answer without an end ([Stream]).
///
/// Confined to the connection's loop.
abstract class Client extends ChannelInboundHandlerAdapter
    implements
      Peer,
      Flushable,
      Outbox.Socket {
  private enum State {
    OPEN,
    CLOSING,
    CLOSED
  }

  private final Channel channel;
  private final Connections connections;

  /// Where the client really is, whatever proxies stand between.
  private final InetAddress address;
  private final Outbox outbox;
  private final Liveness liveness;

  /// Its place among [Connections].
  int index;

  /// Null before the wire has accepted the client, and if it refused.
  private @Nullable Wire wire;
  private State state = State.OPEN;

  /// Whether the session has enough to do.
  private boolean isPaused;
  private boolean flushAsked;

  /// Whether the node shuts down: nothing more is read from the client, answers are still written.
  private boolean isLeaving;

  /// Null while it is open.
  private @Nullable Ending ending;

  Client(Channel channel, Connections connections, InetAddress address) {
    this.channel = channel;
    this.connections = connections;
    this.address = address;
    this.outbox = new Outbox(
        channel, connections.writer(), connections.budgets().outbound(), this);
    this.liveness = new Liveness(this, connections);
  }

  /// Says goodbye in the way of its kind, while it is still open.
  abstract void sayLast(int code, String reason);

  /// It is being closed, and the goodbye is queued: hears the client out, or doesn't.
  abstract void onLastSaid();

  /// Looks whether the client is still there, and whether what it has begun comes to an end.
  abstract void lookAfter(long nowNanos);

  /// Asks the client for a sign of life.
  abstract void ping();

  /// Nothing that the client sends is looked at any more. May be called again.
  abstract void onDeaf();

  /// Starts what the client asked for.
  void open(Protocol protocol) {
    connections.add(this);
    wire = protocol.open(connections.shard(), this);
  }

  Channel channel() {
    return channel;
  }

  Connections connections() {
    return connections;
  }

  Outbox outbox() {
    return outbox;
  }

  Liveness liveness() {
    return liveness;
  }

  @Nullable
  Wire wire() {
    return wire;
  }

  boolean isPaused() {
    return isPaused;
  }

  boolean isLeaving() {
    return isLeaving;
  }

  @Override
  public void onPong() {
    liveness.onPong();
  }

  /// The client has done what it must not.
  void onViolation(FrameException violation) {
    if (violation.limit() != null) {
      connections.meters().metrics.hit(violation.limit());
    }
    close(violation.code(), violation.detail());
  }

  @Override
  public void send(Frames frames) {
    assert connections.shard().loop().inLoop();
    if (state != State.OPEN) {
      return;
    }
    outbox.append(frames);
    askForFlush();
  }

  @Override
  public boolean isOpen() {
    return state == State.OPEN;
  }

  @Override
  public void shed() {
    if (state == State.OPEN) {
      closeSlow(Limit.OUTBOUND_BYTES);
    }
  }

  private void closeSlow(Limit limit) {
    connections.meters().metrics.hit(limit);
    outbox.dropUnbegun();
    close(CloseCode.SLOW, "");
  }

  @Override
  public void close(CloseCode code, String detail) {
    assert connections.shard().loop().inLoop();
    if (state != State.OPEN) {
      return;
    }
    var reason = detail.isEmpty() ? code.reason() : code.reason() + ": " + detail;
    connections.onClosing(code, reason, address);
    close(code.code(), reason);
  }

  /// Closes it as the backend wants, with a code of its own.
  void disconnect(int code, String reason) {
    if (state == State.OPEN) {
      connections.onDisconnecting(code, reason, address);
      close(code, reason);
    }
  }

  /// Subscribes the client; having that already is no error.
  void subscribe(SubscribeRequest request) {
    if (wire != null && state == State.OPEN) {
      wire.subscribe(request);
    }
  }

  /// Ends a subscription; not having it is no error.
  void unsubscribe(String channel) {
    if (wire != null && state == State.OPEN) {
      wire.unsubscribe(channel);
    }
  }

  /// Null: it has none, or it is being closed.
  @Nullable
  Session session() {
    return wire == null || state != State.OPEN ? null : wire.session();
  }

  private void close(int code, String reason) {
    sayLast(code, reason);
    startClosing();
    onLastSaid();
    isPaused = false;
    isLeaving = false;
  }

  private Ending startClosing() {
    state = State.CLOSING;
    connections.fullSockets().onClosing(this);
    endSession();
    if (ending == null) {
      ending = new Ending(channel, connections);
    }
    return ending;
  }

  /// Asks the client to come back to another node, once everything it sent has its answer.
  void shutDown() {
    if (state != State.OPEN || wire == null) {
      return;
    }
    isLeaving = true;
    pauseReading();
    wire.whenIdle(() -> close(CloseCode.SHUTDOWN, ""));
  }

  /// Ends the connection when the outbox is empty; until the socket is closed, what the client
  /// sends is read and dropped.
  void endAfterFlush() {
    onDeaf();
    startClosing().onOver();
    askForFlush();
  }

  /// Closes the socket without a word.
  @Override
  public void abort() {
    // Now, not when the channel has told of its end: others may be cut until there is room.
    outbox.clear();
    channel.close();
  }

  private void askForFlush() {
    if (!flushAsked) {
      flushAsked = true;
      connections.shard().flushAtTickEnd(this);
    }
  }

  @Override
  public void flush() {
    flushAsked = false;
    if (state == State.CLOSED || (state == State.OPEN && outbox.joinVolley())) {
      return;
    }
    try {
      outbox.flush();
    } catch (IOException broken) {
      onBroken(broken);
      return;
    } catch (RuntimeException | OutOfMemoryError bug) {
      // The shard flushes many connections in a row: one must not keep the others from it.
      onBug(bug);
      return;
    }
    connections.onQueued(outbox.bytes());
    connections.fullSockets().look();
    if (state == State.OPEN && outbox.bytes() > connections.limits().outboxBytes()) {
      // The socket didn't take it: a client that keeps up may get any amount in a tick.
      closeSlow(Limit.OUTBOX_BYTES);
    }
    if (ending != null && outbox.isEmpty()) {
      ending.onFlushed();
    }
  }

  @Override
  public int room() {
    return Math.max(0, connections.limits().outboxBytes() - outbox.bytes()) / 2;
  }

  @Override
  public void onFull() {
    connections.meters().metrics.hit(Limit.SOCKET_BYTES);
    connections.fullSockets().touch(this);
  }

  @Override
  public void onRoom() {
    liveness.onRoom();
    askForFlush();
  }

  @Override
  public void onNothingWaits() {
    connections.fullSockets().remove(this);
  }

  /// The client is gone without a goodbye, or what it sent was no TLS; or it is a bug.
  @Override
  public void onBroken(Throwable cause) {
    if (cause instanceof IOException || cause instanceof DecoderException) {
      connections.onBroken(cause);
      channel.close();
    } else {
      onBug(cause);
    }
  }

  @Override
  public void pauseReading() {
    isPaused = true;
  }

  @Override
  public void resumeReading() {
    // What has been read is still looked at while the node shuts down.
    isPaused = false;
  }

  /// Looks after pings and after what takes too long.
  void onSweep(long nowNanos, long unixSeconds) {
    if (wire != null && state == State.OPEN) {
      wire.onSweep(nowNanos, unixSeconds);
    }
    if (state != State.OPEN) {
      return;
    }
    if (outbox.ageNanos(nowNanos) > Connections.nanos(connections.limits().outboxAge())) {
      closeSlow(Limit.OUTBOX_AGE);
    } else {
      lookAfter(nowNanos);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (state == State.CLOSED) {
      return;
    }
    if (state == State.OPEN) {
      connections.meters().gone.increment();
    }
    state = State.CLOSED;
    onDeaf();
    outbox.clear();
    endSession();
    connections.remove(this);
  }

  private void endSession() {
    if (wire != null) {
      wire.onClosed();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    onBroken(cause);
  }

  /// A bug ends its connection, and nothing else.
  void onBug(Throwable bug) {
    connections.onBug(bug);
    try {
      if (state == State.OPEN) {
        close(CloseCode.INTERNAL, "");
        return;
      }
    } catch (RuntimeException another) {
      connections.onBug(another);
    }
    // It was closing already, and may get no further.
    channel.close();
  }
}
