package io.parley.config;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One setting as users name it, with the record component that declares it. Immutable.
///
/// The records are the only list of settings: reader, printer and documentation go through [#ALL]
/// or [#all]. Each namespace is a section of its own, `namespaces.room`, with the keys of
/// [NamespaceSettings]; since users name namespaces, those keys are made where they are asked for.
///
/// @param sectionName empty if it stands in no section
/// @param section null if it stands in none
/// @param defaultText the default as a user would write it
public record SettingKey(String sectionName, String lastName, @Nullable RecordComponent section,
    RecordComponent component, Setting setting, String defaultText) {

  /// The section that has a section for each namespace.
  public static final String NAMESPACES = "namespaces";

  /// Every key but those of namespaces, in the order of declaration.
  public static final List<SettingKey> ALL = declared();

  private static final Map<String, SettingKey> BY_NAME = byName();
  /// A name in any of the three spellings, with which somebody may have meant a namespace's key.
  private static final Pattern OF_NAMESPACE = Pattern.compile(
      "(?:--|PARLEY_)?namespaces[._](?<name>[^._]+)[._](?<key>.*)", Pattern.CASE_INSENSITIVE);

  public static @Nullable SettingKey find(String name) {
    var known = BY_NAME.get(name);
    var parts = OF_NAMESPACE.matcher(name);
    return known == null && parts.matches() && NamespaceSettings.isName(parts.group("name"))
        ? first(ofNamespace(parts.group("name")), key -> key.name().equals(name))
        : known;
  }

  /// The key that an environment variable of this name sets.
  public static @Nullable SettingKey findVariable(String name) {
    return first(near(name), key -> key.environmentName().equals(name));
  }

  /// What somebody may have meant who gave this name to a key, a flag or a variable: all keys, also
  /// those of the namespace that the name speaks of.
  public static List<SettingKey> near(String given) {
    var parts = OF_NAMESPACE.matcher(given);
    var name = parts.matches() ? parts.group("name").toLowerCase(Locale.ROOT) : "";
    return all(NamespaceSettings.isName(name) ? Set.of(name) : Set.of());
  }

  /// Every key, in the order of declaration, of the shipped namespaces and others.
  public static List<SettingKey> all(Set<String> namespaces) {
    var keys = new ArrayList<SettingKey>();
    for (var part : Settings.class.getRecordComponents()) {
      if (isOfNamespaces(part)) {
        shippedAnd(namespaces).forEach(name -> keys.addAll(ofNamespace(name)));
      } else {
        ALL.stream().filter(key -> key.isPartOf(part)).forEach(keys::add);
      }
    }
    return keys;
  }

  /// The keys of one namespace.
  ///
  /// @param name one that namespaces may have
  public static List<SettingKey> ofNamespace(String name) {
    return declared(NAMESPACES + "." + name, namespacesPart(), NamespaceSettings.class,
        (key, setting) -> NamespaceSettings.defaultText(name, key, setting));
  }

  public static boolean isSection(String name) {
    return !name.isEmpty() && ALL.stream().anyMatch(key -> key.sectionName.equals(name));
  }

  /// Puts settings together from a value for each key.
  ///
  /// @param namespaces those that there are beside the shipped ones
  public static Settings build(Set<String> namespaces,
      Function<SettingKey, @Nullable Object> values) {
    var sections = new ArrayList<@Nullable Object>();
    for (var section : Settings.class.getRecordComponents()) {
      if (isOfNamespaces(section)) {
        var all = new LinkedHashMap<String, Object>();
        shippedAnd(namespaces).forEach(name -> all.put(name,
            create(NamespaceSettings.class, fitted(ofNamespace(name).stream(), values))));
        sections.add(all);
        continue;
      }
      var parts = fitted(ALL.stream().filter(key -> key.isPartOf(section)), values);
      sections.add(section.isAnnotationPresent(Setting.class)
          ? parts[0]
          : create(section.getType(), parts));
    }
    return (Settings) create(Settings.class, sections.toArray());
  }

  /// The namespace whose key it is; empty if it is none's.
  public String namespace() {
    return sectionName.startsWith(NAMESPACES + ".")
        ? sectionName.substring(NAMESPACES.length() + 1)
        : "";
  }

  /// Whether this component of the settings is the key's section, or the key itself.
  private boolean isPartOf(RecordComponent part) {
    return part.getName().equals((section == null ? component : section).getName());
  }

  public String name() {
    return sectionName.isEmpty() ? lastName : sectionName + "." + lastName;
  }

  public String environmentName() {
    return "PARLEY_" + name().toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  public @Nullable Object defaultValue() {
    return parse(defaultText);
  }

  /// The value that a text stands for.
  ///
  /// @throws IllegalArgumentException if the text has not the format, or is out of range; says what
  /// was expected
  public @Nullable Object parse(String text) {
    try {
      var value = setting.as().parse(text);
      if (measured() && !inRange(value)) {
        throw new IllegalArgumentException("value (expected: " + range() + ")");
      }
      return value;
    } catch (IllegalArgumentException e) {
      // Without the cause, whose message may have a part of a password.
      throw new IllegalArgumentException(
          setting.as().shown(text) + " (expected: " + expectation() + ")");
    }
  }

  /// The range in words, empty where there is none.
  public String range() {
    return measured() ? setting.min() + " to " + setting.max() : "";
  }

  /// The value; the default, if the settings don't have the namespace whose key it is.
  public @Nullable Object valueIn(Settings settings) {
    try {
      var holder = section == null ? settings : section.getAccessor().invoke(settings);
      if (holder instanceof Map<?, ?> namespaces) {
        holder = namespaces.get(namespace());
      }
      return holder == null ? defaultValue() : component.getAccessor().invoke(holder);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + name(), e);
    }
  }

  private boolean measured() {
    return !setting.min().isEmpty();
  }

  /// Format and range in words.
  public String expectation() {
    return setting.as().expectation + (measured() ? ", " + range() : "");
  }

  private boolean inRange(@Nullable Object value) {
    var amount = amount(value);
    return amount >= amount(setting.as().parse(setting.min()))
        && amount <= amount(setting.as().parse(setting.max()));
  }

  /// Two keys of one name are one; hashing annotations would go through proxies.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SettingKey key && key.name().equals(name());
  }

  @Override
  public int hashCode() {
    return name().hashCode();
  }

  private static long amount(@Nullable Object value) {
    return switch (value) {
      case Duration duration -> duration.toMillis();
      case Number number -> number.longValue();
      case null, default -> throw new IllegalStateException(
          "value: " + value + " (expected: a measured one)");
    };
  }

  /// Numbers are read as longs; the range of an `int` component lies within it.
  private @Nullable Object fitted(@Nullable Object value) {
    return value instanceof Number number && component.getType() == int.class
        ? Integer.valueOf(Math.toIntExact(number.longValue()))
        : value;
  }

  private static Object create(Class<?> type, @Nullable Object[] parts) {
    var components = type.getRecordComponents();
    var types = new Class<?>[components.length];
    for (var i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(parts);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot create " + type, e);
    }
  }

  private static @Nullable Object[] fitted(Stream<SettingKey> keys,
      Function<SettingKey, @Nullable Object> values) {
    return keys.<@Nullable Object>map(key -> key.fitted(values.apply(key))).toArray();
  }

  private static @Nullable SettingKey first(List<SettingKey> keys, Predicate<SettingKey> wanted) {
    return keys.stream().filter(wanted).findFirst().orElse(null);
  }

  /// The shipped ones in their order, then the others by name.
  private static Set<String> shippedAnd(Set<String> namespaces) {
    var names = new LinkedHashSet<>(NamespaceSettings.shippedNames());
    names.addAll(new TreeSet<>(namespaces));
    return names;
  }

  /// Only the namespaces are a map.
  private static boolean isOfNamespaces(RecordComponent section) {
    return section.getType() == Map.class;
  }

  private static RecordComponent namespacesPart() {
    return Arrays.stream(Settings.class.getRecordComponents()).filter(SettingKey::isOfNamespaces)
        .findAny().orElseThrow();
  }

  private static List<SettingKey> declared() {
    var keys = new ArrayList<SettingKey>();
    for (var section : Settings.class.getRecordComponents()) {
      var own = section.getAnnotation(Setting.class);
      if (own != null) {
        keys.add(new SettingKey("", kebab(section.getName()), null, section, own, own.value()));
      } else if (!isOfNamespaces(section)) {
        keys.addAll(declared(kebab(section.getName()), section, section.getType(),
            (key, setting) -> setting.value()));
      }
    }
    return List.copyOf(keys);
  }

  /// The keys of a section.
  ///
  /// @param defaults the default of a key by its last name
  private static List<SettingKey> declared(String sectionName, RecordComponent section,
      Class<?> type, BiFunction<String, Setting, String> defaults) {
    var keys = new ArrayList<SettingKey>();
    for (var component : type.getRecordComponents()) {
      var setting = component.getAnnotation(Setting.class);
      if (setting == null) {
        throw new IllegalStateException(component + " (expected: a @Setting)");
      }
      var name = kebab(component.getName());
      keys.add(new SettingKey(sectionName, name, section, component, setting,
          defaults.apply(name, setting)));
    }
    return keys;
  }

  private static Map<String, SettingKey> byName() {
    var names = new LinkedHashMap<String, SettingKey>();
    ALL.forEach(key -> names.put(key.name(), key));
    return names;
  }

  private static String kebab(String camel) {
    return camel.replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }
}
