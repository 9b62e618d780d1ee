package io.parley.api;

/// A request that is answered with an error; the message says what was found and what is expected.
final class ApiException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ApiError error;

  ApiException(ApiError error, String detail) {
    super(detail.isEmpty() ? error.message() : error.message() + ": " + detail, null, false, false);
    this.error = error;
  }

  ApiError error() {
    return error;
  }
}
