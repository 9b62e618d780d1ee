package io.parley.redis;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What a class logs while this is open.
///
/// Thread-safe.
public final class LogLines implements AutoCloseable {
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final Logger logger;
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

  /// @param owner the logger's full name, which is the class's
  public LogLines(String owner) {
    logger = Logger.getLogger(owner);
    logger.addHandler(handler);
  }

  public List<String> warnings() {
    return at(Level.WARNING);
  }

  public List<String> news() {
    return at(Level.INFO);
  }

  private List<String> at(Level level) {
    return records.stream().filter(entry -> entry.getLevel().equals(level))
        .map(LogRecord::getMessage).toList();
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
  }
}
