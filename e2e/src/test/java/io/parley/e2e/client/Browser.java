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

/// The installed Chromium, driven by `e2e/browser/scenarios.mjs` in Node.js: one for all scenarios
/// of a test class, with new profiles in each. Confined to the test's thread.
public final class Browser implements AutoCloseable {
  /// Where pictures of the page are kept: test output, like the reports.
  public static final Path SHOTS = Repository.module().resolve("target/screenshots");

  private static final Path FOLDER = Repository.module().resolve("browser");
  private static final Duration INSTALL_WITHIN = Duration.ofMinutes(2);
  private static final Duration SCENARIO_WITHIN = Duration.ofSeconds(80);

  private final Program driver;

  private Browser(Program driver) {
    this.driver = driver;
  }

  /// The browser of `$CHROMIUM`, or of the `PATH`; the test is skipped where there is none. Fetches
  /// what drives it, the first time and when that has changed.
  public static Browser orSkip() {
    var chosen = System.getenv("CHROMIUM");
    var chromium = chosen == null ? Installed.orSkip("chromium") : Path.of(chosen);
    var node = Installed.orSkip("node");
    if (isOutdated()) {
      install(Installed.orSkip("npm"));
    }
    return new Browser(Program.start("browser", FOLDER,
        Map.of("CHROMIUM", chromium.toString(), "SHOTS", SHOTS.toString(), "TMPDIR",
            System.getProperty("java.io.tmpdir")),
        List.of(node.toString(), "scenarios.mjs")));
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

  private static void install(Path npm) {
    try (var program = Program.start("npm", FOLDER, Map.of(),
        List.of(npm.toString(), "ci", "--no-audit", "--no-fund"))) {
      assertEquals(0, program.awaitExit(INSTALL_WITHIN), program::toString);
    }
  }

  /// Plays a scenario to its end; what it says goes to the test's output.
  ///
  /// @param json its argument
  public void play(String scenario, String json) {
    begin(scenario, json);
    awaitEnd(scenario);
  }

  /// Begins a scenario, which is played while others are. It is to be played once.
  public void begin(String scenario, String json) {
    driver.tell(scenario + " " + json.replace("\n", " "));
  }

  /// Waits for the end of one that was begun.
  public void awaitEnd(String scenario) {
    var end = driver.awaitLine("^" + scenario + ": (done|failed)$", SCENARIO_WITHIN);
    var said = driver.lines().stream().filter(line -> line.startsWith(scenario + ": ")).toList();
    assertEquals("done", end.group(1), () -> String.join("\n", said));
    said.stream().filter(line -> line.startsWith(scenario + ": ok: ")).forEach(System.out::println);
  }

  @Override
  public void close() {
    driver.close();
  }
}
