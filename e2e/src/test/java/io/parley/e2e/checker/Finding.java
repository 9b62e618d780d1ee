package io.parley.e2e.checker;

/// A promise that was not kept, and where to look. Immutable.
///
/// @param what names the message, the reader and the positions
public record Finding(Kind kind, String what) {
  public enum Kind {
    /// Acknowledged, and not in the history in the end (P1).
    LOST,
    /// Refused, and read all the same (P7).
    REFUSED_BUT_READ,
    /// Read or acknowledged, though no writer sent it.
    NEVER_SENT,
    /// Twice to one reader (P3).
    DUPLICATE,
    /// A reader, or a history, misses something without a word (P2).
    HOLE,
    /// A reader was told that he has got all that he missed, and has not (P2).
    FALSE_RECOVERY,
    /// One position, two messages (P5).
    CONFLICT,
    /// A writer's messages in another order than his, or a reader who went back (P4).
    DISORDER,
    /// One message, two positions (P6).
    STORED_TWICE,
    /// The log doesn't have what a judgement needs.
    INCOMPLETE
  }

  @Override
  public String toString() {
    return kind + ": " + what;
  }
}
