package io.parley.encoding;

import io.parley.channel.Publication;

/// How a wire shows a publication to its clients. Wires implement it; it keeps no state, since
/// every feed loop uses it.
@FunctionalInterface
public interface PublicationEncoder {
  /// Appends one message, without framing.
  void encode(String channel, Publication publication, FrameBuffer out);

  /// How messages that follow each other may share a frame.
  default Sharing sharing() {
    return Sharing.NONE;
  }

  /// Appends a publication as a part of the answer to a client who missed it, if
  /// [#isPartOfAnswer].
  default void encodeMissed(String channel, Publication publication, FrameBuffer out) {
    throw new UnsupportedOperationException("what was missed comes in frames of its own");
  }

  /// Whether what a client missed is a part of the answer that tells him so, which the wire puts
  /// together; or else comes behind it, as what is live does.
  default boolean isPartOfAnswer() {
    return false;
  }

  /// How messages share a frame.
  enum Sharing {
    /// Not at all: each has a frame of its own.
    NONE,
    /// A line feed stands between two.
    BY_LINES,
    /// Each says itself where it ends.
    SIMPLY
  }
}
