package io.parley.hub;

import io.parley.channel.Position;

/// From where on somebody wants a channel's publications.
public sealed interface Start {
  /// From now on.
  enum Now implements Start {
    /// It doesn't matter where that is.
    ANYWHERE,
    /// The position has to be told.
    AT_A_POSITION
  }

  /// From the first publication on, in whatever epoch.
  After BEGINNING = new After(Position.BEGINNING);

  /// From behind a position, where somebody left off: what was missed comes first.
  ///
  /// @param isInFrames whether what was missed comes as what is live does, even where it would
  ///   usually be a part of the answer
  record After(Position position, boolean isInFrames) implements Start {
    /// The usual way.
    public After(Position position) {
      this(position, false);
    }
  }
}
