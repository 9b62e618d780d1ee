package io.parley.e2e.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Programs that a machine may or may not have. A test that needs one skips itself without it, and
/// says so. Immutable.
public final class Installed {
  private Installed() {}

  /// Where the program is, by the `PATH`.
  public static Optional<Path> find(String program) {
    for (var folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      var file = Path.of(folder.isEmpty() ? "." : folder, program);
      if (Files.isRegularFile(file) && Files.isExecutable(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /// The program, or the end of the test that can't do without it.
  public static Path orSkip(String program) {
    var found = find(program);
    skipUnless(found.isPresent(), program + " is not installed");
    return found.orElseThrow();
  }

  /// Skips the test unless the condition holds, and prints why.
  public static void skipUnless(boolean condition, String reason) {
    if (!condition) {
      System.out.println("SKIPPED: " + reason);
    }
    assumeTrue(condition, reason);
  }
}
