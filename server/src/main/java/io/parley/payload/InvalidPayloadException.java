package io.parley.payload;

/// What was published is no JSON, or not within its limits; the message says what was found.
public final class InvalidPayloadException extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidPayloadException(String found) {
    super(found, null, false, false);
  }
}
