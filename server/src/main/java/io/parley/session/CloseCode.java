package io.parley.session;

/// Every code that this server closes a connection with. 1000 to 1999 are RFC 6455's (section
/// 7.4.1); 3000 to 3499 ask the client to come back, 3500 to 3999 tell it not to.
public enum CloseCode {
  PROTOCOL_ERROR(1002, "protocol error"), UNSUPPORTED_DATA(1003,
      "text frames only"), INVALID_TEXT(1007, "text is not UTF-8"), MESSAGE_TOO_BIG(1009,
          "message too big"), SHUTDOWN(3001, "shutdown"), INTERNAL(3004,
              "internal server error"), SLOW(3008, "slow"), NO_PONG(3012,
                  "no pong"), TOO_MANY_REQUESTS(3013, "too many requests"), INVALID_TOKEN(3500,
                      "invalid token"), BAD_REQUEST(3501, "bad request");

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
