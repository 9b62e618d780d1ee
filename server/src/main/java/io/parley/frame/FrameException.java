package io.parley.frame;

import io.parley.metric.Limit;
import io.parley.session.CloseCode;
import org.jspecify.annotations.Nullable;

/// What a client sent breaks a rule or goes beyond a limit: its fault, for which it is closed. So
/// there is no stack in it.
public final class FrameException extends Exception {
  private static final long serialVersionUID = 1;

  private final CloseCode code;

  /// Null: it broke a rule.
  private final @Nullable Limit limit;
  private final String detail;

  private FrameException(CloseCode code, @Nullable Limit limit, String detail) {
    super(detail, null, false, false);
    this.code = code;
    this.limit = limit;
    this.detail = detail;
  }

  /// A rule is broken.
  ///
  /// @param detail what is wrong; empty if the code says it
  static FrameException violation(CloseCode code, String detail) {
    return new FrameException(code, null, detail);
  }

  /// A limit is reached.
  ///
  /// @param detail what is expected; empty if it isn't the client's limit
  public static FrameException beyond(Limit limit, CloseCode code, String detail) {
    return new FrameException(code, limit, detail);
  }

  public CloseCode code() {
    return code;
  }

  public @Nullable Limit limit() {
    return limit;
  }

  public String detail() {
    return detail;
  }
}
