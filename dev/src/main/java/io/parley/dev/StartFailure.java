package io.parley.dev;

/// Something around `up` keeps it from starting: a port in use, no Redis, no HAProxy. The message
/// is the one line that the user gets to see, so it says what was found and what to do. Immutable.
final class StartFailure extends Exception {
  private static final long serialVersionUID = 1;

  StartFailure(String message) {
    super(message);
  }
}
