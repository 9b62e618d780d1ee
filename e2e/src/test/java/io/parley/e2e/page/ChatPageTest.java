package io.parley.e2e.page;

import io.parley.e2e.client.Browser;
import io.parley.e2e.harness.Cluster;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// People at the page, on two nodes behind one port: what they do is in `e2e/browser`. Each
/// scenario has users and rooms of its own, so that they share the nodes and the browser, and some
/// of them the time.
@Timeout(120)
class ChatPageTest {
  private static Browser browser;
  private static Cluster cluster;

  enum Scenario {
    ROOMS,
    DIRECTS,
    DEVICES,
    PRESENCE,
    TYPING,
    RECEIPTS,
    OFFLINE,
    AWAY,
    RELOAD,
    DRAWER,
    RETRIED,
    NOTIFICATIONS,
    SPEECH,
    FOCUS,
    SAFETY,
    KEYBOARD;

    /// As it is called in JavaScript.
    String function() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @BeforeAll
  static void start() {
    browser = Browser.orSkip();
    cluster = Cluster.up();
    var argument = "{\"url\": \"http://localhost:%d/\"}".formatted(cluster.port());
    for (var scenario : Scenario.values()) {
      browser.begin(scenario.function(), argument);
    }
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
  @EnumSource
  void peopleOnDifferentNodesChat(Scenario scenario) {
    browser.awaitEnd(scenario.function());
  }
}
