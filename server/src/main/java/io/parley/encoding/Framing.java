package io.parley.encoding;

/// How a transport delimits messages in its byte stream. The transport implements it.
public interface Framing {
  /// Begins a message at the buffer's end.
  ///
  /// @return a mark to end it with
  int begin(FrameBuffer out);

  /// Ends the message that was begun at `mark`.
  void end(FrameBuffer out, int mark);
}
