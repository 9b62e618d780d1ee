package io.parley.channel;

/// What comes to those who are subscribed to a channel, in one order.
public sealed interface ChannelEvent permits Publication, PresenceEvent {}
