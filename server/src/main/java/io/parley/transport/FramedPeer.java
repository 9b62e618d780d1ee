package io.parley.transport;

import io.netty.channel.Channel;
import io.parley.encoding.FrameBuffer;
import io.parley.frame.WebSocketFraming;
import java.net.InetAddress;

/// What wires say to a client, as WebSocket frames.
///
/// Confined to the connection's loop.
abstract class FramedPeer extends Client {
  private static final int MESSAGE_BYTES = 128;

  private final TransportMeters meters;

  FramedPeer(Channel channel, Connections connections, InetAddress address) {
    super(channel, connections, address);
    this.meters = connections.meters();
  }

  @Override
  public FrameBuffer beginMessage() {
    var message = new FrameBuffer(MESSAGE_BYTES);
    WebSocketFraming.TEXT.begin(message);
    return message;
  }

  @Override
  public void endMessage(FrameBuffer message) {
    WebSocketFraming.TEXT.end(message, 0);
    meters.messagesOut.increment();
    send(message.frames());
  }

  @Override
  public void endBinary(FrameBuffer message) {
    WebSocketFraming.BINARY.end(message, 0);
    meters.messagesOut.increment();
    send(message.frames());
  }

  @Override
  public void sendText(byte[] message) {
    send(WebSocketFraming.TEXT.frame(message));
  }

  @Override
  public void sendBinary(byte[] message) {
    send(WebSocketFraming.BINARY.frame(message));
  }
}
