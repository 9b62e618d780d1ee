package io.parley.wire;

import io.parley.session.Session;
import io.parley.session.SubscribeRequest;
import org.jspecify.annotations.Nullable;

/// One client protocol on one connection: it turns messages into calls of the session, and what the
/// session reports into messages. Called on the connection's loop.
public interface Wire {
  /// A whole text message; the wire may keep the array. It is valid UTF-8.
  void onText(byte[] message);

  /// A whole binary message.
  void onBinary(byte[] message);

  /// Called about once a second while the connection is open, so that what has to end in time needs
  /// no timer of its own.
  ///
  /// @param nowNanos monotonic time
  /// @param unixSeconds the time of day, in seconds since 1970
  default void onSweep(long nowNanos, long unixSeconds) {
    // Most have nothing that ends.
  }

  /// The connection is gone, or will be once its close frame is out. May be called again.
  void onClosed();

  /// Pings the client in the protocol's own way; the wire reports its answer to
  /// [io.parley.session.Peer#onPong].
  ///
  /// @return false if there is no such way: a ping of the transport's will do
  default boolean ping() {
    return false;
  }

  /// Tells the client that it is being closed, on a connection that has no other words for that.
  ///
  /// @param code a [io.parley.session.CloseCode]'s, or the backend's own
  default void disconnect(int code, String reason) {
    // On a WebSocket it is the close frame that says so.
  }

  /// The client's session; null: this protocol has none, or not yet.
  @Nullable
  Session session();

  /// The server subscribes the client, and tells him. One who is subscribed already stays as he is,
  /// and is told nothing.
  ///
  /// @param request says with a grant what he gets
  void subscribe(SubscribeRequest request);

  /// The server ends a subscription, if the client has it, and tells him.
  void unsubscribe(String channel);

  /// Runs an action once every publish of this connection has its answer.
  void whenIdle(Runnable action);
}
