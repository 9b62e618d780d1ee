package io.parley.session;

/// By what a client whose commands come in requests of their own says which connection they are
/// for. Immutable.
///
/// @param session a secret: whoever knows it can speak for the client
/// @param node the id of the node that has the connection
/// @param form how the client reads and writes
public record StreamKey(String session, String node, Form form) {
  /// What passes between such a client and the server.
  public enum Form {
    /// Texts, one on each line.
    LINES,
    /// Texts as server-sent events; from the client, as lines.
    EVENTS,
    /// Bytes: messages that say themselves where they end.
    BYTES
  }

  /// Without the secret, which is nobody else's to see.
  @Override
  public String toString() {
    return "StreamKey[node=" + node + "]";
  }
}
