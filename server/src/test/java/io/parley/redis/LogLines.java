package io.parley.redis;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// What a class, or all of a package, logs while this is open, down to the debug level.
///
/// Thread-safe.
public final class LogLines implements AutoCloseable {
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final Logger logger;
  private final @Nullable Level before;
  private final Handler handler = new Handler() {
    @Override
    public void publish(LogRecord entry) {
      records.add(entry);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  };

  /// @param owner the logger's full name, which is the class's, or the package's
  public LogLines(String owner) {
    logger = Logger.getLogger(owner);
    before = logger.getLevel();
    logger.setLevel(Level.FINE);
    logger.addHandler(handler);
  }

  public List<String> warnings() {
    return at(Level.WARNING);
  }

  public List<String> news() {
    return at(Level.INFO);
  }

  /// The messages so far that contain a text, of whatever level.
  public List<String> linesWith(String text) {
    return records.stream().map(LogRecord::getMessage).filter(line -> line.contains(text)).toList();
  }

  /// The messages so far that an operator has to look into: warnings and errors.
  public List<String> troubles() {
    return records.stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogRecord::getMessage).toList();
  }

  private List<String> at(Level level) {
    return records.stream().filter(entry -> entry.getLevel().equals(level))
        .map(LogRecord::getMessage).toList();
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
    logger.setLevel(before);
  }
}
