package io.parley.session;

/// Every code that this server closes a connection with. 1000 to 1999 are RFC 6455's (section
/// 7.4.1); 3000 to 3499 ask the client to come back, 3500 to 3999 tell it not to.
public enum CloseCode {
  /// The frames break RFC 6455.
  PROTOCOL_ERROR(1002, "protocol error"),
  /// A binary frame where only text is spoken.
  UNSUPPORTED_DATA(1003, "text frames only"),
  /// A text message, or a close frame's reason, that isn't UTF-8.
  INVALID_TEXT(1007, "text is not UTF-8"),
  /// What no client that means well does: floods of pings, messages that never end.
  POLICY(1008, "policy violation"),
  /// More bytes, or more fragments, than a message may have.
  MESSAGE_TOO_BIG(1009, "message too big"),
  /// The node has no memory left for what the client has begun to send.
  TRY_LATER(1013, "try again later"),
  /// The node shuts down; others serve.
  SHUTDOWN(3001, "shutdown"),
  /// A bug of ours, which is in the log.
  INTERNAL(3004, "internal server error"),
  /// The token's time is over; a fresh one opens the door again.
  EXPIRED(3005, "connection expired"),
  /// The time of a token's subscription is over that the server made.
  SUBSCRIPTION_EXPIRED(3006, "subscription expired"),
  /// What the client missed in a channel of the server's choice can't be passed on here; it comes
  /// back by its position.
  INSUFFICIENT_STATE(3010, "insufficient state"),
  /// The client doesn't read what it is due.
  SLOW(3008, "slow"),
  /// A ping wasn't answered.
  NO_PONG(3012, "no pong"),
  /// Commands went on coming faster than they may.
  TOO_MANY_REQUESTS(3013, "too many requests"),
  /// Without a good token this client isn't served.
  INVALID_TOKEN(3500, "invalid token"),
  /// What the client asked for when it connected can't be.
  BAD_REQUEST(3501, "bad request"),
  /// The client didn't say in time who it is.
  STALE(3502, "stale"),
  /// The application's backend has asked for it, with this code or another one.
  FORCED(3503, "force disconnect"),
  /// The user has as many connections to this node as he may.
  CONNECTION_LIMIT(3504, "connection limit"),
  /// The client's token names more channels than a connection may have.
  CHANNEL_LIMIT(3505, "channel limit"),
  /// The client does what nobody here answers.
  NOT_AVAILABLE(3508, "not available");

  private final int code;
  private final String reason;

  CloseCode(int code, String reason) {
    this.code = code;
    this.reason = reason;
  }

  public int code() {
    return code;
  }

  public String reason() {
    return reason;
  }
}
