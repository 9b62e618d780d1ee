package io.parley.log;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/// The log for machines: an object in JSON on each line, with `time` (UTC), `level`, `logger`,
/// `thread`, `message` and, where a bug is reported, `trace`.
///
/// Thread-safe.
final class JsonLine extends Formatter {
  private static final JsonFactory JSON = new JsonFactory();

  @Override
  public String format(LogRecord entry) {
    var line = new StringWriter();
    try (var json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("time", LogLine.TIME.format(entry.getInstant()));
      json.writeStringField("level", entry.getLevel().getName());
      json.writeStringField("logger", entry.getLoggerName());
      json.writeStringField("thread", Thread.currentThread().getName());
      json.writeStringField("message", formatMessage(entry));
      if (entry.getThrown() != null) {
        json.writeStringField("trace", LogLine.trace(entry.getThrown()));
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException("a StringWriter takes everything", impossible);
    }
    return line.append('\n').toString();
  }
}
