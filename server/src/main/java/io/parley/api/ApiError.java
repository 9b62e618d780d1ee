package io.parley.api;

/// Every error that a request to the server API can be answered with, and the HTTP status that
/// stands for it where the caller wants statuses. The numbers are the centrifuge protocol's.
enum ApiError {
  /// It is unknown whether the request took effect; trying again is safe where it has an id.
  INTERNAL(100, "internal server error", 500),
  /// No namespace has such a channel.
  UNKNOWN_CHANNEL(102, "unknown channel", 404),
  /// There is no such method.
  NOT_FOUND(104, "method not found", 404),
  /// The request is wrong in itself; sending it again won't help.
  BAD_REQUEST(107, "bad request", 400),
  /// This version, or these settings, don't serve it; or the broker refuses to.
  NOT_AVAILABLE(108, "not available", 400),
  /// The position that was asked from isn't one of the channel's.
  UNRECOVERABLE_POSITION(112, "unrecoverable position", 416);

  private final int code;
  private final String message;
  private final int status;

  ApiError(int code, String message, int status) {
    this.code = code;
    this.message = message;
    this.status = status;
  }

  int code() {
    return code;
  }

  String message() {
    return message;
  }

  int status() {
    return status;
  }

  /// This, with what was found.
  ApiException because(String detail) {
    return new ApiException(this, detail);
  }
}
