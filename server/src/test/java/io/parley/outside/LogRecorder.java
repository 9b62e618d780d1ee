package io.parley.outside;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What the nodes of this process log while it is open, down to the debug level: some of what a
/// node knows about a client shows nowhere else.
///
/// Thread-safe.
final class LogRecorder extends Handler implements AutoCloseable {
  private static final Logger PARLEY = Logger.getLogger("io.parley");

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Level before = PARLEY.getLevel();

  LogRecorder() {
    PARLEY.setLevel(Level.FINE);
    PARLEY.addHandler(this);
  }

  /// The messages so far that contain a text.
  List<String> linesWith(String text) {
    return lines.stream().filter(line -> line.contains(text)).toList();
  }

  @Override
  public void publish(LogRecord entry) {
    lines.add(entry.getMessage());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    PARLEY.removeHandler(this);
    PARLEY.setLevel(before);
  }
}
