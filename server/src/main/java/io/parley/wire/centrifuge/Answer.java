package io.parley.wire.centrifuge;

import io.parley.channel.ClientInfo;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.encoding.Frames;
import io.parley.session.ErrorCode;
import io.parley.session.StreamKey;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a command is answered with.
public sealed interface Answer {
  /// It wasn't done.
  record Failure(ErrorCode code, String detail) implements Answer {
    public String message() {
      return detail.isEmpty() ? code.message() : code.message() + ": " + detail;
    }
  }

  /// The client is let in.
  ///
  /// @param ttl seconds until its token has to be refreshed; null: it needn't be
  /// @param subs what the server subscribed it to
  /// @param pingSeconds how often the server pings; 0: never
  /// @param stream by what the client names the connection in requests of their own; null: what it
  ///   says comes on the connection
  record Connected(UUID client, @Nullable Long ttl, Map<String, Subscribed> subs,
      long pingSeconds, @Nullable StreamKey stream) implements Answer {}

  /// A subscription has begun.
  ///
  /// @param ttl seconds until its token has to be refreshed; null: it needn't be
  /// @param stand behind which publications follow: the client's own if it recovered. Null where
  ///   the channel has no history
  /// @param recoverable whether the client may come back by its position
  /// @param wasRecovering whether it wanted to
  /// @param recovered whether it gets all that it missed
  /// @param data JSON that the server says with it; null: nothing
  /// @param missed publications, in the protocol's form for this place, one behind the other, with
  ///   what separates them before each; shared by all who missed them. Null: none
  record Subscribed(@Nullable Long ttl, @Nullable Position stand, boolean recoverable,
      boolean wasRecovering, boolean recovered, byte @Nullable [] data, @Nullable Frames missed)
      implements
        Answer {}

  /// It was done, and there is nothing more to say.
  ///
  /// @param what the command's name
  record Done(Method what) implements Answer {}

  record Presence(List<ClientInfo> clients) implements Answer {}

  record PresenceStats(int clients, int users) implements Answer {}

  record History(List<Publication> publications, Position top) implements Answer {}

  /// What a procedure has to say.
  ///
  /// @param data JSON
  record Rpc(byte[] data) implements Answer {}

  /// The connection's token was taken.
  ///
  /// @param ttl seconds until the token has to be refreshed again; null: it needn't be
  record Refreshed(UUID client, @Nullable Long ttl) implements Answer {}

  record SubRefreshed(@Nullable Long ttl) implements Answer {}
}
