package io.parley.wire.centrifuge;

import io.parley.channel.Payload;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.PublicationEncoder;
import io.parley.payload.InvalidPayloadException;
import org.jspecify.annotations.Nullable;

/// One way of writing the protocol down: JSON, or Protobuf. It keeps no state. Immutable.
public interface Dialect {
  /// Reads the commands of a frame one after the other, so that those before a bad one are done.
  Commands commands(byte[] frame);

  /// What a command's data is, to be published.
  Payload payload(byte[] data) throws InvalidPayloadException;

  /// How publications are written.
  PublicationEncoder encoder();

  /// Whether frames are text, or else binary.
  boolean isText();

  /// Appends the answer to a command.
  void answer(long id, Answer answer, FrameBuffer out);

  /// Appends what was not asked for.
  void push(String channel, Push push, FrameBuffer out);

  /// Appends a ping.
  void ping(FrameBuffer out);

  /// The commands of one frame.
  interface Commands {
    /// The next one; null: there is none.
    @Nullable
    Request next() throws MalformedException;
  }
}
