package io.parley.session;

import io.parley.metric.Limit;
import org.jspecify.annotations.Nullable;

/// One connection's publishes without an answer: how many there are, and how much they take of
/// what waits for Redis. It keeps one client from using up what all clients of a node share.
///
/// Confined to the connection's loop.
final class PublishWindow {
  private final int most;
  private final int bytesMost;
  private int count;
  private long bytes;

  PublishWindow(SessionSettings settings) {
    this.most = settings.publishWindow();
    this.bytesMost = settings.publishBytes();
  }

  void add(int parts, long partBytes) {
    count += parts;
    bytes += partBytes;
  }

  void remove(int parts, long partBytes) {
    count -= parts;
    bytes -= partBytes;
    assert count >= 0 && bytes >= 0 : count + ", " + bytes;
  }

  /// The limit at which nothing more should be taken from the client; null: none.
  @Nullable
  Limit reached() {
    if (count >= most) {
      return Limit.PUBLISH_WINDOW;
    }
    return bytes >= bytesMost ? Limit.PUBLISH_BYTES : null;
  }

  boolean isHalfEmpty() {
    return count <= most / 2 && bytes <= bytesMost / 2;
  }

  boolean isEmpty() {
    return count == 0;
  }
}
