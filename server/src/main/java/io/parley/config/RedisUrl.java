package io.parley.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where Redis is and how to enter, user and password decoded. Its text has the password masked, so
/// that it can be logged.
///
/// Not [java.net.URI], which knows no host of a name with an underscore, as containers have it.
public record RedisUrl(boolean tls, @Nullable String user, @Nullable String password, String host,
    int port, int database) {
  private static final int DEFAULT_PORT = 6379;
  private static final Pattern FORM = Pattern.compile("(redis|rediss)://"
      + "(?:(?<user>[^:@/]*):(?<password>[^@/]+)@)?"
      + "(?<host>\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)"
      + "(?::(?<port>[0-9]{1,5}))?(?:/(?<database>[0-9]{1,5})?)?");

  /// Reads a URL as the settings document it.
  ///
  /// @throws IllegalArgumentException if the text is no such URL; says nothing of the text, which
  /// may hold a password
  public static RedisUrl parse(String text) {
    var parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("Redis URL (expected: redis://…)");
    }
    var port = number(parts.group("port"), DEFAULT_PORT);
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
    }
    var host = parts.group("host");
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
      Network.parseAddress(host);
    }
    var user = parts.group("user");
    return new RedisUrl(text.startsWith("rediss:"), user == null || user.isEmpty()
        ? null
        : decoded(user), parts.group("password") == null ? null : decoded(parts.group("password")),
        host, port, number(parts.group("database"), 0));
  }

  /// What may be shown of a text that was meant as a URL and may be none: nothing that could be
  /// part of a password.
  public static String masked(String text) {
    var at = text.lastIndexOf('@');
    var scheme = text.indexOf("://");
    var begin = scheme < 0 ? 0 : scheme + 3;
    if (at >= begin) {
      return text.substring(0, begin) + "***" + text.substring(at);
    }
    // No host behind it, perhaps: `redis://user:secret`. A port or a database may be seen.
    var colon = text.indexOf(':', begin);
    return colon < 0 || text.startsWith("[", begin)
        || text.substring(colon + 1).matches("[0-9]{1,5}(/[0-9]*)?")
            ? text
            : text.substring(0, colon + 1) + "***";
  }

  private static int number(@Nullable String digits, int otherwise) {
    return digits == null ? otherwise : Integer.parseInt(digits);
  }

  private static String decoded(String text) {
    // A plus is a plus here; only in forms it means a blank.
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    var login = password == null ? "" : (user == null ? "" : user) + ":***@";
    var shownHost = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return (tls ? "rediss://" : "redis://") + login + shownHost + ":" + port
        + (database == 0 ? "" : "/" + database);
  }
}
