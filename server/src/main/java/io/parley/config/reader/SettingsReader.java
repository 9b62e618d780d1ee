package io.parley.config.reader;

import io.parley.config.RedisUrl;
import io.parley.config.SettingKey;
import io.parley.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads settings from a YAML file, the environment and flags; the later one wins, key by key.
///
/// It goes on after a problem, so that all of them are said at once: somebody who deploys should
/// need one try to find them, not one for each. Confined to the reading thread.
public final class SettingsReader {
  private static final String ENVIRONMENT_PREFIX = "PARLEY_";
  /// The launcher's.
  private static final Set<String> FOREIGN = Set.of("PARLEY_JAVA_HOME");
  /// Kubernetes tells every pod of every service like this; of a service `parley-x`, too.
  private static final Pattern SERVICE_LINK = Pattern.compile("PARLEY_(.*_)?"
      + "(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_.*)?)=.*"
      + "|PARLEY_(.*_)?PORT=(tcp|udp|sctp)://.*", Pattern.DOTALL);

  private final List<String> problems = new ArrayList<>();
  private final Map<SettingKey, @Nullable Object> values = new HashMap<>();
  /// Where the values are from; keys with their default are missing.
  private final Map<SettingKey, String> origins = new HashMap<>();
  /// Keys whose last value could not be read, so that no relation of theirs can be judged.
  private final Set<SettingKey> broken = new HashSet<>();

  private SettingsReader() {}

  /// Reads what there is; without file, environment and flags these are the defaults.
  ///
  /// @param flags `--KEY=VALUE` or `--KEY VALUE`, nothing else
  /// @throws SettingsException with every problem that there is
  public static Settings read(@Nullable Path file, Map<String, String> environment,
      List<String> flags) throws SettingsException {
    var reader = new SettingsReader();
    if (file != null) {
      new YamlFile(file, reader).read();
    }
    reader.readEnvironment(environment);
    reader.readFlags(flags);
    return reader.conclude();
  }

  /// Sets a key, or notes why it cannot be set.
  ///
  /// @param origin where the text stands
  /// @param label the origin, and the key if the origin doesn't name it
  void take(SettingKey key, String text, String origin, String label) {
    origins.put(key, origin);
    try {
      values.put(key, key.parse(text.strip()));
      broken.remove(key);
    } catch (IllegalArgumentException e) {
      broken.add(key);
      problem(label, String.valueOf(e.getMessage()));
    }
  }

  void problem(String label, String what) {
    problems.add(label + ": " + what);
  }

  /// What to say of a name that does not exist.
  static String unknown(String what, String given, List<String> known) {
    var meant = NearestName.to(given, known);
    if (meant.isEmpty()) {
      // A key without its section.
      var suffix = "." + given.replaceFirst("^(.*\\.|--)", "");
      meant = known.stream().filter(name -> name.endsWith(suffix))
          .reduce((some, another) -> some + " or " + another);
    }
    return "unknown " + what + meant.map(name -> " (did you mean " + name + "?)").orElse("");
  }

  private void readEnvironment(Map<String, String> environment) {
    new TreeMap<>(environment).forEach((name, text) -> {
      if (!name.startsWith(ENVIRONMENT_PREFIX) || FOREIGN.contains(name)
          || SERVICE_LINK.matcher(name + "=" + text).matches()) {
        return;
      }
      var key = SettingKey.findVariable(name);
      if (key == null) {
        problem(name, unknown("environment variable", name,
            SettingKey.near(name).stream().map(SettingKey::environmentName).toList()));
      } else {
        take(key, text, name, name);
      }
    });
  }

  private void readFlags(List<String> flags) {
    var seen = new HashSet<String>();
    for (var i = 0; i < flags.size(); i++) {
      var flag = flags.get(i);
      if (!flag.startsWith("--")) {
        problem(RedisUrl.masked(flag), "unexpected argument (expected: --KEY=VALUE)");
        continue;
      }
      var equals = flag.indexOf('=');
      var name = equals < 0 ? flag : flag.substring(0, equals);
      var text = equals < 0 ? null : flag.substring(equals + 1);
      if (equals < 0 && i + 1 < flags.size() && !flags.get(i + 1).startsWith("--")) {
        i++;
        text = flags.get(i);
      }
      var key = SettingKey.find(name.substring(2));
      if (key == null) {
        problem(name, unknown("flag", name,
            SettingKey.near(name).stream().map(each -> "--" + each.name()).toList()));
      } else if (!seen.add(name)) {
        problem(name, "given twice (expected: once)");
      } else if (text == null) {
        problem(name, "no value (expected: " + key.expectation() + ")");
      } else {
        take(key, text, name, name);
      }
    }
  }

  private Settings conclude() throws SettingsException {
    // A key that could not be read stands at its default, so that the others can be related.
    var namespaces = values.keySet().stream().map(SettingKey::namespace)
        .filter(name -> !name.isEmpty()).collect(Collectors.toSet());
    var settings = SettingKey.build(namespaces,
        key -> values.containsKey(key) ? values.get(key) : key.defaultValue());
    for (var relation : Relation.of(settings)) {
      if (relation.keys().noneMatch(broken::contains) && !relation.holds().test(settings)) {
        problems.add(described(relation.subject(), settings) + " (expected: " + relation.phrase()
            + (relation.objects().isEmpty() ? "" : " ") + String.join(" + ",
                relation.objects().stream().map(key -> described(key, settings)).toList())
            + ")");
      }
    }
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return settings;
  }

  private String described(SettingKey key, Settings settings) {
    var origin = origins.get(key);
    return key.name() + ": " + key.setting().as().yaml(key.valueIn(settings))
        + (origin == null ? " by default" : " from " + origin);
  }
}
