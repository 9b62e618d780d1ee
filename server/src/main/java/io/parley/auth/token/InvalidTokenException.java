package io.parley.auth.token;

/// A token that is no good. The message shows nothing of it, but what is wrong.
final class InvalidTokenException extends Exception {
  private static final long serialVersionUID = 1;

  InvalidTokenException(String detail) {
    // Without a stack: whoever sends bad tokens shouldn't cost more than who sends good ones.
    super(detail, null, false, false);
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
