package io.parley.hub;

import io.parley.channel.Publication;
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
final class Rings {
  private final long budget;
  private final long mostBytesOfOne;
  private final LongSupplier nanoClock;
  private final Metrics metrics;

  /// By use, the least recent first.
  private final Map<Feed, Ring> byUse = new LinkedHashMap<>(16, 0.75f, true);

  /// What all of them take. Others read it.
  private volatile long bytes;

  /// @param budget bytes of all together
  /// @param mostBytesOfOne of one; there is no use in more than a subscriber may be sent at once
  Rings(long budget, long mostBytesOfOne, LongSupplier nanoClock, Metrics metrics) {
    this.budget = budget;
    this.mostBytesOfOne = mostBytesOfOne;
    this.nanoClock = nanoClock;
    this.metrics = metrics;
    metrics.sum(Metric.RING_BYTES, () -> bytes);
  }

  /// The feed's ring, if it has one and it hasn't expired; it counts as used.
  @Nullable
  Ring use(Feed feed) {
    if (feed.ring != null
        && nanoClock.getAsLong() - feed.ring.newestNanos > feed.retention.ttl().toNanos()) {
      drop(feed);
    }
    return feed.ring == null ? null : byUse.get(feed);
  }

  /// A ring for a feed that has none.
  void make(Feed feed) {
    keep(feed, new Ring(feed.offset + 1, nanoClock.getAsLong()));
  }

  /// Keeps a ring for a feed that has none, as far as there is room.
  void keep(Feed feed, Ring ring) {
    feed.ring = ring;
    byUse.put(feed, ring);
    bound(feed, ring, 0);
  }

  /// A publication passed on by a feed; its offset is the feed's now.
  void append(Feed feed, Publication publication) {
    var ring = feed.ring;
    if (ring != null) {
      long before = ring.bytes();
      ring.append(publication, nanoClock.getAsLong());
      bound(feed, ring, before);
    }
  }

  /// What the broker had before the ring's first.
  void prepend(Feed feed, List<Publication> older, boolean whole) {
    var ring = feed.ring;
    if (ring != null) {
      long before = ring.bytes();
      ring.prepend(older, whole);
      bound(feed, ring, before);
    }
  }

  private void bound(Feed feed, Ring ring, long before) {
    ring.trim(feed.retention.size(), mostBytesOfOne);
    add(ring.bytes() - before);
    while (bytes > budget && !byUse.isEmpty()) {
      metrics.hit(Limit.HISTORY_RING_BYTES);
      drop(byUse.keySet().iterator().next());
    }
  }

  void drop(Feed feed) {
    var ring = feed.ring;
    if (ring != null) {
      feed.ring = null;
      byUse.remove(feed);
      add(-ring.bytes());
    }
  }

  // Only the loop writes.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void add(long more) {
    bytes += more;
  }
}
