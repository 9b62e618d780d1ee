package io.parley.cluster.redis;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Nodes that were seen without a lease, and since when, by the looker's own clock.
///
/// One look is not enough to take a node for dead: leases run out by the clock of Redis' machine,
/// and if that one steps forward, all of them at once. Whoever lives has one again when he renews
/// next. So a node is dead that still has none after longer than it takes to renew.
///
/// Confined to its lease's loop.
final class Suspects {
  private final long patienceNanos;
  private final Map<String, Long> sinceNanos = new HashMap<>();

  /// @param patienceNanos longer than between two renewals
  Suspects(long patienceNanos) {
    this.patienceNanos = patienceNanos;
  }

  /// A node has no lease now; whether that is the first that is known of it.
  ///
  /// @param contactNanos what was seen before that says nothing
  boolean add(String node, long contactNanos, long nowNanos) {
    var since = sinceNanos.get(node);
    if (since != null && since - contactNanos >= 0) {
      return false;
    }
    sinceNanos.put(node, nowNanos);
    return true;
  }

  /// Whether a node that had no lease, and has none now, is dead.
  boolean isDead(String node, long contactNanos, long nowNanos) {
    var since = sinceNanos.get(node);
    return since != null && since - contactNanos >= 0 && nowNanos - since >= patienceNanos;
  }

  /// A node lives, or is swept.
  void remove(String node) {
    sinceNanos.remove(node);
  }

  /// These are all nodes that there are.
  void retain(Collection<String> nodes) {
    sinceNanos.keySet().retainAll(nodes);
  }
}
