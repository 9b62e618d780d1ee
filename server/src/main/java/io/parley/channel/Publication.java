package io.parley.channel;

/// One message in a channel. The array is shared by everybody who is handed the publication, so
/// nobody writes to it.
///
/// @param data the bytes as they are stored: nothing in them is the server's word
/// @param audience whether the connection that published it gets it, too
public record Publication(Content content, byte[] data, Publisher publisher, Audience audience) {
  /// Who of a channel's subscribers gets a publication.
  public enum Audience {
    /// Everybody, the publisher's own connection among them.
    ALL,
    /// Everybody but the publishing connection: a sender's copy of his own direct message.
    ALL_BUT_PUBLISHER
  }
}
