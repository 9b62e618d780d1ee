package io.parley.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Where Redis is and how to enter, user and password decoded. Its text has the password masked, so
/// that it can be logged.
///
/// Not [java.net.URI], which knows no host of a name with an underscore, as containers have it.
///
/// @param hosts Redis itself, one; or, if there is a master, the sentinels that know where it is
/// @param master what the sentinels call the Redis that is meant; null: there are no sentinels.
/// User and password are for that Redis, and not for the sentinels
public record RedisUrl(boolean tls, @Nullable String user, @Nullable String password,
    List<Host> hosts, int database, @Nullable String master) {
  private static final int DEFAULT_PORT = 6379;
  private static final int DEFAULT_SENTINEL_PORT = 26379;
  private static final String HOST = "(?:\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?";
  private static final Pattern FORM = Pattern.compile("redis(?<tls>s?)(?<sentinels>-sentinel)?://"
      + "(?:(?<user>[^:@/]*):(?<password>[^@/]+)@)?"
      + "(?<hosts>" + HOST + "(?:," + HOST + ")*)"
      + "(?:/(?<database>[0-9]{1,5})?)?(?:\\?master=(?<master>[A-Za-z0-9._-]+))?");

  /// One address of several.
  ///
  /// @param name or address; an IPv6 address without its brackets
  public record Host(String name, int port) {
    @Override
    public String toString() {
      return (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + port;
    }
  }

  public RedisUrl {
    hosts = List.copyOf(hosts);
  }

  /// Reads a URL as the settings document it.
  ///
  /// @throws IllegalArgumentException if the text is no such URL; says nothing of the text, which
  /// may hold a password
  public static RedisUrl parse(String text) {
    var parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("Redis URL (expected: redis://…)");
    }
    boolean isSentinels = parts.group("sentinels") != null;
    var master = parts.group("master");
    if (isSentinels != (master != null)) {
      throw new IllegalArgumentException(
          "Redis URL (expected: ?master=NAME with sentinels, and only with them)");
    }
    var hosts = Arrays.stream(parts.group("hosts").split(",", -1))
        .map(host -> host(host, isSentinels ? DEFAULT_SENTINEL_PORT : DEFAULT_PORT)).toList();
    if (!isSentinels && hosts.size() > 1) {
      throw new IllegalArgumentException("Redis URL (expected: one host)");
    }
    var user = parts.group("user");
    var password = parts.group("password");
    return new RedisUrl(!parts.group("tls").isEmpty(),
        user == null || user.isEmpty() ? null : decoded(user),
        password == null ? null : decoded(password), hosts, number(parts.group("database"), 0),
        master);
  }

  private static Host host(String text, int defaultPort) {
    int nameEnd = text.indexOf(':', text.lastIndexOf(']') + 1);
    var name = nameEnd < 0 ? text : text.substring(0, nameEnd);
    int port = nameEnd < 0 ? defaultPort : Integer.parseInt(text.substring(nameEnd + 1));
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
    }
    if (!name.startsWith("[")) {
      return new Host(name, port);
    }
    var address = name.substring(1, name.length() - 1);
    Network.parseAddress(address);
    return new Host(address, port);
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
    return (tls ? "rediss" : "redis") + (master == null ? "" : "-sentinel") + "://" + login
        + hosts.stream().map(Host::toString).collect(Collectors.joining(","))
        + (database == 0 ? "" : "/" + database) + (master == null ? "" : "?master=" + master);
  }
}
