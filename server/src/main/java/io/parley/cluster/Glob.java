package io.parley.cluster;

import java.util.regex.Pattern;

/// A pattern of names: `*` stands for any text, `?` for one character, everything else for itself.
/// Immutable.
///
/// @param pattern empty: every name
public record Glob(String pattern) {
  private static final Pattern STARS = Pattern.compile("\\*\\*+");

  /// Several `*` in a row are as good as one.
  public Glob {
    pattern = STARS.matcher(pattern).replaceAll("*");
  }

  /// Whether a name is one of those. It looks at each character at most once for each of the
  /// pattern's: no pattern takes long.
  public boolean matches(String name) {
    if (pattern.isEmpty()) {
      return true;
    }
    int at = 0;
    int star = -1;
    int retry = 0;
    int i = 0;
    while (i < name.length()) {
      char wanted = at < pattern.length() ? pattern.charAt(at) : 0;
      if (wanted == '*') {
        star = at++;
        retry = i;
      } else if (at < pattern.length() && (wanted == '?' || wanted == name.charAt(i))) {
        at++;
        i++;
      } else if (star >= 0) {
        // The last star takes one more.
        at = star + 1;
        i = ++retry;
      } else {
        return false;
      }
    }
    while (at < pattern.length() && pattern.charAt(at) == '*') {
      at++;
    }
    return at == pattern.length();
  }
}
