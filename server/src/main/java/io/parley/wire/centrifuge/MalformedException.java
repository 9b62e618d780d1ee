package io.parley.wire.centrifuge;

/// What a client sent is no frame of the protocol; the message says what was found.
final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedException(String found) {
    super(found, null, false, false);
  }
}
