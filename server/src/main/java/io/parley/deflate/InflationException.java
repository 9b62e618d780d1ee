package io.parley.deflate;

/// A compressed message that can't be had: it is broken, or too big. The peer's fault, whose text
/// it gets; so there is no stack in it.
public final class InflationException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean isTooBig;

  InflationException(boolean isTooBig, String message) {
    super(message, null, false, false);
    this.isTooBig = isTooBig;
  }

  /// Whether it is more than it may be, and not broken.
  public boolean isTooBig() {
    return isTooBig;
  }
}
