package io.parley.e2e.checker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JSON object: whole numbers are `Long`, arrays lists, objects this again. Immutable by custom.
public record JsonObject(Map<String, @Nullable Object> members) {
  private static final JsonFactory JSON = new JsonFactory();

  public static JsonObject parse(String text) {
    try (var parser = JSON.createParser(text)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        return object(parser);
      }
    } catch (IOException cause) {
      throw new IllegalArgumentException("no JSON: " + text, cause);
    }
    throw new IllegalArgumentException("JSON: " + text + " (expected: an object)");
  }

  private static JsonObject object(JsonParser parser) throws IOException {
    var members = new LinkedHashMap<String, @Nullable Object>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var name = parser.currentName();
      parser.nextToken();
      members.put(name, value(parser));
    }
    return new JsonObject(members);
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        var all = new ArrayList<@Nullable Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          all.add(value(parser));
        }
        yield all;
      }
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> parser.getText();
    };
  }

  public boolean has(String name) {
    return members.containsKey(name);
  }

  public @Nullable Object get(String name) {
    return members.get(name);
  }

  /// A member that must be there, whatever it is.
  public Object need(String name) {
    var found = members.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no " + name + " in " + this);
    }
    return found;
  }

  public String text(String name) {
    return need(name).toString();
  }

  public long number(String name) {
    return Long.parseLong(text(name));
  }

  public JsonObject object(String name) {
    return (JsonObject) need(name);
  }

  /// The objects of an array.
  public List<JsonObject> objects(String name) {
    return ((List<?>) need(name)).stream().map(JsonObject.class::cast).toList();
  }

  /// Where this object says it is; null if it doesn't say.
  public @Nullable Position position() {
    return get("epoch") == null || get("offset") == null
        ? null
        : new Position(text("epoch"), number("offset"));
  }

  /// On one line.
  @Override
  public String toString() {
    var out = new StringWriter();
    try (var generator = JSON.createGenerator(out)) {
      generator.writeStartObject();
      for (var member : members.entrySet()) {
        generator.writeFieldName(member.getKey());
        switch (member.getValue()) {
          case null -> generator.writeNull();
          case Long number -> generator.writeNumber(number);
          case Boolean truth -> generator.writeBoolean(truth);
          case JsonObject inner -> generator.writeRawValue(inner.toString());
          case Object other -> generator.writeString(other.toString());
        }
      }
      generator.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toString();
  }
}
