package io.parley.config;

import io.parley.config.AccessSettings.Secret;
import io.parley.config.Settings.ApiKey;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How the text of a setting is read and written; parsing throws [IllegalArgumentException].
public enum Format {
  WHOLE("a whole number") {
    @Override
    Object parse(String text) {
      require(text.matches("-?[0-9]{1,18}"));
      return Long.parseLong(text);
    }
  },
  BYTES("bytes as 64KiB, 1MiB, 1GiB or a plain number") {
    @Override
    Object parse(String text) {
      return quantity(text, BYTE_UNITS);
    }

    @Override
    public String yaml(@Nullable Object value) {
      return value instanceof Number number ? written(number.longValue(), BYTE_UNITS, "") : "";
    }
  },
  DURATION("a duration as 250ms, 10s, 5m, 1h or 7d") {
    @Override
    Object parse(String text) {
      return Duration.ofMillis(quantity(text, TIME_UNITS));
    }

    @Override
    public String yaml(@Nullable Object value) {
      return value instanceof Duration duration
          ? written(duration.toMillis(), TIME_UNITS, "0s")
          : "";
    }
  },
  SWITCH("true or false") {
    @Override
    Object parse(String text) {
      require(text.equals("true") || text.equals("false"));
      return Boolean.parseBoolean(text);
    }
  },
  LOG_FORMAT("text or json") {
    @Override
    Object parse(String text) {
      require(text.equals("text") || text.equals("json"));
      return text;
    }
  },
  NAME("at most 64 letters, digits, dots, dashes and underscores") {
    @Override
    Object parse(String text) {
      require(text.equals(legalName(text)));
      return text;
    }
  },
  PREFIX("at most 64 printable ASCII characters, no blanks and none of {}*?[]\\") {
    @Override
    Object parse(String text) {
      // Braces would move the hash tag that keeps a channel's keys together; the rest are patterns.
      require(text.matches("[!-~&&[^{}*?\\[\\]\\\\]]{0,64}"));
      return text;
    }
  },
  ADDRESS("an address as 127.0.0.1 or ::1") {
    @Override
    Object parse(String text) {
      Network.parseAddress(text);
      return text;
    }
  },
  NETWORKS("addresses as 10.1.2.3 and networks as 10.0.0.0/8 or fd00::/8, no bits set behind the"
      + " prefix") {
    @Override
    Object parse(String text) {
      var networks = text.isEmpty() ? List.<String>of() : elements(text);
      networks.forEach(Network::parse);
      return networks;
    }

    @Override
    public String yaml(@Nullable Object value) {
      return value instanceof List<?> list
          ? list.stream().map(Format::quoted).collect(Collectors.joining(", ", "[", "]"))
          : "[]";
    }
  },
  ORIGINS("* for all, or origins as https://chat.example.com or https://chat.example.com:8443:"
      + " scheme, host and perhaps port, nothing behind them, no * inside") {
    @Override
    Object parse(String text) {
      var origins = text.isEmpty() ? List.<String>of() : elements(text);
      for (var origin : origins) {
        require(origin.equals("*") ? origins.size() == 1 : isOrigin(origin));
      }
      return origins;
    }

    // A page's origin never has the scheme of the socket that it opens.
    private static boolean isOrigin(String text) {
      return ORIGIN.matcher(text).matches() && !text.regionMatches(true, 0, "ws", 0, 2);
    }

    @Override
    public String yaml(@Nullable Object value) {
      return NETWORKS.yaml(value);
    }
  },
  /// A policy is one header: nothing may end a source or the directive that it stands in.
  SOURCES("'self', schemes as wss:, or hosts as chat.example.com, *.example.com or"
      + " wss://chat.example.com:8443, nothing behind them") {
    @Override
    Object parse(String text) {
      var sources = elements(text);
      sources.forEach(source -> require(SOURCE.matcher(source).matches()));
      return sources;
    }

    @Override
    public String yaml(@Nullable Object value) {
      return NETWORKS.yaml(value);
    }
  },
  API_KEYS("names and keys as backend=KEY, each name once and not `none`, a key of 16 to 256"
      + " printable ASCII characters without commas and blanks") {
    @Override
    Object parse(String text) {
      var keys = text.isEmpty()
          ? List.<ApiKey>of()
          : elements(text).stream().map(Format::apiKey).toList();
      require(keys.stream().map(ApiKey::name).distinct().count() == keys.size());
      return keys;
    }

    @Override
    public String yaml(@Nullable Object value) {
      return NETWORKS.yaml(value);
    }

    @Override
    String shown(String text) {
      return "***";
    }
  },
  PERMISSION("nobody, subscribers, owners, invited, users, anyone or token") {
    @Override
    Object parse(String text) {
      return permission(text);
    }

    @Override
    public String yaml(@Nullable Object value) {
      return value instanceof Permission permission ? permission.text() : "";
    }
  },
  /// Nobody is a subscriber before he subscribes.
  SUBSCRIBE_PERMISSION("nobody, owners, invited, users, anyone or token") {
    @Override
    Object parse(String text) {
      require(!text.equals(Permission.SUBSCRIBERS.text()));
      return permission(text);
    }

    @Override
    public String yaml(@Nullable Object value) {
      return PERMISSION.yaml(value);
    }
  },
  PATTERN("a regular expression of Java's, or nothing") {
    @Override
    Object parse(String text) {
      return Pattern.compile(text).pattern();
    }
  },
  FILE("the path of a file") {
    @Override
    @Nullable
    Object parse(String text) {
      return text.isEmpty() ? null : Path.of(text);
    }
  },
  FILES("paths of files") {
    @Override
    Object parse(String text) {
      return text.isEmpty() ? List.<Path>of() : elements(text).stream().map(Path::of).toList();
    }

    @Override
    public String yaml(@Nullable Object value) {
      return NETWORKS.yaml(value);
    }
  },
  TEXT("at most 255 characters on one line") {
    @Override
    Object parse(String text) {
      require(text.matches("\\P{Cntrl}{0,255}"));
      return text;
    }
  },
  /// The shortest that any algorithm takes (RFC 7518, section 3.2).
  SECRET("a secret of 32 bytes or more, as `openssl rand -hex 32` makes them") {
    @Override
    @Nullable
    Object parse(String text) {
      var secret = new Secret(text);
      require(text.isEmpty() || secret.bytes().length >= SECRET_BYTES_MIN);
      return text.isEmpty() ? null : secret;
    }

    @Override
    String shown(String text) {
      return new Secret(text) + " of " + new Secret(text).bytes().length + " bytes";
    }
  },
  HTTP_URL("https://host[:port]/path or http://…, without user and password") {
    @Override
    @Nullable
    Object parse(String text) {
      if (text.isEmpty()) {
        return null;
      }
      var url = URI.create(text);
      require(url.getHost() != null && url.getRawUserInfo() == null
          && ("https".equals(url.getScheme()) || "http".equals(url.getScheme())));
      return url;
    }

    @Override
    String shown(String text) {
      return super.shown(RedisUrl.masked(text));
    }
  },
  REDIS_URL("redis://[[user]:password@]host[:port][/db] or rediss://…, with sentinels"
      + " redis-sentinel://…host,host/db?master=NAME, special characters in user and password"
      + " percent-encoded") {
    @Override
    @Nullable
    Object parse(String text) {
      return text.isEmpty() ? null : RedisUrl.parse(text);
    }

    @Override
    String shown(String text) {
      return super.shown(RedisUrl.masked(text));
    }
  };

