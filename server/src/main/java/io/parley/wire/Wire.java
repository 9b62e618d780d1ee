package io.parley.wire;

import io.parley.session.Session;
import org.jspecify.annotations.Nullable;

/// One client protocol on one connection: it turns messages into calls of the session, and what the
/// session reports into messages. Called on the connection's loop.
public interface Wire {
  /// A whole text message; the wire may keep the array. It is valid UTF-8.
  void onText(byte[] message);

  /// A whole binary message.
  void onBinary(byte[] message);

  /// The connection is gone, or will be once its close frame is out. May be called again.
  void onClosed();

  /// The client's session; null: this protocol has none, or not yet.
  @Nullable
  Session session();

  /// The server ends a subscription, if the client has it, and tells him.
  void unsubscribe(String channel);

  /// Runs an action once every publish of this connection has its answer.
  void whenIdle(Runnable action);
}
