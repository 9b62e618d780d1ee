package io.parley.e2e.checker;

import io.parley.e2e.checker.Finding.Kind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a check has found so far; the same thing once. Confined to the check's thread.
final class Findings {
  private final Set<Finding> all = new LinkedHashSet<>();

  void add(Kind kind, String what) {
    all.add(new Finding(kind, what));
  }

  List<Finding> all() {
    return List.copyOf(all);
  }
}
