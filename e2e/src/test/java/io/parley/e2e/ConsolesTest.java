package io.parley.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.client.Browser;
import io.parley.e2e.harness.Cluster;
import io.parley.e2e.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The two consoles of the README, as a newcomer types them.
@Timeout(240)
class ConsolesTest {
  private static Browser browser;
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    browser = Browser.orSkip();
    cluster = Cluster.up();
  }

  @AfterAll
  static void end() {
    if (cluster != null) {
      cluster.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  void theReadmesConsolesReadEachOtherOnDifferentNodes() throws IOException {
    var readme = Files.readString(Repository.root().resolve("README.md"));
    var blocks = Pattern.compile("```js\n(.*?)```", Pattern.DOTALL).matcher(readme).results()
        .map(block -> block.group(1).strip()
            .replace("localhost:8080", "localhost:" + cluster.port()))
        .toList();
    assertTrue(blocks.size() >= 3, () -> "js blocks in the README: " + blocks);
    var direct = blocks.get(2).lines().toList();
    assertEquals(2, direct.size());
    browser.play("consoles", """
        {"url": "http://localhost:%d/", "connect": %s, "send": %s, "direct": [%s, %s]}"""
        .formatted(cluster.port(), json(blocks.get(0)), json(blocks.get(1)),
            json(direct.get(0)), json(direct.get(1))));
  }

  private static String json(String text) {
    var escaped = text;
    for (var special : List.of("\\", "\"")) {
      escaped = escaped.replace(special, "\\" + special);
    }
    return "\"" + escaped.replace("\n", "\\n") + "\"";
  }
}
