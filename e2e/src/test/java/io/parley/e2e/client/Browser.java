package io.parley.e2e.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.e2e.harness.Installed;
import io.parley.e2e.harness.Program;
import io.parley.e2e.harness.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The installed Chromium, driven by `e2e/browser/scenarios.mjs` in Node.js. Immutable.
public final class Browser {
  private static final Path FOLDER = Repository.module().resolve("browser");
  private static final Duration INSTALL_WITHIN = Duration.ofMinutes(2);
  private static final Duration SCENARIO_WITHIN = Duration.ofSeconds(80);

  private final Path chromium;
  private final Path node;

  private Browser(Path chromium, Path node) {
    this.chromium = chromium;
    this.node = node;
  }

  /// The browser of `$CHROMIUM`, or of the `PATH`; the test is skipped where there is none. Fetches
  /// what drives it, the first time and when that has changed.
  public static Browser orSkip() {
    var chosen = System.getenv("CHROMIUM");
    var chromium = chosen == null ? Installed.orSkip("chromium") : Path.of(chosen);
    var browser = new Browser(chromium, Installed.orSkip("node"));
    if (isOutdated()) {
      run("npm", List.of(Installed.orSkip("npm").toString(), "ci", "--no-audit", "--no-fund"),
          Map.of(), INSTALL_WITHIN);
    }
    return browser;
  }

  /// Whether what is installed isn't what the lock file says: npm writes down what it did.
  private static boolean isOutdated() {
    var installed = FOLDER.resolve("node_modules/.package-lock.json");
    try {
      return !Files.exists(installed) || Files.getLastModifiedTime(installed)
          .compareTo(Files.getLastModifiedTime(FOLDER.resolve("package-lock.json"))) < 0;
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /// Plays a scenario to its end; what it says goes to the test's output.
  ///
  /// @param json its argument
  public void play(String scenario, String json) {
    run(scenario, List.of(node.toString(), "scenarios.mjs", scenario, json),
        Map.of("CHROMIUM", chromium.toString(), "TMPDIR", System.getProperty("java.io.tmpdir")),
        SCENARIO_WITHIN);
  }

  private static void run(
      String name, List<String> command, Map<String, String> environment, Duration limit) {
    try (var program = Program.start(name, FOLDER, environment, command)) {
      assertEquals(0, program.awaitExit(limit), program::toString);
      program.lines().stream().filter(line -> line.startsWith("ok: ")).forEach(System.out::println);
    }
  }
}
