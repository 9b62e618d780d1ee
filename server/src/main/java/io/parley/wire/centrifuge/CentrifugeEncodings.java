package io.parley.wire.centrifuge;

import io.parley.encoding.Encoding;
import io.parley.encoding.Framing;
import java.util.List;

/// The encodings of the centrifuge protocol.
public record CentrifugeEncodings(Encoding json, Encoding compressedJson) {
  /// Makes them.
  ///
  /// @param index of the first one in the node's list
  public static CentrifugeEncodings at(int index, Framing usual, Framing compressed) {
    return new CentrifugeEncodings(new Encoding(index, CentrifugeEncoders.JSON, usual),
        new Encoding(index + 1, CentrifugeEncoders.JSON, compressed));
  }

  public List<Encoding> list() {
    return List.of(json, compressedJson);
  }
}
