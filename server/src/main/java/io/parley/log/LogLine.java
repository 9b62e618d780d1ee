package io.parley.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/// How the log looks: time in UTC, level, text, on one line; a stack trace below it only where a
/// bug is reported.
///
/// Immutable.
public final class LogLine extends Formatter {
  static final DateTimeFormatter TIME = DateTimeFormatter
      .ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

  /// Libraries that tell of each of their starts and stops. Held, or their levels would be lost.
  private static final List<Logger> TALKATIVE = List.of(Logger.getLogger("org.eclipse.jetty"));
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\u2028\\u2029]");

  /// Sends the whole process' log to standard error, in this form or as JSON. To be called before
  /// anything logs.
  public static void install(LogFormat format) {
    System.setProperty("java.util.logging.manager", UntilTheEnd.class.getName());
    var root = Logger.getLogger("");
    for (var handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    var console = new ConsoleHandler();
    console.setLevel(Level.ALL);
    console.setFormatter(format == LogFormat.JSON ? new JsonLine() : new LogLine());
    root.addHandler(console);
    TALKATIVE.forEach(each -> each.setLevel(Level.WARNING));
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
        + onOneLine(formatMessage(entry)) + "\n";
    return entry.getThrown() == null ? line : line + trace(entry.getThrown());
  }

  /// What a client wrote can't begin a line that looks like ours, or speak to a terminal.
  private static String onOneLine(String text) {
    return CONTROL.matcher(text)
        .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
  }

  static String trace(Throwable thrown) {
    var trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace, true));
    return trace.toString();
  }
}
