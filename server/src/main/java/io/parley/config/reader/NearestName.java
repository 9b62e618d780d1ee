package io.parley.config.reader;

import java.util.Collection;
import java.util.Optional;

/// Finds what somebody meant who wrote a name that does not exist.
final class NearestName {
  private NearestName() {}

  /// The known name with the fewest letters to change, unless it would be a guess: at most a
  /// third of the letters may differ, those of the sections that both are in not counted; two may
  /// in any section.
  static Optional<String> to(String given, Collection<String> known) {
    var best = "";
    var bestDistance = Integer.MAX_VALUE;
    for (var name : known) {
      var distance = distance(given, name);
      int shared = sharedSections(given, name);
      int most = Math.max(shared == 0 ? 1 : 2, (given.length() - shared) / 3);
      if (distance <= most && distance < bestDistance) {
        best = name;
        bestDistance = distance;
      }
    }
    return best.isEmpty() ? Optional.empty() : Optional.of(best);
  }

  /// The length of the sections with which both names begin, up to the last dot or underscore.
  private static int sharedSections(String a, String b) {
    int shared = 0;
    for (int i = 0; i < Math.min(a.length(), b.length()) && a.charAt(i) == b.charAt(i); i++) {
      if (a.charAt(i) == '.' || a.charAt(i) == '_') {
        shared = i + 1;
      }
    }
    return shared;
  }

  /// Letters to insert, delete or replace (Levenshtein), row by row.
  private static int distance(String a, String b) {
    var row = new int[b.length() + 1];
    for (var j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (var i = 1; i <= a.length(); i++) {
      var diagonal = row[0];
      row[0] = i;
      for (var j = 1; j < row.length; j++) {
        var replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
