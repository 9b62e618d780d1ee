package io.parley.wire.plain;

import io.parley.encoding.Encoding;
import io.parley.encoding.Framing;
import java.util.List;

/// The encodings of the plain protocol in one framing.
///
/// @param bare texts as they were sent
/// @param json everything as an object
public record PlainEncodings(Encoding bare, Encoding json) {
  /// Makes both.
  ///
  /// @param index of the first one in the node's list
  public static PlainEncodings at(int index, Framing framing) {
    return new PlainEncodings(new Encoding(index, PlainEncoders.BARE, framing),
        new Encoding(index + 1, PlainEncoders.JSON, framing));
  }

  public List<Encoding> list() {
    return List.of(bare, json);
  }
}
