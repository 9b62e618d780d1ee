package io.parley.session;

/// What a session may do before it is stopped.
///
/// @param publishWindow publishes without an answer, at which reading from the client stops
/// @param publishBytes their bytes, at which it stops as well
/// @param commandsPerSecond commands in the long run; 0: no limit
/// @param commandBurst commands at once
/// @param roomsPerConnection rooms at a time
/// @param connectionsPerUser sessions of one user on this node; 0: any number
/// @param historyPage publications in one answer of history
/// @param historyBytes their bytes, roughly
/// @param historyRequests requests of history without an answer
/// @param presenceClients clients in one answer of presence
public record SessionSettings(
    int publishWindow, int publishBytes, int commandsPerSecond, int commandBurst,
    int roomsPerConnection, int connectionsPerUser, int historyPage, int historyBytes,
    int historyRequests, int presenceClients) {}
