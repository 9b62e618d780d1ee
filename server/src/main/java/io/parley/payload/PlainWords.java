package io.parley.payload;

import java.util.Set;

/// The names that members of an object have in frames of the plain protocol. An object of another
/// protocol that has one of them at its outside can't be shown to plain clients as it is: they
/// would take it for the server's word.
public final class PlainWords {
  private static final Set<String> ALL = Set.of(
      "from", "offset", "epoch", "room", "to", "text", "data", "base64",
      "ack", "error", "joined", "left", "lost", "recovered", "you",
      "join", "leave", "who", "history", "whoami", "token");

  private PlainWords() {}

  /// Whether a member's name is one of them.
  public static boolean has(String name) {
    return ALL.contains(name);
  }
}
