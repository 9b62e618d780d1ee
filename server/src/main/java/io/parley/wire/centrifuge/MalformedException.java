package io.parley.wire.centrifuge;

/// What a client sent is no frame of the protocol; the message says what was found.
public final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedException(String found) {
    super(found, null, false, false);
  }
}
