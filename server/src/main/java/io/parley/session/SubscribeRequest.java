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
  public record Grant(byte @Nullable [] chanInfo) {}
}
