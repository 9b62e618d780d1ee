package io.parley.session;

import io.parley.hub.Start;
import org.jspecify.annotations.Nullable;

/// What a client, or the server for it, wants of a channel.
///
/// @param wantsPresence whether it wants to be told who joins and leaves, if the channel tells
/// @param grant what lets it, beside the channel's rules; null: nothing does
public record SubscribeRequest(
    String channel, Start start, boolean wantsPresence, @Nullable Grant grant) {

  /// A token's word, or the server's, by which a client may subscribe whatever the rules say.
  ///
  /// @param chanInfo JSON that others in the channel see of the client; null: nothing
  /// @param data JSON that the client is told when it is subscribed; null: nothing
  /// @param expireAt when it ends, in seconds since 1970; 0: never
  /// @param isHidden whether others don't see that the client is there
  /// @param seesPresence whether the client is told who joins and leaves though it may not ask
  public record Grant(byte @Nullable [] chanInfo, byte @Nullable [] data, long expireAt,
      boolean isHidden, boolean seesPresence) {
    /// One that says no more than who others see.
    public Grant(byte @Nullable [] chanInfo) {
      this(chanInfo, null, 0, false, false);
    }
  }
}
