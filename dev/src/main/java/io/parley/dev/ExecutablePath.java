package io.parley.dev;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// Where an installed program is: on the `PATH`, or where distributions put what administrators
/// use, which isn't on everybody's.
final class ExecutablePath {
  private ExecutablePath() {}

  static Optional<Path> find(String name) {
    var path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
