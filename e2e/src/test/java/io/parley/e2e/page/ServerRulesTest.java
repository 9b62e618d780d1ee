package io.parley.e2e.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.e2e.client.Browser;
import io.parley.e2e.harness.Kept;
import io.parley.e2e.harness.NodeProcess;
import io.parley.e2e.harness.Program;
import io.parley.e2e.harness.Repository;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The page at servers with rules other than the shipped ones: what they keep, and whom they let do
/// what.
@Timeout(120)
class ServerRulesTest {
  private static final String SECRET = "the secret of the page's tests, long enough";
  private static final Duration TOKEN_WITHIN = Duration.ofSeconds(30);

  private static Browser browser;

  @RegisterExtension
  private final Kept kept = new Kept();

  @BeforeAll
  static void start() {
    browser = Browser.orSkip();
  }

  @AfterAll
  static void end() {
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  void longConversationsAreReadPageByPageAndWithoutLongTasks() {
    var node = node("--namespaces.room.history-size=10000");
    browser.play("pages", url(node));
    browser.play("thousands", url(node));
  }

  @Test
  void aHoleInTheHistoryIsShown() {
    browser.play("hole", url(node("--namespaces.room.history-size=5")));
  }

  @Test
  void whatIsRefusedSaysSoAndCanBeTriedAgain() {
    browser.play("refused", url(
        node("--namespaces.room.publish=nobody", "--namespaces.room.name-pattern=[a-z]+")));
  }

  @Test
  void aTokenLetsItsUserInUntilItEnds() {
    var node = node("--access.anonymous=false", "--access.claimed-names=false",
        "--token.hmac-secret=" + SECRET);
    var valid = token("eve", SECRET, "1h");
    var invalid = token("eve", SECRET.toUpperCase(Locale.ROOT), "1h");
    var other = token("fred", SECRET, "1h");
    browser.play("tokens", """
        {"url": "http://localhost:%d/",
         "valid": "%s", "invalid": "%s", "other": "%s", "short": "%s"}"""
        .formatted(node.port(), valid, invalid, other, token("eve", SECRET, "6s")));
  }

  @Test
  void allStatesLookAsTheyShould() {
    var node = node();
    browser.play("picture", url(node));
    browser.play("states", url(node));
    browser.play("lists", url(node));
  }

  private NodeProcess node(String... flags) {
    return kept.keep(NodeProcess.start("n1", "", flags));
  }

  private static String url(NodeProcess node) {
    return "{\"url\": \"http://localhost:%d/\"}".formatted(node.port());
  }

  /// As an application makes one, or somebody who tries it out.
  private String token(String user, String secret, String life) {
    var program = kept.keep(Program.start("token", Repository.root(), Map.of(),
        List.of(Repository.launcher().toString(), "token", "--user", user, "--ttl", life,
            "--secret", secret)));
    assertEquals(0, program.awaitExit(TOKEN_WITHIN), program::toString);
    return program.lines().getLast();
  }
}
