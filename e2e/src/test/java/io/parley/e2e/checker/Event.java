package io.parley.e2e.checker;

import org.jspecify.annotations.Nullable;

/// One thing that happened in a run, as a client saw it. Channels go by the server's names
/// (`room:hall`, `inbox:bob`), messages by the id that their writer gave them, times by the
/// monotonic clock of the run's one process. Immutable.
public sealed interface Event {
  long nanos();

  /// A writer begins with his next message for a channel.
  ///
  /// @param seq 1, 2, 3 … for each writer, who waits for the end of each before the next
  record Invoked(String writer, String channel, long seq, String id, long nanos)
      implements
        Event {}

  /// It is stored.
  ///
  /// @param channel in which the position counts: for a direct message the sender's own inbox
  record Acked(String id, String channel, Position at, long nanos) implements Event {}

  /// Any error but 100: this try isn't stored.
  record Refused(String id, long code, long nanos) implements Event {}

  /// Error 100, a connection that ended, or no answer: it may be stored, and is tried again.
  record Unknown(String id, String why, long nanos) implements Event {}

  /// A reader has a connection (again).
  record Connected(String session, String channel, long port, long nanos) implements Event {}

  /// A reader's connection ended: by a close frame with this code, by himself after an error with
  /// this code, or by 1006 without either.
  record Closed(String session, String channel, long code, long nanos) implements Event {}

  /// A reader who had no position joined.
  record Joined(String session, String channel, @Nullable Position at, long nanos)
      implements
        Event {}

  /// A reader came back and was answered.
  record Resumed(String session, String channel, @Nullable Position at, boolean recovered,
      long nanos) implements Event {}

  /// A reader was told of a hole in the midst.
  record Lost(String session, String channel, @Nullable Position at, long nanos)
      implements
        Event {}

  record Delivered(String session, String channel, Position at, String id, long nanos)
      implements
        Event {}

  /// A reader was connected when all was quiet at the end: nothing more will come.
  record Ended(String session, String channel, long nanos) implements Event {}

  /// One message of the history that a node showed in the end. Pages come in any order.
  record FinalRead(String node, String channel, Position at, String id, long nanos)
      implements
        Event {}

  /// The history of a channel was read to its beginning, empty or not.
  record FinalReadDone(String node, String channel, long nanos) implements Event {}

  /// A fault begins.
  ///
  /// @param forgetsNanos messages that were acknowledged so shortly before, or before the end of
  ///     the fault, may be gone, by the setting of the store; 0: none
  record Struck(String fault, long forgetsNanos, long nanos) implements Event {}

  record Healed(String fault, long nanos) implements Event {}
}
