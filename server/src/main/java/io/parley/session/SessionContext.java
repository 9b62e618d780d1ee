package io.parley.session;

import io.parley.broker.Broker;
import io.parley.metric.Metrics;
import java.util.function.LongSupplier;

/// What all sessions of a node share.
///
/// @param node the node's name
/// @param nanoClock monotonic time
/// @param meters what they count
public record SessionContext(
    String node, Broker broker, SessionSettings settings, LongSupplier nanoClock,
    SessionMeters meters) {

  public SessionContext(
      String node, Broker broker, SessionSettings settings, LongSupplier nanoClock,
      Metrics metrics) {
    this(node, broker, settings, nanoClock, new SessionMeters(metrics));
  }
}
