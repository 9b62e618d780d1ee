package io.parley.wire.plain;

import org.jspecify.annotations.Nullable;

/// A frame that is no command; the message says what was found and what is expected.
final class PlainSyntaxException extends Exception {
  private static final long serialVersionUID = 1L;

  /// The command's id, if it had got as far as that; null if not.
  private final transient @Nullable CommandId id;

  PlainSyntaxException(String message, @Nullable CommandId id) {
    super(message, null, false, false);
    this.id = id;
  }

  @Nullable
  CommandId id() {
    return id;
  }
}
