package io.parley.encoding;

import io.parley.channel.Publication;

/// One way in which publications leave this node: a wire's encoder and a transport's framing. A
/// publication is encoded once for each encoding that a member of its channel uses, however many
/// members there are.
///
/// @param index its place in the node's list of encodings, 0 to 31
public record Encoding(int index, PublicationEncoder encoder, Framing framing) {
  /// Appends a publication as one frame.
  public void encode(String channel, Publication publication, FrameBuffer out) {
    int mark = framing.begin(out);
    encoder.encode(channel, publication, out);
    framing.end(out, mark);
  }

  /// Appends a publication that somebody missed: as one frame, or as a part of the answer that
  /// tells him so.
  public void encodeMissed(String channel, Publication publication, FrameBuffer out) {
    if (encoder.isPartOfAnswer()) {
      encoder.encodeMissed(channel, publication, out);
    } else {
      encode(channel, publication, out);
    }
  }
}
