package io.parley.auth.token;

import org.jspecify.annotations.Nullable;

/// What a token for connecting says of one channel that it subscribes to.
///
/// @param info what others are shown of this user in this channel; null: nothing
/// @param data what the client is told with the subscription; null: nothing
/// @param overrides what it changes in the namespace's rules
public record ChannelClaims(
    @Nullable TokenData info, @Nullable TokenData data, Overrides overrides) {}
