package io.parley.auth;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Which pages may open a connection. A browser lets any page connect to any server, with the
/// user's cookies and from inside of his network, and says only where the page comes from (RFC
/// 6455, section 10.2): so the server has to look.
///
/// Without a list those are let in that come from the host that they connect to. Then the scheme
/// doesn't count, because a proxy may end TLS, and neither does a port that is some scheme's
/// default. With a list only those in it are, even the page at the server's own host: a name that
/// somebody points at our address (DNS rebinding) is a host like any other to us.
///
/// Immutable.
public final class Origins {
  private static final String ALL = "*";

  private final boolean areAllAllowed;
  private final Set<String> allowed = new HashSet<>();

  /// @param allowed `*`, or origins as browsers write them; empty: only the server's own
  public Origins(List<String> allowed) {
    areAllAllowed = allowed.contains(ALL);
    allowed.forEach(origin -> this.allowed.add(canonical(origin)));
  }

  /// Whether a client is let in.
  ///
  /// @param origins what its request says, header by header; empty: it is no browser
  /// @param host what it says it connects to
  public boolean admits(List<String> origins, String host) {
    if (origins.isEmpty()) {
      return true;
    }
    if (origins.size() > 1) {
      return false;
    }
    var origin = origins.getFirst();
    if (areAllAllowed) {
      return true;
    }
    return allowed.isEmpty() ? isOwn(origin, host) : allowed.contains(canonical(origin));
  }

  private static boolean isOwn(String origin, String host) {
    int authority = origin.indexOf("://");
    return authority > 0
        && withoutDefaultPort(origin.substring(authority + 3)).equals(withoutDefaultPort(host));
  }

  private static String withoutDefaultPort(String authority) {
    var lower = authority.toLowerCase(Locale.ROOT);
    return withoutEnd(withoutEnd(lower, ":80"), ":443");
  }

  /// An origin as all its spellings can be written.
  private static String canonical(String origin) {
    var lower = origin.toLowerCase(Locale.ROOT);
    if (lower.startsWith("https://")) {
      return withoutEnd(lower, ":443");
    }
    return lower.startsWith("http://") ? withoutEnd(lower, ":80") : lower;
  }

  private static String withoutEnd(String text, String end) {
    return text.endsWith(end) ? text.substring(0, text.length() - end.length()) : text;
  }
}
