package io.parley.broker;

import io.parley.channel.Position;
import io.parley.channel.Publication;
import java.util.List;

/// A stretch of a channel's history, and where the channel stands.
///
/// @param top the newest position; its offset is 0 where nothing was published yet
/// @param base where the present epoch began, with the epoch before ([Position#NO_EPOCH] if none is
///   known of): up to this offset both mean the same publications, so that a position of that epoch
///   is as good as the same offset in the present one
/// @param publications oldest first, each with its position in the present epoch. Between them
///   there are no holes; before and after them there may be, where the history has been trimmed,
///   has expired or the limits ended the stretch
public record History(Position top, Position base, List<Publication> publications) {
  /// The epoch began with nothing before it, or nothing is known of that.
  public static final Position NO_BASE = new Position(Position.NO_EPOCH, 0);

  public History {
    publications = List.copyOf(publications);
  }

  /// Whether a place that somebody names, to read on from there, is one of this life of the
  /// channel's count, or of the life before as far as both are one. Without an epoch any is.
  public boolean has(String epochText, long offset) {
    if (epochText.isEmpty()) {
      return true;
    }
    long epoch = Position.epochOf(epochText);
    return epoch != Position.NO_EPOCH
        && (epoch == top.epoch() || (epoch == base.epoch() && offset <= base.offset()));
  }
}
