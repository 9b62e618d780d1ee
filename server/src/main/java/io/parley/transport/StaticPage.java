package io.parley.transport;

import java.io.IOException;
import java.io.UncheckedIOException;

/// The page that a browser gets at `/`.
///
/// Immutable.
final class StaticPage {
  private final byte[] html;

  StaticPage() {
    try (var in = StaticPage.class.getResourceAsStream("index.html")) {
      if (in == null) {
        throw new IllegalStateException("index.html: not in the jar");
      }
      html = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The page's bytes; nobody writes to them.
  byte[] html() {
    return html;
  }
}
