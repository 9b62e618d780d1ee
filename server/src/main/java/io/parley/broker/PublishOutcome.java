package io.parley.broker;

/// How a publish ended.
public enum PublishOutcome {
  /// The broker has it (or had it already, from an earlier try with the same id).
  STORED,
  /// Not stored: the id was used for another payload.
  ID_CONFLICT,
  /// Not stored: the broker refuses to take it, for a reason that only its operator can mend.
  REFUSED,
  /// It may or may not be stored: no answer came in time. A retry with the same id settles it.
  UNKNOWN
}
