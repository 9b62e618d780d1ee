package io.parley.ops;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// How the log looks: time in UTC, level, text, on one line; a stack trace below it only where a
/// bug is reported.
///
/// Immutable.
public final class LogLine extends Formatter {
  private static final DateTimeFormatter TIME = DateTimeFormatter
      .ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

  /// Sends the whole process' log to standard error in this form. To be called before anything
  /// logs.
  public static void install() {
    System.setProperty("java.util.logging.manager", UntilTheEnd.class.getName());
    var root = Logger.getLogger("");
    for (var handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    var console = new ConsoleHandler();
    console.setLevel(Level.ALL);
    console.setFormatter(new LogLine());
    root.addHandler(console);
  }

  /// Goes on logging while the process shuts down. The JDK's own stops at the first sign of it,
  /// when a node has still to say how its draining went.
  public static final class UntilTheEnd extends LogManager {
    @Override
    public void reset() {
      // Called by the JDK at shutdown, and by nobody else.
    }
  }

  @Override
  public String format(LogRecord entry) {
    var line = TIME.format(entry.getInstant()) + " " + entry.getLevel().getName() + " "
        + formatMessage(entry) + "\n";
    if (entry.getThrown() == null) {
      return line;
    }
    var trace = new StringWriter();
    entry.getThrown().printStackTrace(new PrintWriter(trace, true));
    return line + trace;
  }
}
