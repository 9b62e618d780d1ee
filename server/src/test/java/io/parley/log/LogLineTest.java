package io.parley.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogLineTest {
  private static LogRecord entry(String text, @Nullable Throwable thrown) {
    var entry = new LogRecord(Level.WARNING, text);
    entry.setInstant(Instant.parse("2026-01-02T03:04:05.678Z"));
    entry.setLoggerName("io.parley.Some");
    entry.setThrown(thrown);
    return entry;
  }

  @Test
  void aLineHasTimeLevelAndText() {
    assertEquals("2026-01-02T03:04:05.678Z WARNING news {0}\n",
        new LogLine().format(entry("news {0}", null)));
  }

  @Test
  void whatAClientWroteCanNotBeginALineOfItsOwnOrSpeakToTheTerminal() {
    assertEquals("2026-01-02T03:04:05.678Z WARNING a\\u000d\\u000ab\\u001b[2J\\u2028c\n",
        new LogLine().format(entry("a\r\nb\u001b[2J\u2028c", null)));
  }

  @Test
  void aBugBringsItsTrace() {
    var lines = new LogLine().format(entry("bug", new IllegalStateException("why"))).lines()
        .toList();
    assertEquals("java.lang.IllegalStateException: why", lines.get(1));
    assertTrue(lines.get(2).startsWith("\tat io.parley.log.LogLineTest."), lines.get(2));
  }

  @Test
  void jsonIsOneObjectOnOneLine() throws IOException {
    var line = new JsonLine().format(entry("a \"b\"\n", new IllegalStateException("why")));
    assertEquals(line.length() - 1, line.indexOf('\n'));
    var members = members(line);
    assertEquals(List.of("time", "level", "logger", "thread", "message", "trace"),
        List.copyOf(members.keySet()));
    assertEquals("2026-01-02T03:04:05.678Z", members.get("time"));
    assertEquals("WARNING", members.get("level"));
    assertEquals("io.parley.Some", members.get("logger"));
    assertEquals("a \"b\"\n", members.get("message"));
    assertTrue(String.valueOf(members.get("trace")).contains("why"));
  }

  private static Map<String, String> members(String line) throws IOException {
    var members = new LinkedHashMap<String, String>();
    try (var json = new JsonFactory().createParser(line)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        members.put(json.currentName(), json.nextTextValue());
      }
    }
    return members;
  }
}
