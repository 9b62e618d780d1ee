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
  /// There is no such procedure.
  METHOD_NOT_FOUND(104, "method not found"),
  /// The connection has that subscription, or has asked for it.
  ALREADY_SUBSCRIBED(105, "already subscribed"),
  /// The connection has as many of these as it may have.
  LIMIT_EXCEEDED(106, "limit exceeded"),
  /// The command is wrong in itself; sending it again won't help.
  BAD_REQUEST(107, "bad request"),
  /// This version, or these settings, don't serve it; or the broker refuses to.
  NOT_AVAILABLE(108, "not available"),
  /// The token's time is over; with a fresh one it will do.
  TOKEN_EXPIRED(109, "token expired"),
  /// Commands come faster than they may; it may be sent again later.
  TOO_MANY_REQUESTS(111, "too many requests"),
  /// What came after that position can't be had.
  UNRECOVERABLE(112, "unrecoverable position");

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

  /// Whether the same command may well succeed later.
  public boolean isTemporary() {
    return this == INTERNAL || this == TOO_MANY_REQUESTS;
  }
}
