package io.parley.history;

import io.parley.channel.Publication;
import io.parley.channel.Retention;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The rings of one feed loop, within its part of the node's budget: when it is used up, the ring
/// that was of no use for the longest time goes (LRU). A feed that nobody resumed has none.
///
/// Confined to its feed loop.
public final class Rings {
  private final long budget;
  private final long mostBytesOfOne;
  private final LongSupplier nanoClock;
  private final Metrics metrics;

  /// By use, the least recent first.
  private final Map<Ring, Ring> byUse = new LinkedHashMap<>(16, 0.75f, true);

  /// What all of them take. Others read it.
  private volatile long bytes;

  /// Rings of one loop.
  ///
  /// @param budget bytes of all together
  /// @param mostBytesOfOne of one; there is no use in more than a subscriber may be sent at once
  public Rings(long budget, long mostBytesOfOne, LongSupplier nanoClock, Metrics metrics) {
    this.budget = budget;
    this.mostBytesOfOne = mostBytesOfOne;
    this.nanoClock = nanoClock;
    this.metrics = metrics;
    metrics.sum(Metric.RING_BYTES, () -> bytes);
  }

  /// A ring that is still kept and hasn't expired; it counts as used.
  ///
  /// @return null if it isn't
  public @Nullable Ring use(@Nullable Ring ring) {
    if (ring != null && ring.hasExpired(nanoClock.getAsLong())) {
      drop(ring);
    }
    return ring == null ? null : byUse.get(ring);
  }

  /// A ring for what comes from an offset on, which isn't kept.
  public Ring temporary(long next, Retention retention) {
    return new Ring(next, retention, nanoClock.getAsLong());
  }

  /// Keeps a ring, as far as there is room.
  public Ring keep(Ring ring) {
    byUse.put(ring, ring);
    bound(ring, 0);
    return ring;
  }

  /// Appends to a ring, if it is still kept.
  public void append(@Nullable Ring ring, Publication publication) {
    if (ring != null && !ring.isDropped()) {
      long before = ring.bytes();
      ring.append(publication, nanoClock.getAsLong());
      bound(ring, before);
    }
  }

  /// Puts what the broker had before the ring's first into it, if it is still kept.
  public void prepend(@Nullable Ring ring, List<Publication> older, boolean whole) {
    if (ring != null && !ring.isDropped()) {
      long before = ring.bytes();
      ring.prepend(older, whole);
      bound(ring, before);
    }
  }

  private void bound(Ring ring, long before) {
    ring.trim(mostBytesOfOne);
    add(ring.bytes() - before);
    while (bytes > budget && !byUse.isEmpty()) {
      metrics.hit(Limit.HISTORY_RING_BYTES);
      drop(byUse.keySet().iterator().next());
    }
  }

  /// Lets go of a ring.
  public void drop(@Nullable Ring ring) {
    if (ring != null && byUse.remove(ring) != null) {
      add(-ring.bytes());
      ring.drop();
    }
  }

  // Only the loop writes.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void add(long more) {
    bytes += more;
  }
}
