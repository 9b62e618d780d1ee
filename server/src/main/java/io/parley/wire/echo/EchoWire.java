package io.parley.wire.echo;

import io.parley.session.Peer;
import io.parley.session.Session;
import io.parley.session.SubscribeRequest;
import io.parley.wire.Wire;
import org.jspecify.annotations.Nullable;

/// Sends each message back as it came. It has no session, so nothing of the chat can be reached
/// through it; the transport's limits hold for it as for any other.
///
/// Confined to the connection's loop.
public final class EchoWire implements Wire {
  private final Peer peer;

  public EchoWire(Peer peer) {
    this.peer = peer;
  }

  @Override
  public void onText(byte[] message) {
    peer.sendText(message);
  }

  @Override
  public void onBinary(byte[] message) {
    peer.sendBinary(message);
  }

  @Override
  public void onClosed() {
    // Nothing is kept.
  }

  @Override
  public @Nullable Session session() {
    return null;
  }

  @Override
  public void subscribe(SubscribeRequest request) {
    // There are no channels here.
  }

  @Override
  public void unsubscribe(String channel) {
    // There are no channels here.
  }

  @Override
  public void whenIdle(Runnable action) {
    action.run();
  }
}
