package io.parley.channel;

/// A user or room name that isn't one; the message says what was found and what is expected.
public final class InvalidNameException extends Exception {
  private static final long serialVersionUID = 1L;

  public InvalidNameException(String message) {
    super(message, null, false, false);
  }
}
