package io.parley.log;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Set;

/// Something that is wrong for a while, as the log tells of it: a warning when it begins, one for
/// each other reason that shows up while it lasts, and a line when it is over. However often it is
/// met in between, nothing more is said.
///
/// Confined to the loop of whoever has it.
public final class Trouble {
  /// Texts of reasons may differ without end (a port in them); nobody needs more of them.
  private static final int REASONS_MAX = 5;

  private final Logger log;
  private final String subject;
  private final Set<String> told = new HashSet<>();

  /// @param subject what has it; begins each line
  public Trouble(Logger log, String subject) {
    this.log = log;
    this.subject = subject;
  }

  /// There is trouble, for this reason.
  public void tell(String reason) {
    if (told.size() < REASONS_MAX && told.add(reason)) {
      log.log(Level.WARNING, subject + ": " + reason);
    }
  }

  public boolean isOn() {
    return !told.isEmpty();
  }

  /// If there was trouble, it is over.
  public void over(String news) {
    if (isOn()) {
      told.clear();
      log.log(Level.INFO, subject + ": " + news);
    }
  }
}
