package io.parley.wire.plain;

import org.jspecify.annotations.Nullable;

/// The members that say what an object is for.
enum Verb {
  TO("to"),
  ROOM("room"),
  JOIN("join"),
  LEAVE("leave"),
  WHO("who"),
  HISTORY("history"),
  WHOAMI("whoami"),
  TOKEN("token");

  private final String member;

  Verb(String member) {
    this.member = member;
  }

  String member() {
    return member;
  }

  static @Nullable Verb of(String member) {
    return switch (member) {
      case "to" -> TO;
      case "room" -> ROOM;
      case "join" -> JOIN;
      case "leave" -> LEAVE;
      case "who" -> WHO;
      case "history" -> HISTORY;
      case "whoami" -> WHOAMI;
      case "token" -> TOKEN;
      default -> null;
    };
  }
}
