package io.parley.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;

/// Writes answers.
final class JsonText {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonText() {}

  /// @param value made of texts, numbers, booleans, maps, collections and [Reply.RawJson]
  static byte[] of(Object value) {
    var out = new ByteArrayOutputStream();
    try (var json = JSON.createGenerator(out)) {
      write(value, json);
    } catch (IOException impossible) {
      throw new UncheckedIOException("an array takes everything", impossible);
    }
    return out.toByteArray();
  }

  private static void write(Object value, JsonGenerator json) throws IOException {
    switch (value) {
      case String text -> json.writeString(text);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case Boolean flag -> json.writeBoolean(flag);
      case Reply.RawJson raw ->
        json.writeRawValue(new String(raw.bytes(), StandardCharsets.UTF_8));
      case Map<?, ?> members -> {
        json.writeStartObject();
        for (var each : members.entrySet()) {
          json.writeFieldName((String) each.getKey());
          write(each.getValue(), json);
        }
        json.writeEndObject();
      }
      case Collection<?> values -> {
        json.writeStartArray();
        for (var each : values) {
          write(each, json);
        }
        json.writeEndArray();
      }
      default -> throw new IllegalArgumentException(
          "value: a " + value.getClass() + " (expected: text, number, boolean, map or list)");
    }
  }
}
