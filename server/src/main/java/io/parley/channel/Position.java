package io.parley.channel;

import org.jspecify.annotations.Nullable;

/// A place in a channel's history. It names one publication for ever: no two payloads ever share a
/// channel, an epoch and an offset.
///
/// @param epoch names one unbroken life of the channel's count; 64 random bits, never
///   [#NO_EPOCH] for a channel that exists
/// @param offset counts publications 1, 2, 3 …; 0 is the place before the first one
public record Position(long epoch, long offset) {
  /// The epoch of no channel: what a text is taken for that can't be one of ours.
  public static final long NO_EPOCH = 0;

  /// The place before the first publication, in whatever epoch.
  public static final Position BEGINNING = new Position(1, 0);

  private static final int EPOCH_CHARACTERS = 16;
  private static final int EPOCH_CHARACTERS_MAX = 64;
  private static final int OFFSET_DIGITS_MAX = 18;

  public Position {
    if (offset < 0) {
      throw new IllegalArgumentException("offset: " + offset + " (expected: 0 or more)");
    }
  }

  /// The position that somebody names from which he wants to go on. Without an epoch, 0 is
  /// [#BEGINNING]; from elsewhere nobody can go on, as nobody knows what the offset counts.
  public static Position named(String epoch, long offset) {
    return epoch.isEmpty() && offset == 0 ? BEGINNING : new Position(epochOf(epoch), offset);
  }

  /// The same epoch at another offset.
  public Position at(long otherOffset) {
    return new Position(epoch, otherOffset);
  }

  /// How clients and Redis see the epoch: 16 hexadecimal digits.
  public String epochText() {
    return epochText(epoch);
  }

  /// How clients and Redis see an epoch: 16 hexadecimal digits.
  public static String epochText(long epoch) {
    var digits = Long.toHexString(epoch);
    return "0".repeat(EPOCH_CHARACTERS - digits.length()) + digits;
  }

  /// The epoch that a text stands for; [#NO_EPOCH] if it isn't one that [#epochText] made.
  public static long epochOf(String text) {
    if (text.length() != EPOCH_CHARACTERS) {
      return NO_EPOCH;
    }
    long epoch = 0;
    for (int i = 0; i < EPOCH_CHARACTERS; i++) {
      char c = text.charAt(i);
      int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
      if (digit < 0) {
        return NO_EPOCH;
      }
      epoch = epoch << 4 | digit;
    }
    return epoch;
  }

  /// Reads `EPOCH:OFFSET`. Any short text is an epoch, but only one that [#epochText] made can be
  /// a channel's: the others are read as [#NO_EPOCH], from which nobody can go on.
  ///
  /// @return null if the text isn't of that form
  public static @Nullable Position parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1 || colon > EPOCH_CHARACTERS_MAX) {
      return null;
    }
    var digits = text.substring(colon + 1);
    if (digits.isEmpty() || digits.length() > OFFSET_DIGITS_MAX
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return null;
    }
    return new Position(epochOf(text.substring(0, colon)), Long.parseLong(digits));
  }

  @Override
  public String toString() {
    return epochText() + ":" + offset;
  }
}
