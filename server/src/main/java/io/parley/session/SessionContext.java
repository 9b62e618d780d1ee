package io.parley.session;

import io.parley.broker.Broker;
import java.util.function.LongSupplier;

/// What all sessions of a node share.
///
/// @param node the node's name
/// @param nanoClock monotonic time
public record SessionContext(
    String node, Broker broker, SessionSettings settings, LongSupplier nanoClock) {}
