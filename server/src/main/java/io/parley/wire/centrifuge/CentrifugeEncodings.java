package io.parley.wire.centrifuge;

import io.parley.encoding.Encoding;
import io.parley.encoding.Framing;
import java.util.List;

/// The encodings of one dialect.
public record CentrifugeEncodings(Encoding usual, Encoding compressed) {
  /// Makes them.
  ///
  /// @param index of the first one in the node's list
  public static CentrifugeEncodings at(
      int index, Dialect dialect, Framing usual, Framing compressed) {
    return new CentrifugeEncodings(new Encoding(index, dialect.encoder(), usual),
        new Encoding(index + 1, dialect.encoder(), compressed));
  }

  public List<Encoding> list() {
    return List.of(usual, compressed);
  }
}
