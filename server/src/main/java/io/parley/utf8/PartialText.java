package io.parley.utf8;

import java.util.Arrays;

/// The check of a text message that comes in parts: each part is looked at when it comes, so that a
/// client that sends no UTF-8 is told at once, and not after megabytes of it. Made for such a
/// message and dropped with it.
///
/// Confined to the connection's loop.
public final class PartialText {
  /// The bytes of a character that isn't whole yet.
  private byte[] begun = {};

  /// How much of the frame that is coming has been looked at.
  private int seenOfFrame;

  public int seenOfFrame() {
    return seenOfFrame;
  }

  /// Looks at the next part of a frame that goes on.
  ///
  /// @return whether it can be UTF-8
  public boolean acceptsPart(byte[] part) {
    seenOfFrame += part.length;
    return accepts(part, 0);
  }

  /// Looks at the rest of a frame that is whole now.
  ///
  /// @return whether it can be UTF-8
  public boolean acceptsRestOf(byte[] frame) {
    int from = seenOfFrame;
    seenOfFrame = 0;
    return accepts(frame, from);
  }

  private boolean accepts(byte[] bytes, int offset) {
    var from = offset;
    var all = bytes;
    if (begun.length > 0) {
      all = Arrays.copyOf(begun, begun.length + bytes.length - offset);
      System.arraycopy(bytes, offset, all, begun.length, bytes.length - offset);
      from = 0;
    }
    int whole = Utf8.endOfCharacters(all, from, all.length);
    begun = Arrays.copyOfRange(all, whole, Math.min(all.length, whole + Utf8.CHARACTER_BYTES_MAX));
    return begun.length == 0 || Utf8.isBeginning(begun);
  }

  /// Whether the text may end here.
  public boolean isWhole() {
    return begun.length == 0;
  }
}
