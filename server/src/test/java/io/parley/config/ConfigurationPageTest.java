package io.parley.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.parley.config.reader.Relation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Holds the tables in `docs/configuration.md` against the records, and its list of relations. With
/// `-Dparley.docs.write=true` it writes them instead.
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("../docs/configuration.md");

  @Test
  void pageListsExactlyTheKeysThatExist() throws IOException {
    isOnThePage("settings", table(SettingKey.ALL));
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
        "run: mvn -pl server -am test -Dtest=ConfigurationPageTest -Dparley.docs.write=true");
  }

  @Test
  void pageListsTheKeysOfANamespace() throws IOException {
    var keys = SettingKey.ofNamespace("name");
    isOnThePage("namespace keys",
        table(keys).replace("namespaces.name.", "namespaces.NAME."));
    assertFalse(keys.isEmpty());
  }

  @Test
  void pageListsTheShippedNamespaces() throws IOException {
    var names = NamespaceSettings.shippedNames();
    var table = new StringBuilder("| | ");
    names.forEach(name -> table.append(code(name)).append(" | "));
    table.append("\n| --- |").append(" --- |".repeat(names.size())).append('\n');
    for (var key : SettingKey.ofNamespace("name")) {
      table.append("| ").append(code(key.lastName())).append(" | ");
      for (var name : names) {
        var here = SettingKey.find("namespaces." + name + "." + key.lastName());
        table.append(here == null ? "" : shown(here.defaultText())).append(" | ");
      }
      table.append('\n');
    }
    isOnThePage("shipped", table.toString().replace(" \n", "\n"));
  }

  @Test
  void pageSaysWhatPermissionsMean() throws IOException {
    var table = new StringBuilder("| permission | who may |\n| --- | --- |\n");
    for (var permission : Permission.values()) {
      table.append("| ").append(code(permission.text())).append(" | ")
          .append(permission.meaning()).append(" |\n");
    }
    isOnThePage("permissions", table.toString());
  }

  private static String relations() {
    var list = new StringBuilder();
    Stream.concat(Relation.ALL.stream(), Relation.ofNamespace("inbox").stream())
        .map(ConfigurationPageTest::relation).forEach(list::append);
    return list.toString();
  }

  /// Those that hold for every namespace have no objects elsewhere; the inbox stands for all.
  private static String relation(Relation relation) {
    var objects = relation.objects().stream().map(key -> code(key.name()))
        .collect(Collectors.joining(" and "));
    var line = "- " + code(relation.subject().name()) + ": " + relation.phrase()
        + (objects.isEmpty() ? "" : " " + objects)
        + (relation.objects().size() > 1 ? " together\n" : "\n");
    return objects.isEmpty() ? line : line.replace("namespaces.inbox.", "namespaces.NAME.");
  }

  private static String table(List<SettingKey> keys) {
    var table = new StringBuilder("""
        | key | default | environment | meaning | range |
        | --- | --- | --- | --- | --- |
        """);
    for (var key : keys) {
      table.append("| ").append(code(key.name())).append(" | ").append(code(key.defaultText()))
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
      case PERMISSION, SUBSCRIBE_PERMISSION -> key.setting().as().expectation;
      case NAME, PREFIX, ADDRESS -> key.setting().as().expectation.replace("*", "\\*");
      case NETWORKS, ORIGINS, SOURCES, API_KEYS, FILE, FILES, HTTP_URL, REDIS_URL, PATTERN -> "";
      case SECRET -> "32 bytes or more";
      case TEXT -> key.setting().as().expectation;
    };
  }

  private static String shown(String text) {
    return text.isEmpty() ? "any" : text;
  }

  private static String code(String text) {
    return text.isEmpty() ? "none" : "`" + text + "`";
  }
}
