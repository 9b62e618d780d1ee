package io.parley.config;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One setting as users name it, with the record component that declares it. Immutable.
///
/// The records are the only list of settings: reader, printer and documentation go through [#ALL].
///
/// @param sectionName empty if it stands in no section
/// @param section null if it stands in none
public record SettingKey(String sectionName, String lastName, @Nullable RecordComponent section,
    RecordComponent component, Setting setting) {

  /// Every key, in the order of declaration.
  public static final List<SettingKey> ALL = declared();

  private static final Map<String, SettingKey> BY_NAME = byName();

  public static @Nullable SettingKey find(String name) {
    return BY_NAME.get(name);
  }

  public static boolean isSection(String name) {
    return !name.isEmpty() && ALL.stream().anyMatch(key -> key.sectionName.equals(name));
  }

  /// Puts settings together from a value for each key.
  public static Settings build(Function<SettingKey, @Nullable Object> values) {
    var sections = new ArrayList<@Nullable Object>();
    for (var section : Settings.class.getRecordComponents()) {
      var parts = ALL.stream().filter(key -> key.isPartOf(section))
          .<@Nullable Object>map(key -> key.fitted(values.apply(key))).toArray();
      sections.add(section.isAnnotationPresent(Setting.class)
          ? parts[0]
          : create(section.getType(), parts));
    }
    return (Settings) create(Settings.class, sections.toArray());
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
    return parse(setting.value());
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

  public @Nullable Object valueIn(Settings settings) {
    try {
      var holder = section == null ? settings : section.getAccessor().invoke(settings);
      return component.getAccessor().invoke(holder);
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

  private static List<SettingKey> declared() {
    var keys = new ArrayList<SettingKey>();
    for (var section : Settings.class.getRecordComponents()) {
      var own = section.getAnnotation(Setting.class);
      if (own != null) {
        keys.add(new SettingKey("", kebab(section.getName()), null, section, own));
        continue;
      }
      for (var component : section.getType().getRecordComponents()) {
        var setting = component.getAnnotation(Setting.class);
        if (setting == null) {
          throw new IllegalStateException(component + " (expected: a @Setting)");
        }
        keys.add(new SettingKey(kebab(section.getName()), kebab(component.getName()), section,
            component, setting));
      }
    }
    return List.copyOf(keys);
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
