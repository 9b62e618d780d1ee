package io.parley.e2e.checker;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Events as lines of JSON, by the names of their components, so that a new event needs nothing
/// here. Immutable.
final class EventJson {
  private static final String KIND = "event";
  private static final Map<String, Class<?>> KINDS = Arrays
      .stream(Event.class.getPermittedSubclasses())
      .collect(Collectors.toMap(Class::getSimpleName, kind -> kind));

  private EventJson() {}

  static String write(Event event) {
    var members = new LinkedHashMap<String, @Nullable Object>();
    members.put(KIND, event.getClass().getSimpleName());
    try {
      for (var component : event.getClass().getRecordComponents()) {
        members.put(component.getName(), component.getAccessor().invoke(event));
      }
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException("accessors of records are public", impossible);
    }
    return new JsonObject(members).toString();
  }

  static Event read(String line) {
    var object = JsonObject.parse(line);
    var kind = KINDS.get(object.text(KIND));
    if (kind == null) {
      throw new IllegalArgumentException("event: " + line + " (expected one of "
          + KINDS.keySet() + ")");
    }
    var components = kind.getRecordComponents();
    try {
      Constructor<?> canonical = kind.getDeclaredConstructor(
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new));
      return (Event) canonical.newInstance(
          Arrays.stream(components).map(component -> value(component, object)).toArray());
    } catch (ReflectiveOperationException bad) {
      throw new IllegalArgumentException("event: " + line, bad);
    }
  }

  private static @Nullable Object value(RecordComponent component, JsonObject from) {
    var found = from.get(component.getName());
    return found != null && component.getType() == Position.class
        ? Position.parse(found.toString())
        : found;
  }
}
