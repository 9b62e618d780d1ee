package io.parley.wire.centrifuge;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The commands' names. Of several in one command the first of this order counts.
public enum Method {
  CONNECT,
  SUBSCRIBE,
  UNSUBSCRIBE,
  PUBLISH,
  PRESENCE,
  PRESENCE_STATS,
  HISTORY,
  PING,
  SEND,
  RPC,
  REFRESH,
  SUB_REFRESH;

  private final String member = name().toLowerCase(Locale.ROOT);

  /// As it is spelled in JSON.
  public String member() {
    return member;
  }

  /// The one that is spelled so; null: none is.
  public static @Nullable Method of(String member) {
    for (var method : values()) {
      if (method.member.equals(member)) {
        return method;
      }
    }
    return null;
  }
}
