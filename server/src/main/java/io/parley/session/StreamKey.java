package io.parley.session;

/// By what a client whose commands come in requests of their own says which connection they are
/// for. Immutable.
///
/// @param session a secret: whoever knows it can speak for the client
/// @param node the id of the node that has the connection
/// @param areEvents whether the client reads server-sent events, or else lines
public record StreamKey(String session, String node, boolean areEvents) {
  /// Without the secret, which is nobody else's to see.
  @Override
  public String toString() {
    return "StreamKey[node=" + node + "]";
  }
}
