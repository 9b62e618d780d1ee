package io.parley.transport;

import io.parley.config.LimitSettings;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.outbox.Budget;

/// What all connections of a node share.
///
/// @param inbound for what clients have begun to send
/// @param outbound for what waits for sockets that are full
record Budgets(Budget inbound, Budget outbound) {
  static Budgets of(LimitSettings limits, Metrics metrics) {
    var budgets = new Budgets(
        new Budget(limits.inboundBytes()), new Budget(limits.outboundBytes()));
    metrics.sum(Metric.INBOUND_BYTES, budgets.inbound::taken);
    metrics.sum(Metric.OUTBOX_BYTES, budgets.outbound::taken);
    return budgets;
  }
}
