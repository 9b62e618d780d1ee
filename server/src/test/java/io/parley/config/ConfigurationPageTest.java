package io.parley.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.config.reader.Relation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Holds the table in `docs/configuration.md` against the records, and its list of relations. With
/// `-Dparley.docs.write=true` it writes them instead.
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("../docs/configuration.md");

  @Test
  void pageListsExactlyTheKeysThatExist() throws IOException {
    isOnThePage("settings", table());
  }

  @Test
  void pageListsWhatHasToHoldBetweenThem() throws IOException {
    isOnThePage("relations", relations());
  }

  private static void isOnThePage(String name, String expected) throws IOException {
    var page = Files.readString(PAGE);
    var mark = "<!-- " + name + ": begin -->\n";
    var begin = page.indexOf(mark) + mark.length();
    var end = page.indexOf("<!-- " + name + ": end -->\n");
    if (Boolean.getBoolean("parley.docs.write")) {
      Files.writeString(PAGE, page.substring(0, begin) + expected + page.substring(end));
      return;
    }
    assertEquals(expected, page.substring(begin, end),
        "run: mvn -pl server test -Dtest=ConfigurationPageTest -Dparley.docs.write=true");
  }

  private static String relations() {
    var list = new StringBuilder();
    for (var relation : Relation.ALL) {
      list.append("- ").append(code(relation.subject().name())).append(": ")
          .append(relation.phrase()).append(' ')
          .append(relation.objects().stream().map(key -> code(key.name()))
              .collect(Collectors.joining(" and ")))
          .append(relation.objects().size() > 1 ? " together\n" : "\n");
    }
    return list.toString();
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
