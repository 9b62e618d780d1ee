package io.parley.channel;

/// What the bytes of a publication are.
public enum Content {
  /// Text as a plain client typed it; to other protocols a JSON string.
  TEXT,
  /// One JSON object.
  JSON
}
