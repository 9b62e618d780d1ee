package io.parley.cluster;

import io.parley.channel.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /// Subscribe clients to a channel.
  ///
  /// @param since behind which they get what they missed; null: from now on
  record Subscribe(Whose whose, String channel, @Nullable Position since, Terms terms)
      implements
        Ask {}

  /// How clients are subscribed.
  ///
  /// @param info JSON that others in the channel see of them; null: nothing
  /// @param data JSON that they are told; null: nothing
  /// @param expireAt when it ends, in seconds since 1970; 0: never
  /// @param isHidden whether others don't see that they are there
  /// @param seesPresence whether they are told who joins and leaves though they may not ask
  record Terms(@Nullable String info, @Nullable String data, long expireAt, boolean isHidden,
      boolean seesPresence) {}

  /// End subscriptions to a channel.
  record Unsubscribe(Whose whose, String channel) implements Ask {}

  /// Forget what is at hand of a channel's history: it was removed.
  record Forget(String channel) implements Ask {}

  /// Tell the channels that your clients are in.
  ///
  /// @param pattern of their names, as [Glob] reads it
  /// @param most as many of them as are told, the first by their names
  record Channels(String pattern, int most) implements Ask {}

  /// Tell of yourself.
  record About() implements Ask {}

  /// Do what a client says that has a stream at this node, and that has said it to another one.
  record Emulate(SealedCommands commands) implements Ask {}
}
