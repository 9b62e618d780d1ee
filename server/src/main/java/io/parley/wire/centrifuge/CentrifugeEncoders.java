package io.parley.wire.centrifuge;

import io.parley.channel.Publication;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.PublicationEncoder;

/// How clients of the centrifuge protocol see publications: several of one tick in a frame.
enum CentrifugeEncoders implements PublicationEncoder {
  JSON {
    @Override
    public void encode(String channel, Publication publication, FrameBuffer out) {
      JsonDialect.putPush(channel, publication, out);
    }

    @Override
    public void encodeMissed(String channel, Publication publication, FrameBuffer out) {
      JsonDialect.putMissed(publication, out);
    }

    @Override
    public Sharing sharing() {
      return Sharing.BY_LINES;
    }
  },
  /// JSON for whoever gets each message as an event of its own.
  JSON_EVENTS {
    @Override
    public void encode(String channel, Publication publication, FrameBuffer out) {
      JSON.encode(channel, publication, out);
    }

    @Override
    public void encodeMissed(String channel, Publication publication, FrameBuffer out) {
      JSON.encodeMissed(channel, publication, out);
    }
  };

  @Override
  public boolean isPartOfAnswer() {
    return true;
  }
}
