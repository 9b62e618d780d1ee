package io.parley.dev;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/// What a [Child] runs. The child calls [#command] before each start, on its own thread; then
/// [#isReady] again and again, on another one, until it is true or the process has ended; then
/// [#onSettled] once.
interface Program {
  /// The word that stands before its lines.
  String name();

  List<String> command() throws IOException;

  /// What is added to the environment that `up` itself was given.
  default Map<String, String> environment() {
    return Map.of();
  }

  /// Whether the process does its work now. May block for a second or so.
  ///
  /// @throws IOException if it can't be asked, which is as good as false
  boolean isReady() throws IOException;

  /// Called after each start once the process is ready, or has ended without getting there.
  default void onSettled() {}

  /// Whether its output is shown as it comes. Otherwise its last lines are told when it dies.
  default boolean isTalkative() {
    return true;
  }

  /// How long it may take to end after SIGTERM before it gets SIGKILL.
  int endSeconds();
}
