package io.parley.channel;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One message in a channel. The array is shared by everybody who is handed the publication, so
/// nobody writes to it.
///
/// @param data the bytes as they are stored: nothing in them is the server's word. JSON has no
///   line breaks in it
/// @param publisher null: the application's backend
/// @param hiddenFrom the client that doesn't get it: the sender of a direct message, whose other
///   devices do, or whom the backend leaves out; null: all subscribers get it
/// @param tags what the backend says of it beside the data
/// @param position its place in the channel's history; null where the channel has none, and until
///   the broker has it
public record Publication(
    Content content, byte[] data, @Nullable ClientInfo publisher, @Nullable UUID hiddenFrom,
    Map<String, String> tags, @Nullable Position position) implements ChannelEvent {
  public Publication {
    tags = Map.copyOf(tags);
  }

  /// One for all subscribers, without tags, that has no place yet.
  public Publication(Content content, byte[] data, @Nullable ClientInfo publisher) {
    this(content, data, publisher, null, Map.of(), null);
  }

  /// The same, which a client doesn't get.
  public Publication hiddenFrom(@Nullable UUID client) {
    return new Publication(content, data, publisher, client, tags, position);
  }

  /// The same at its place.
  public Publication at(Position place) {
    return new Publication(content, data, publisher, hiddenFrom, tags, place);
  }
}
