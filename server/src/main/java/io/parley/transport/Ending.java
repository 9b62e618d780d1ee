package io.parley.transport;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.parley.metric.Limit;

/// The last part of a connection's life: from the first word of a closing handshake until the
/// socket is closed, for which there is a time limit. A client that doesn't read, or doesn't
/// answer, must not keep the connection.
///
/// Confined to the connection's loop.
final class Ending {
  /// How long what the client still sends is read and dropped once we have ended our half: a socket
  /// that is closed over unread bytes is reset, and the client might never see our close frame.
  private static final long LAST_READ_MILLIS = 1_000;

  private final Channel channel;
  private final Connections connections;

  /// Whether the handshake is over, but for what the outbox holds.
  private boolean isOver;

  /// Starts the clock.
  Ending(Channel channel, Connections connections) {
    this.channel = channel;
    this.connections = connections;
    connections.shard().loop()
        .schedule(this::onTimeout, connections.limits().closeTimeout().toMillis());
  }

  private void onTimeout() {
    if (channel.isOpen()) {
      connections.meters().metrics.hit(Limit.CLOSE_TIMEOUT);
      channel.close();
    }
  }

  /// Both have said it, or no answer is wanted: the connection ends when the outbox is empty.
  void onOver() {
    isOver = true;
  }

  /// The outbox is empty: ends our half, if that was the last of it. The server does so first (RFC
  /// 6455, section 7.1.1).
  void onFlushed() {
    if (isOver && channel instanceof DuplexChannel duplex) {
      isOver = false;
      TlsHandler.endOutput(duplex);
      connections.shard().loop().schedule(channel::close, LAST_READ_MILLIS);
    }
  }
}
