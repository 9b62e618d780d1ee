package io.parley.dev;

import java.io.PrintStream;

/// Where `up` speaks: its own lines as they are, a child's lines behind the child's name. Whole
/// lines only, so that what several children say at once stays readable. Thread-safe.
final class Console {
  private final PrintStream out;

  Console(PrintStream out) {
    this.out = out;
  }

  void say(String line) {
    out.println(line);
  }

  /// One line that the child of this name wrote.
  void echo(String name, String line) {
    out.println(name + " | " + line);
  }
}
