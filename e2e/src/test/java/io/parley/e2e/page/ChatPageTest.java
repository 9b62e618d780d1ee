package io.parley.e2e.page;

import io.parley.e2e.client.Browser;
import io.parley.e2e.harness.Cluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// People at the page, on two nodes behind one port: what they do is in `e2e/browser`. Each scenario
/// has users and rooms of its own, so that all of them share the nodes and the browser.
@Timeout(120)
class ChatPageTest {
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

  @ParameterizedTest
  @ValueSource(strings = {"rooms", "directs", "devices", "presence", "typing", "receipts"})
  void peopleOnDifferentNodesTalk(String scenario) {
    play(scenario);
  }

  @ParameterizedTest
  @ValueSource(strings = {"offline", "reload", "drawer", "retried"})
  void nothingIsLostByABadConnection(String scenario) {
    play(scenario);
  }

  @ParameterizedTest
  @ValueSource(strings = {"safety", "keyboard"})
  void anybodyCanUseItAndNobodyAbuse(String scenario) {
    play(scenario);
  }

  private static void play(String scenario) {
    browser.play(scenario, "{\"url\": \"http://localhost:%d/\"}".formatted(cluster.port()));
  }
}
