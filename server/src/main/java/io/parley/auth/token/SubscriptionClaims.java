package io.parley.auth.token;

import org.jspecify.annotations.Nullable;

/// What a token for one channel says.
///
/// @param user who may use it; empty: whoever connected without a name
/// @param channel the channel that it is for
/// @param expireAt when the subscription needs a fresh token, in seconds since 1970; 0: never
/// @param info what others are shown of this user in this channel; null: nothing
/// @param overrides what it changes in the namespace's rules
public record SubscriptionClaims(
    String user, String channel, long expireAt, @Nullable TokenData info, Overrides overrides) {}
