package io.parley.wire.centrifuge;

import io.parley.encoding.Encoding;
import io.parley.encoding.Framing;
import io.parley.session.Peer;
import java.util.List;

/// The encodings of the centrifuge protocol.
///
/// @param lines for clients whose connection is an answer in lines, without an end
/// @param events for those that read such an answer as server-sent events
public record CentrifugeEncodings(
    Encoding json, Encoding compressedJson, Encoding lines, Encoding events) {
  /// How each transport delimits messages. Immutable.
  ///
  /// @param usual text frames
  /// @param compressed text frames
  public record Framings(Framing usual, Framing compressed, Framing lines, Framing events) {}

  /// Makes them.
  ///
  /// @param index of the first one in the node's list
  public static CentrifugeEncodings at(int index, Framings framings) {
    return new CentrifugeEncodings(
        new Encoding(index, CentrifugeEncoders.JSON, framings.usual),
        new Encoding(index + 1, CentrifugeEncoders.JSON, framings.compressed),
        new Encoding(index + 2, CentrifugeEncoders.JSON, framings.lines),
        new Encoding(index + 3, CentrifugeEncoders.JSON_EVENTS, framings.events));
  }

  public List<Encoding> list() {
    return List.of(json, compressedJson, lines, events);
  }

  /// The one that a client reads.
  Encoding of(Peer peer) {
    var stream = peer.stream();
    if (stream != null) {
      return stream.areEvents() ? events : lines;
    }
    return peer.takesCompressed() ? compressedJson : json;
  }
}
