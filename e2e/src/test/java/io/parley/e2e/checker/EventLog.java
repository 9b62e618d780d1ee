package io.parley.e2e.checker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The file that a run writes, one event a line: for each client in the order in which it saw them.
/// Thread-safe.
public final class EventLog implements AutoCloseable {
  private final Path file;
  @GuardedBy("this")
  private final BufferedWriter out;
  /// What comes after the end is nobody's business.
  @GuardedBy("this")
  private boolean closed;

  private EventLog(Path file) throws IOException {
    this.file = file;
    out = Files.newBufferedWriter(file);
  }

  public static EventLog create(Path file) {
    try {
      return new EventLog(file);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  public Path file() {
    return file;
  }

  public synchronized void add(Event event) {
    if (closed) {
      return;
    }
    try {
      out.write(EventJson.write(event));
      out.newLine();
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      out.close();
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  public static List<Event> read(Path file) {
    try (var lines = Files.lines(file)) {
      return lines.map(EventJson::read).toList();
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}
