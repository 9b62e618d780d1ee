package io.parley.e2e.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Where the things are that the tests start. Immutable.
public final class Repository {
  /// Surefire and Failsafe say where the module is; the repository is around it.
  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  private static final Path ROOT = Objects.requireNonNull(MODULE.getParent(), "a module in /");

  private Repository() {}

  public static Path root() {
    return ROOT;
  }

  /// The directory of this module.
  public static Path module() {
    return MODULE;
  }

  /// `./parley`, by its full path.
  public static Path launcher() {
    var launcher = ROOT.resolve("parley");
    if (!Files.isExecutable(launcher)) {
      throw new IllegalStateException("launcher: " + launcher + " (expected: an executable file)");
    }
    return launcher;
  }
}
