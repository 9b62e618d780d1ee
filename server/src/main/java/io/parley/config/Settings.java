package io.parley.config;

import io.parley.config.AccessSettings.ClientSettings;
import io.parley.config.AccessSettings.TokenSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Everything that can be set about a node, section by section; a component `messageBytes` of the
/// section `limits` is the key `limits.message-bytes`. A component with a `@Setting` of its own
/// stands in no section. Each namespace is a section of the section `namespaces`: there are those
/// that Parley brings along, and each of which a key is set.
///
/// Made once by [SettingsReader]; no part of the server looks at files, environment or flags
/// itself. Immutable.
public record Settings(NodeSettings node, ListenSettings listen, TlsSettings tls,
    InternalSettings internal, RedisSettings redis, TokenSettings token,
    AccessSettings access, ClientSettings client,
    Map<String, NamespaceSettings> namespaces, HistorySettings history, PresenceSettings presence,
    LimitSettings limits, ApiSettings api, PageSettings page,
    DrainSettings drain, ProxySettings proxy, LogSettings log, CompressionSettings compression,
    @Setting(value = "false", as = Format.SWITCH,
        doc = "Whether `/echo` sends every message back to its sender, for checks of connectivity"
            + " and of conformance.") boolean echo) {

  /// How nodes know who is in a channel. It stands here because the package is full.
  public record PresenceSettings(
      @Setting(value = "15s", as = Format.DURATION, min = "1s", max = "10m",
          doc = "How long after its last sign of life a node is taken for dead. Its members leave"
              + " then, or up to two thirds of that time later.") Duration lease,
      @Setting(value = "5s", as = Format.DURATION, min = "0s", max = "10m",
          doc = "How long after the end of a connection its client leaves: a reload takes"
              + " less.") Duration leaveDelay,
      @Setting(value = "200", as = Format.WHOLE, min = "0", max = "1000000",
          doc = "In a channel with more clients, each node tells of joins and leaves once a second,"
              + " together.") int batchFrom,
      @Setting(value = "50", as = Format.WHOLE, min = "0", max = "500",
          doc = "How many of them it names then; of the rest it says how many.") int batchNames,
      @Setting(value = "1000", as = Format.WHOLE, min = "1", max = "100000",
          doc = "Users in one answer to who is there. Beyond: the answer has so"
              + " many.") int whoUsers,
      @Setting(value = "1000", as = Format.WHOLE, min = "1", max = "1000000",
          doc = "Such questions of a node that wait for Redis. Beyond: error 100 at"
              + " once.") int whoQueue) {}

  /// How the application's backend talks to a node. It stands here because the package is full.
  public record ApiSettings(
      @Setting(value = "", as = Format.API_KEYS,
          doc = "Who may use the server API at the internal port, and by which key, as"
              + " `backend=KEY`. A list, or one text with commas. None here and in"
              + " `api.keys-file`: nobody.") List<ApiKey> keys,
      @Setting(value = "", as = Format.FILE,
          doc = "A file of further keys, one on a line as `backend=KEY`; empty lines and those that"
              + " begin with `#` are passed over. It is read at the"
              + " start.") @Nullable Path keysFile,
      @Setting(value = "1MiB", as = Format.BYTES, min = "1KiB", max = "256MiB",
          doc = "The body of a request of the server API. Beyond: status 413.") int bodyBytes,
      @Setting(value = "1000", as = Format.WHOLE, min = "1", max = "100000",
          doc = "Clients in one answer to `presence` of the server API. Beyond: the answer has so"
              + " many.") int presenceClients,
      @Setting(value = "10000", as = Format.WHOLE, min = "1", max = "100000",
          doc = "Channels in one answer to `channels` of the server API. Beyond: the answer has the"
              + " first by their names, and says so.") int channels,
      @Setting(value = "1s", as = Format.DURATION, min = "50ms", max = "1m",
          doc = "How long the server API waits for the other nodes' answers. Beyond: it answers"
              + " without them.") Duration surveyTimeout) {
    public ApiSettings {
      keys = List.copyOf(keys);
    }
  }

  /// The page that a node serves. It stands here because the package is full.
  public record PageSettings(
      @Setting(value = "true", as = Format.SWITCH,
          doc = "Whether browsers get a page at `/`, a chat. Without it there are only WebSockets"
              + " there.") boolean enabled,
      @Setting(value = "'self'", as = Format.SOURCES,
          doc = "Where that page may connect (`connect-src` of its Content-Security-Policy):"
              + " `'self'` is the host that it came from, by WebSockets, too. A list, or one text"
              + " with commas.") List<String> connectSrc) {
    public PageSettings {
      connectSrc = List.copyOf(connectSrc);
    }
  }

  /// Somebody's key to the server API. Its text doesn't have the key.
  public record ApiKey(String name, String key) {
    @Override
    public String toString() {
      return name + "=***";
    }
  }

  /// Keeps the order of the namespaces, in which they are printed.
  public Settings {
    namespaces = Collections.unmodifiableMap(new LinkedHashMap<>(namespaces));
  }

  /// The settings of a node of which nothing is said.
  public static Settings defaults() {
    return SettingKey.build(Set.of(), SettingKey::defaultValue);
  }

  /// A copy in which one key has the value that `text` means, as a flag would set it. Relations
  /// between settings are not checked.
  ///
  /// @throws IllegalArgumentException if there is no such key, or the text is no value for it
  public Settings with(String key, String text) {
    var changed = SettingKey.find(key);
    if (changed == null) {
      throw new IllegalArgumentException("key: " + key + " (expected: a known one)");
    }
    var value = changed.parse(text);
    var names = new HashSet<>(namespaces.keySet());
    if (!changed.namespace().isEmpty()) {
      names.add(changed.namespace());
    }
    return SettingKey.build(names, each -> each.equals(changed) ? value : each.valueIn(this));
  }

  /// These settings as the text of a YAML file, secrets masked. Without a secret in it, reading the
  /// text gives equal settings.
  public String toYaml() {
    var yaml = new StringBuilder();
    var section = "";
    for (var key : SettingKey.all(namespaces.keySet())) {
      if (!key.sectionName().equals(section)) {
        yaml.append(headings(section, key));
        section = key.sectionName();
      }
      var indent = section.isEmpty() ? "" : key.namespace().isEmpty() ? "  " : "    ";
      yaml.append(indent).append(key.lastName()).append(": ")
          .append(key.setting().as().yaml(key.valueIn(this))).append('\n');
    }
    return yaml.toString();
  }

  /// The lines between the last key of a section and the first one of another.
  private static String headings(String before, SettingKey first) {
    var outer = SettingKey.NAMESPACES;
    if (!first.namespace().isEmpty()) {
      return (before.startsWith(outer + ".") ? "" : outer + ":\n") + "  " + first.namespace()
          + ":\n";
    }
    return first.sectionName().isEmpty() ? "" : first.sectionName() + ":\n";
  }
}
