package io.parley.e2e.checker;

/// A place in a channel: the offset counts its messages, the epoch names one unbroken life of that
/// count. Immutable.
public record Position(String epoch, long offset) {
  public Position {
    if (epoch.isEmpty() || offset < 0) {
      throw new IllegalArgumentException(
          "position: " + epoch + ":" + offset + " (expected: EPOCH:OFFSET, offset >= 0)");
    }
  }

  /// Reads what [#toString] wrote.
  public static Position parse(String text) {
    var colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("position: " + text + " (expected: EPOCH:OFFSET)");
    }
    return new Position(text.substring(0, colon), Long.parseLong(text.substring(colon + 1)));
  }

  public boolean isSameEpoch(Position other) {
    return epoch.equals(other.epoch);
  }

  /// As clients write it in `since`.
  @Override
  public String toString() {
    return epoch + ":" + offset;
  }
}
