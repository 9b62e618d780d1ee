package io.parley.wire.plain;

import io.parley.channel.Content;
import io.parley.channel.Payload;
import io.parley.payload.PayloadReader;
import org.jspecify.annotations.Nullable;

/// The plain protocol's decoder, for tests of all of them.
public final class PlainDecoder {
  private PlainDecoder() {}

  /// What came of a frame.
  ///
  /// @param kind of command, or of error
  /// @param payload what it publishes; null: nothing
  public record Decoded(String kind, @Nullable Payload payload) {}

  /// Reads a frame.
  ///
  /// @param frame valid UTF-8
  public static Decoded decode(byte[] frame, PayloadReader reader) {
    try {
      var command = PlainParser.parse(frame, reader);
      var payload = switch (command) {
        case PlainCommand.Text(var text) -> new Payload(Content.TEXT, text);
        case PlainCommand.RoomMessage message -> new Payload(Content.OBJECT, message.object());
        case PlainCommand.DirectMessage message -> new Payload(Content.OBJECT, message.object());
        default -> null;
      };
      return new Decoded(command.getClass().getSimpleName(), payload);
    } catch (PlainSyntaxException bad) {
      var text = String.valueOf(bad.getMessage());
      return new Decoded(text.substring(0, Math.min(40, text.length())), null);
    }
  }
}
