package io.parley.wire.centrifuge;

import io.parley.channel.Publication;
import io.parley.encoding.Encoding;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Framing;
import io.parley.encoding.PublicationEncoder;
import io.parley.session.Peer;
import io.parley.session.StreamKey;
import java.util.List;

/// The encodings of one dialect.
///
/// @param stream for clients whose connection is an answer without an end
/// @param events for those that read such an answer as server-sent events
public record CentrifugeEncodings(
    Encoding usual, Encoding compressed, Encoding stream, Encoding events) {
  /// How each transport delimits messages. Immutable.
  public record Framings(Framing usual, Framing compressed, Framing stream, Framing events) {}

  /// Makes them.
  ///
  /// @param index of the first one in the node's list
  public static CentrifugeEncodings at(int index, Dialect dialect, Framings framings) {
    var encoder = dialect.encoder();
    return new CentrifugeEncodings(new Encoding(index, encoder, framings.usual),
        new Encoding(index + 1, encoder, framings.compressed),
        new Encoding(index + 2, encoder, framings.stream),
        new Encoding(index + 3, new Alone(encoder), framings.events));
  }

  public List<Encoding> list() {
    return List.of(usual, compressed, stream, events);
  }

  /// The one that a client reads.
  Encoding of(Peer peer) {
    var key = peer.stream();
    if (key != null) {
      return key.form() == StreamKey.Form.EVENTS ? events : stream;
    }
    return peer.takesCompressed() ? compressed : usual;
  }

  /// The same, each message by itself: an event is one message. Immutable.
  private record Alone(PublicationEncoder encoder) implements PublicationEncoder {
    @Override
    public void encode(String channel, Publication publication, FrameBuffer out) {
      encoder.encode(channel, publication, out);
    }

    @Override
    public void encodeMissed(String channel, Publication publication, FrameBuffer out) {
      encoder.encodeMissed(channel, publication, out);
    }

    @Override
    public boolean isPartOfAnswer() {
      return encoder.isPartOfAnswer();
    }
  }
}
