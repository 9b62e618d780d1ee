package io.parley.wire.centrifuge.json;

import io.parley.channel.Publication;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.PublicationEncoder;

/// How clients see publications as JSON: several of one tick in a frame, each on a line. Immutable.
enum JsonEncoder implements PublicationEncoder {
  JSON;

  @Override
  public void encode(String channel, Publication publication, FrameBuffer out) {
    JsonDialect.putPush(channel, publication, out);
  }

  @Override
  public void encodeMissed(String channel, Publication publication, FrameBuffer out) {
    JsonDialect.putMissed(publication, out);
  }

  @Override
  public boolean isPartOfAnswer() {
    return true;
  }

  @Override
  public Sharing sharing() {
    return Sharing.BY_LINES;
  }
}
