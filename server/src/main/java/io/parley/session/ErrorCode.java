package io.parley.session;

/// Every error that a command can be answered with. The numbers are the centrifuge protocol's, so
/// that both protocols speak of the same things.
public enum ErrorCode {
  /// It is unknown whether the command took effect; trying again with the same id is safe.
  INTERNAL(100, "internal server error"),
  /// No namespace has such a channel.
  UNKNOWN_CHANNEL(102, "unknown channel"),
  /// The rules don't let this user do it.
  PERMISSION_DENIED(103, "permission denied"),
  /// The connection has as many of these as it may have.
  LIMIT_EXCEEDED(106, "limit exceeded"),
  /// The command is wrong in itself; sending it again won't help.
  BAD_REQUEST(107, "bad request"),
  /// This version, or these settings, don't serve it; or the broker refuses to.
  NOT_AVAILABLE(108, "not available"),
  /// Commands come faster than they may; it may be sent again later.
  TOO_MANY_REQUESTS(111, "too many requests");

  private final int code;
  private final String message;

  ErrorCode(int code, String message) {
    this.code = code;
    this.message = message;
  }

  public int code() {
    return code;
  }

  public String message() {
    return message;
  }
}
