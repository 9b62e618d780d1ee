package io.parley.session;

import io.parley.encoding.FrameBuffer;
import io.parley.hub.Outlet;
import org.jspecify.annotations.Nullable;

/// The client's side of a session: what the transport lets a session and its wire do to the
/// connection. The transport implements it. Called on the connection's loop only.
public interface Peer extends Outlet {
  /// Whether the client can read messages that are compressed; the same for its life.
  boolean takesCompressed();

  /// How the client names this connection in requests of their own; null: what it says comes on the
  /// connection itself. The same for its life.
  default @Nullable StreamKey stream() {
    return null;
  }

  /// Begins a message of its own; the caller writes it and hands the buffer to [#endMessage].
  FrameBuffer beginMessage();

  /// Queues the message.
  void endMessage(FrameBuffer message);

  /// Queues the message as a binary one.
  void endBinary(FrameBuffer message);

  /// The client has answered a ping in its protocol's own way.
  void onPong();

  /// Queues a whole text message, which must be UTF-8. Copies it.
  void sendText(byte[] message);

  /// Queues a whole binary message. Copies it.
  void sendBinary(byte[] message);

  /// Sends what is queued, then closes. What the session asks for afterwards is ignored.
  ///
  /// @param detail what was wrong, for the client's developer; empty: the code's own words
  void close(CloseCode code, String detail);

  /// Stops reading from the client until [#resumeReading]: it sends faster than the broker takes.
  void pauseReading();

  void resumeReading();
}
