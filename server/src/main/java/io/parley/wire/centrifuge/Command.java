package io.parley.wire.centrifuge;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a client asks for. What the client didn't say is empty, 0 or false, as in the protocol.
public sealed interface Command {
  /// To be let in; the first command of a connection.
  ///
  /// @param data what the application says of itself; null: nothing
  /// @param subs where it was in the channels that the server subscribed it to
  record Connect(String token, byte @Nullable [] data, Map<String, Place> subs)
      implements
        Command {
    /// Without the token, which is nobody else's to see.
    @Override
    public String toString() {
      return "Connect[subs=" + subs + "]";
    }
  }

  /// Where a client stood in a channel.
  ///
  /// @param recover whether it wants to go on from there
  record Place(boolean recover, String epoch, long offset) {}

  /// To get a channel's publications.
  ///
  /// @param joinLeave whether it wants to be told who joins and leaves
  /// @param mustRecover to be refused rather than subscribed without what was missed
  /// @param delta a way of compressing that isn't spoken; empty: none is wanted
  /// @param hasTagFilter whether only some publications are wanted
  /// @param type what kind of channel; 0: a stream of publications
  record Subscribe(String channel, String token, Place place, boolean joinLeave,
      boolean mustRecover, String delta, boolean hasTagFilter, int type) implements Command {
    /// Without the token, which is nobody else's to see.
    @Override
    public String toString() {
      return "Subscribe[channel=" + channel + ", place=" + place + "]";
    }
  }

  record Unsubscribe(String channel) implements Command {}

  /// To say something in a channel.
  ///
  /// @param data null: nothing
  record Publish(String channel, byte @Nullable [] data) implements Command {}

  record Presence(String channel) implements Command {}

  record PresenceStats(String channel) implements Command {}

  /// To be shown what was said.
  ///
  /// @param limit 0: only where the channel stands; negative: as many as there are
  /// @param since where to begin; null: at an end
  /// @param reverse the newest first
  record History(String channel, int limit, @Nullable Place since, boolean reverse)
      implements
        Command {}

  record Ping() implements Command {}

  record Send() implements Command {}

  /// To call a procedure.
  ///
  /// @param data null: nothing
  record Rpc(String method, byte @Nullable [] data) implements Command {}

  record Refresh(String token) implements Command {
    /// Without the token, which is nobody else's to see.
    @Override
    public String toString() {
      return "Refresh[]";
    }
  }

  record SubRefresh(String channel, String token) implements Command {
    /// Without the token, which is nobody else's to see.
    @Override
    public String toString() {
      return "SubRefresh[channel=" + channel + "]";
    }
  }

  /// The answer to the server's ping: a command without anything in it.
  record Pong() implements Command {}

  /// None of the above, though it has an id.
  record Unknown() implements Command {}
}
