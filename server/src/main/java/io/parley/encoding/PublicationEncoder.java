package io.parley.encoding;

import io.parley.channel.Publication;

/// How a wire shows a publication to its clients. Wires implement it; it keeps no state, since
/// every feed loop uses it.
@FunctionalInterface
public interface PublicationEncoder {
  /// Appends one message, without framing.
  void encode(String channel, Publication publication, FrameBuffer out);
}
