package io.parley.cluster;

import java.util.List;

/// What every node of a cluster is asked to do, or to tell. Immutable.
public sealed interface Ask {
  /// Whose connections something is about: those of a user, or one client, or one client if it is
  /// that user's.
  ///
  /// @param user empty: whoever it is
  /// @param client empty: all clients of the user
  record Whose(String user, String client) {
    /// Whether a connection is meant.
    public boolean are(String itsUser, String itsClient) {
      return (user.isEmpty() || user.equals(itsUser))
          && (client.isEmpty() || client.equals(itsClient));
    }
  }

  /// Close connections.
  ///
  /// @param but clients that stay
  /// @param code with which they are closed
  /// @param reason said with the code
  record Disconnect(Whose whose, List<String> but, int code, String reason) implements Ask {
    public Disconnect {
      but = List.copyOf(but);
    }
  }

  /// End subscriptions to a channel.
  record Unsubscribe(Whose whose, String channel) implements Ask {}

  /// Forget what is at hand of a channel's history: it was removed.
  record Forget(String channel) implements Ask {}

  /// Tell the channels that your clients are in.
  ///
  /// @param pattern of their names, as [Glob] reads it
  record Channels(String pattern) implements Ask {}

  /// Tell of yourself.
  record About() implements Ask {}

  /// Do what a client says that has a stream at this node, and that has said it to another one.
  ///
  /// @param session the stream's secret
  /// @param commands in the client's protocol
  record Emulate(String session, byte[] commands) implements Ask {}
}
