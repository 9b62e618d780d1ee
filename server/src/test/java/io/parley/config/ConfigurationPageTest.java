package io.parley.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Holds the table in `docs/configuration.md` against the records. With `-Dparley.docs.write=true`
/// it writes the table instead.
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("../docs/configuration.md");
  private static final String BEGIN = "<!-- settings: begin -->\n";
  private static final String END = "<!-- settings: end -->\n";

  @Test
  void pageListsExactlyTheKeysThatExist() throws IOException {
    var page = Files.readString(PAGE);
    var begin = page.indexOf(BEGIN) + BEGIN.length();
    var end = page.indexOf(END);
    if (Boolean.getBoolean("parley.docs.write")) {
      Files.writeString(PAGE, page.substring(0, begin) + table() + page.substring(end));
      return;
    }
    assertEquals(table(), page.substring(begin, end),
        "run: mvn -pl server test -Dtest=ConfigurationPageTest -Dparley.docs.write=true");
  }

  private static String table() {
    var table = new StringBuilder("""
        | key | default | environment | meaning | range |
        | --- | --- | --- | --- | --- |
        """);
    for (var key : SettingKey.ALL) {
      table.append("| ").append(code(key.name())).append(" | ").append(code(key.setting().value()))
          .append(" | ").append(code(key.environmentName())).append(" | ")
          .append(key.setting().doc()).append(" | ").append(range(key)).append(" |\n");
    }
    return table.toString();
  }

  private static String range(SettingKey key) {
    return switch (key.setting().as()) {
      case SWITCH -> "`true`, `false`";
      case WHOLE, BYTES, DURATION -> key.range();
      case LOG_FORMAT -> "`text`, `json`";
      case NAME, PREFIX, ADDRESS -> key.setting().as().expectation.replace("*", "\\*");
      case NETWORKS, ORIGINS, FILE, REDIS_URL -> "";
    };
  }

  private static String code(String text) {
    return text.isEmpty() ? "none" : "`" + text + "`";
  }
}
