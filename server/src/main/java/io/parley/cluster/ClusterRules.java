package io.parley.cluster;

import java.time.Duration;

/// How a node takes part in a cluster. Immutable.
///
/// @param prefix stands before every key
/// @param name what the node calls itself, for who looks at the registry; its ids begin with it
/// @param lease how long after its last sign of life a node is taken for dead
public record ClusterRules(String prefix, String name, Duration lease) {}
