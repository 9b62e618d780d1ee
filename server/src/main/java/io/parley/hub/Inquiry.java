package io.parley.hub;

import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.broker.HistoryRequest.End;
import io.parley.history.Rings;
import java.util.Objects;

/// What the broker is asked for a feed, by what waits for the answer.
///
/// Confined to its feed loop.
final class Inquiry {
  /// What is read of a hole at a time: most are small, and many feeds read at once when Redis is
  /// back.
  private static final int HOLE_BYTES = 64 << 10;

  private final Rings rings;
  private final HubSettings settings;

  /// What is read for a feed.
  enum Kind {
    /// Only where the channel stands.
    POSITION,
    /// What comes behind the feed's offset, oldest first.
    HOLE,
    /// The newest, for those who resume: it may not reach back to the feed's offset.
    NEWEST;

    static Kind of(Feed feed, CatchUp catchUp) {
      if (feed.knowsPosition()) {
        // A light feed that stands still for those who resume has no hole unless something came.
        boolean hasHole = feed.isLight ? !catchUp.held.isEmpty() : catchUp.isHolding;
        if (hasHole || catchUp.mustHeal || catchUp.hasNobodyWaiting()) {
          return HOLE;
        }
      }
      return catchUp.wantsMore() ? NEWEST : POSITION;
    }
  }

  Inquiry(Rings rings, HubSettings settings) {
    this.rings = rings;
    this.settings = settings;
  }

  HistoryRequest request(Kind kind, Feed feed, CatchUp catchUp) {
    var seen = feed.knowsPosition() ? feed.position() : null;
    catchUp.wasUnplaced = seen == null;
    return switch (kind) {
      case POSITION -> HistoryRequest.top(feed.channel, feed.retention, seen);
      case HOLE -> HistoryRequest.after(feed.channel, feed.retention,
          Objects.requireNonNull(seen, feed.channel),
          Math.min(HOLE_BYTES, settings.resumeBytes()));
      case NEWEST -> {
        if (seen != null && !feed.isLight && rings.use(feed.ring) == null) {
          feed.ring = rings.keep(rings.temporary(feed.offset + 1, feed.retention));
        }
        // A light feed keeps nothing, so only what somebody misses is read, itself among them.
        long after = 0;
        if (feed.isLight && catchUp.askers.isEmpty()) {
          long earliest = Resumption.earliest(catchUp.resuming);
          after = seen == null ? earliest : Math.min(earliest, seen.offset());
        }
        yield new HistoryRequest(feed.channel, feed.retention, after, Long.MAX_VALUE,
            feed.retention.size(), settings.resumeBytes(), End.NEWEST, seen);
      }
    };
  }

  /// Whether the newest that were read reach back to the first that the broker keeps: neither limit
  /// can have ended them.
  boolean isWhole(Feed feed, History newest) {
    long bytes = newest.publications().stream()
        .mapToLong(one -> one.data().length + HistoryRequest.OVERHEAD_BYTES).sum();
    long most = bytes + settings.messageBytes() + HistoryRequest.OVERHEAD_BYTES;
    return newest.publications().size() < feed.retention.size() && most <= settings.resumeBytes();
  }
}
