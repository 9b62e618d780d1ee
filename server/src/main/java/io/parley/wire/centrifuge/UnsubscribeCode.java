package io.parley.wire.centrifuge;

/// Why the server ends a subscription. From 2500 on the client subscribes again by itself.
public enum UnsubscribeCode {
  SERVER(2000, "server unsubscribe"),
  INSUFFICIENT_STATE(2500, "insufficient state"),
  EXPIRED(2501, "expired");

  private final int code;
  private final String reason;

  UnsubscribeCode(int code, String reason) {
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
