package io.parley.hub;

import io.parley.channel.Position;
import org.jspecify.annotations.Nullable;

/// Where a subscriber's publications begin.
///
/// @param position what comes first stands right behind it; null where the channel has no history,
///   or where nobody asked for it
public record Entry(@Nullable Position position, Recovered recovered) {
  /// From now on, wherever that is.
  public static final Entry ANYWHERE = new Entry(null, Recovered.NOT_ASKED);

  /// What became of the wish to go on from an earlier position.
  public enum Recovered {
    /// There was no such wish.
    NOT_ASKED,
    /// All that was missed comes now, before anything else.
    YES,
    /// What was missed can't be had, or is too much.
    NO
  }
}
