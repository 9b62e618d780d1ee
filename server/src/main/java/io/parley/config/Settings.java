package io.parley.config;

/// Everything that can be set about a node, section by section; a component `messageBytes` of the
/// section `limits` is the key `limits.message-bytes`. A component with a `@Setting` of its own
/// stands in no section.
///
/// Made once by [SettingsReader]; no part of the server looks at files, environment or flags
/// itself. Immutable.
public record Settings(NodeSettings node, ListenSettings listen, TlsSettings tls,
    InternalSettings internal, RedisSettings redis, AccessSettings access, LimitSettings limits,
    DrainSettings drain, ProxySettings proxy, LogSettings log, CompressionSettings compression,
    @Setting(value = "false", as = Format.SWITCH,
        doc = "Whether `/echo` sends every message back to its sender, for checks of connectivity"
            + " and of conformance.") boolean echo) {

  /// The settings of a node of which nothing is said.
  public static Settings defaults() {
    return SettingKey.build(SettingKey::defaultValue);
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
    return SettingKey.build(each -> each.equals(changed) ? value : each.valueIn(this));
  }

  /// These settings as the text of a YAML file, secrets masked. Without a secret in it, reading the
  /// text gives equal settings.
  public String toYaml() {
    var yaml = new StringBuilder();
    var section = "";
    for (var key : SettingKey.ALL) {
      if (!key.sectionName().equals(section)) {
        section = key.sectionName();
        yaml.append(section.isEmpty() ? "" : section + ":\n");
      }
      yaml.append(section.isEmpty() ? "" : "  ").append(key.lastName()).append(": ")
          .append(key.setting().as().yaml(key.valueIn(this))).append('\n');
    }
    return yaml.toString();
  }
}
