package io.parley.broker;

import io.parley.channel.Position;
import org.jspecify.annotations.Nullable;

/// How a publish ended.
public sealed interface PublishOutcome {
  /// The broker has it (or had it already, from an earlier try with the same id).
  ///
  /// @param position where it stands in the channel's history; null where there is none
  record Stored(@Nullable Position position) implements PublishOutcome {
    /// Stored, in a channel without history.
    public static final Stored NOWHERE = new Stored(null);
  }

  /// It isn't acknowledged.
  enum Failed implements PublishOutcome {
    /// Not stored: the id was used for another payload.
    ID_CONFLICT,
    /// Not stored: the broker refuses to take it, for a reason that only its operator can mend.
    REFUSED,
    /// It may or may not be stored: no answer came in time. A retry with the same id settles it.
    UNKNOWN
  }
}
