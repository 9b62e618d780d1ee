package io.parley.config.reader;

import java.util.ArrayList;
import java.util.List;

/// Settings that cannot be used, with everything that is wrong about them. The message has a
/// problem per line; whoever starts the program prints it and exits with 2.
public final class SettingsException extends Exception {
  private static final long serialVersionUID = 1;

  private final ArrayList<String> problems;

  SettingsException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = new ArrayList<>(problems);
  }

  /// At least one: where it was found, the value, and what was expected.
  public List<String> problems() {
    return List.copyOf(problems);
  }
}
