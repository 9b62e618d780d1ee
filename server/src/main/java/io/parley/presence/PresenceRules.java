package io.parley.presence;

import java.time.Duration;
import java.util.function.Predicate;

/// How presence behaves. Immutable.
///
/// @param tells whether anybody may hear who joins and leaves a channel; elsewhere nothing is told,
/// and who is there is known all the same
/// @param leaveDelay how long after a client's end it leaves
/// @param batchFrom in a channel with more clients than this, a node tells of joins and leaves once
/// a second, together
/// @param batchNames how many of them it names then
/// @param whoUsers users in one answer
/// @param whoQueue questions that may wait for an answer; beyond, they get none
public record PresenceRules(
    Predicate<String> tells, Duration leaveDelay, int batchFrom, int batchNames, int whoUsers,
    int whoQueue) {}
