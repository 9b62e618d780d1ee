package io.parley.wire.plain;

import io.parley.encoding.FrameBuffer;

/// The id that a client gave a command, and how he spelled it: answers spell it the same way.
///
/// @param text what the id is, whichever way it was spelled
/// @param isNumber whether it was a JSON integer
record CommandId(String text, boolean isNumber) {
  static final int MAX_CHARACTERS = 64;

  void writeTo(FrameBuffer out) {
    if (isNumber) {
      out.ascii(text);
    } else {
      out.jsonString(text);
    }
  }
}
