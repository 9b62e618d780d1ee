package io.parley.channel;

import org.jspecify.annotations.Nullable;

/// One message in a channel. The array is shared by everybody who is handed the publication, so
/// nobody writes to it.
///
/// @param data the bytes as they are stored: nothing in them is the server's word
/// @param audience whether the connection that published it gets it, too
/// @param position its place in the channel's history; null where the channel has none, and until
///   the broker has it
public record Publication(
    Content content, byte[] data, Publisher publisher, Audience audience,
    @Nullable Position position) implements ChannelEvent {
  /// Who of a channel's subscribers gets a publication.
  public enum Audience {
    /// Everybody, the publisher's own connection among them.
    ALL,
    /// Everybody but the publishing connection: a sender's copy of his own direct message.
    ALL_BUT_PUBLISHER
  }

  /// One that has no place yet.
  public Publication(Content content, byte[] data, Publisher publisher, Audience audience) {
    this(content, data, publisher, audience, null);
  }

  /// The same at its place.
  public Publication at(Position place) {
    return new Publication(content, data, publisher, audience, place);
  }
}
