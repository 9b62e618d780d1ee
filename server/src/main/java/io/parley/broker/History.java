package io.parley.broker;

import io.parley.channel.Position;
import io.parley.channel.Publication;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A stretch of a channel's history, and where the channel stands.
///
/// @param top the newest position; its offset is 0 where nothing was published yet
/// @param base the epoch before this one, with the last offset up to which both mean the same
///   publications; null if there was none that is known of. A position of that epoch up to this
///   offset is as good as the same offset in the present epoch
/// @param publications oldest first, each with its position in the present epoch. Between them
///   there are no holes; before and after them there may be, where the history has been trimmed,
///   has expired or the limits ended the stretch
public record History(Position top, @Nullable Position base, List<Publication> publications) {
  public History {
    publications = List.copyOf(publications);
  }
}