  private static final Map<String, Long> BYTE_UNITS = Map.of("", 1L, "KiB", 1L << 10, "MiB",
      1L << 20, "GiB", 1L << 30);
  private static final Map<String, Long> TIME_UNITS = Map.of("ms", 1L, "s", 1000L, "m", 60_000L,
      "h", 3_600_000L, "d", 86_400_000L);
  private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,18})([A-Za-z]*)");
  private static final Pattern KEY = Pattern.compile("[!-~&&[^,]]{16,256}");
  private static final Pattern ORIGIN = Pattern.compile(
      "[A-Za-z][A-Za-z0-9+.-]*://(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");
  private static final Pattern SOURCE = Pattern.compile("'self'|[A-Za-z][A-Za-z0-9+.-]*:"
      + "|(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:(?:\\*\\.)?[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])"
      + "(?::(?:[0-9]{1,5}|\\*))?");
  private static final int SHOWN_CHARS_MAX = 80;
  private static final int SECRET_BYTES_MIN = 32;

  /// What a legal text looks like, for messages.
  final String expectation;

  Format(String expectation) {
    this.expectation = expectation;
  }

  /// The value that a text stands for: a `Long`, `Duration`, `Boolean`, `String`, permission, path,
  /// list, secret or URL, null only for no path, no secret and no URL.
  abstract @Nullable Object parse(String text);

  /// The same, for what isn't a setting but is written like one.
  public @Nullable Object read(String text) {
    return parse(text);
  }

  /// A value as it stands in a YAML file, secrets masked.
  public String yaml(@Nullable Object value) {
    return value instanceof Number || value instanceof Boolean
        ? value.toString()
        : quoted(value == null ? "" : value);
  }

  /// A text that may be illegal, as it stands in a message: on one line, secrets masked.
  String shown(String text) {
    var line = text.isEmpty() ? "\"\"" : text.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= SHOWN_CHARS_MAX ? line : line.substring(0, SHOWN_CHARS_MAX) + "…";
  }

  /// Whether a YAML file may have it as a list.
  public boolean isList() {
    return this == NETWORKS || this == ORIGINS || this == SOURCES || this == FILES
        || this == API_KEYS;
  }

  /// One key and its name.
  ///
  /// @throws IllegalArgumentException if the text isn't both; it doesn't say what was found
  public static ApiKey apiKey(String text) {
    int equals = text.indexOf('=');
    var name = text.substring(0, Math.max(0, equals));
    var key = text.substring(equals + 1);
    require(!name.isEmpty() && name.equals(legalName(name)) && !name.equals("none")
        && KEY.matcher(key).matches());
    return new ApiKey(name, key);
  }

  private static Permission permission(String text) {
    return Arrays.stream(Permission.values()).filter(each -> each.text().equals(text)).findAny()
        .orElseThrow(() -> new IllegalArgumentException("permission"));
  }

  private static List<String> elements(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  /// What is left of a text as a node's name.
  static String legalName(String text) {
    var legal = text.replaceAll("[^A-Za-z0-9._-]", "-");
    return legal.length() <= 64 ? legal : legal.substring(0, 64);
  }

  private static long quantity(String text, Map<String, Long> units) {
    var parts = QUANTITY.matcher(text);
    require(parts.matches());
    var unit = units.get(parts.group(2));
    var count = Long.parseLong(parts.group(1));
    if (unit == null || count > Long.MAX_VALUE / unit) {
      throw new IllegalArgumentException("unit or size");
    }
    return count * unit;
  }

  /// The shortest way to write an amount: in the greatest unit that divides it.
  private static String written(long amount, Map<String, Long> units, String zero) {
    if (amount == 0 && !zero.isEmpty()) {
      return zero;
    }
    var best = units.entrySet().stream().filter(unit -> amount % unit.getValue() == 0)
        .filter(unit -> unit.getValue() == 1 || amount != 0)
        .max(Map.Entry.comparingByValue()).orElseThrow();
    return amount / best.getValue() + best.getKey();
  }

  private static String quoted(Object value) {
    return "'" + value.toString().replace("'", "''") + "'";
  }

  private static void require(boolean legal) {
    if (!legal) {
      throw new IllegalArgumentException("value (expected: another form)");
    }
  }
}
