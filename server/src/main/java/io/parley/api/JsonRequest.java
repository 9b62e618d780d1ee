package io.parley.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.parley.payload.PayloadReader;
import io.parley.utf8.Utf8;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The members of a request, or of an object in it. A member whose JSON is handed on (`data`) is
/// kept as the bytes that it is; of the others there is a value. `null` is as good as a member that
/// isn't there, as is a number, text or flag that says nothing: libraries send all of their fields.
///
/// Immutable.
final class JsonRequest {
  /// What is handed on, of a method's parameters.
  private static final Set<String> RAW = Set.of("data", "info");

  /// What an object in a request is.
  private enum Part {
    /// The request, or what a method in it is called with.
    PARAMETERS,
    /// A command of a batch: its one member has parameters.
    COMMAND,
    /// Something else, such as tags, whose members may have any name.
    OTHER
  }

  private final Map<String, Object> members;

  private JsonRequest(Map<String, Object> members) {
    this.members = Collections.unmodifiableMap(members);
  }

  /// A request without anything in it.
  static final JsonRequest EMPTY = new JsonRequest(Map.of());

  /// Reads a body.
  ///
  /// @throws IOException if it isn't one JSON object in UTF-8; the message says what was found
  static JsonRequest parse(byte[] body, PayloadReader payloads) throws IOException {
    // Zeros at the start would make the parser take the bytes for UTF-16 or -32.
    for (int i = 0; i < Math.min(body.length, 4); i++) {
      if (body[i] == 0) {
        throw new IOException("a zero byte (expected: a JSON object)");
      }
    }
    // What is handed on goes into clients' text frames.
    if (!Utf8.isValid(body)) {
      throw new IOException("no UTF-8 (expected: a JSON object in UTF-8)");
    }
    try (var parser = payloads.frames().createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no object (expected: a JSON object)");
      }
      var request = object(parser, body, Part.PARAMETERS);
      if (parser.nextToken() != null) {
        throw new IOException("something after the object's end (expected: nothing)");
      }
      return request;
    }
  }

  private static JsonRequest object(JsonParser parser, byte[] body, Part part)
      throws IOException {
    var members = new HashMap<String, Object>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var name = parser.currentName();
      parser.nextToken();
      var value = part == Part.PARAMETERS && RAW.contains(name)
          ? raw(parser, body)
          : value(parser, body, inside(part, name));
      if (value == null) {
        members.remove(name);
      } else {
        members.put(name, value);
      }
    }
    return new JsonRequest(members);
  }

  /// What an object is that is a member, or stands in a list that is one.
  private static Part inside(Part part, String name) {
    return switch (part) {
      case PARAMETERS -> switch (name) {
        case "params" -> Part.PARAMETERS;
        case "commands" -> Part.COMMAND;
        default -> Part.OTHER;
      };
      case COMMAND -> Part.PARAMETERS;
      case OTHER -> Part.OTHER;
    };
  }

  private static @Nullable Object value(JsonParser parser, byte[] body, Part part)
      throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser, body, part);
      case START_ARRAY -> {
        var values = new ArrayList<Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          var value = value(parser, body, part);
          values.add(value == null ? "" : value);
        }
        yield values;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          ? (Object) Double.valueOf(parser.getDoubleValue())
          : Long.valueOf(parser.getLongValue());
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  /// The bytes of a value; what they may be is found when they are read themselves.
  private static @Nullable Object raw(JsonParser parser, byte[] body) throws IOException {
    int from = (int) parser.currentTokenLocation().getByteOffset();
    boolean isNull = parser.currentToken() == JsonToken.VALUE_NULL;
    parser.skipChildren();
    if (isNull) {
      return null;
    }
    // A text is decoded as it is passed over, which finds what is wrong with it.
    parser.finishToken();
    return new RawValue(
        Arrays.copyOfRange(body, from, (int) parser.currentLocation().getByteOffset()));
  }

  /// JSON that is handed on.
  record RawValue(byte[] json) {}

  /// What isn't there is empty.
  String text(String name) throws ApiException {
    return switch (members.get(name)) {
      case null -> "";
      case String text -> text;
      default -> throw wrong(name, "a text");
    };
  }

  /// A text that has to be there.
  String needed(String name) throws ApiException {
    var text = text(name);
    if (text.isEmpty()) {
      throw ApiError.BAD_REQUEST.because(name + ": empty (expected: a text)");
    }
    return text;
  }

  /// What isn't there is false.
  boolean flag(String name) throws ApiException {
    return switch (members.get(name)) {
      case null -> false;
      case Boolean flag -> flag;
      default -> throw wrong(name, "true or false");
    };
  }

  /// What isn't there is 0.
  long number(String name) throws ApiException {
    return switch (members.get(name)) {
      case null -> 0;
      case Long number -> number;
      default -> throw wrong(name, "a whole number");
    };
  }

  /// What isn't there has nothing in it.
  List<String> texts(String name) throws ApiException {
    var texts = new ArrayList<String>();
    for (var each : values(name)) {
      if (!(each instanceof String text)) {
        throw wrong(name, "a list of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  /// What isn't there has nothing in it.
  List<JsonRequest> objects(String name) throws ApiException {
    var objects = new ArrayList<JsonRequest>();
    for (var each : values(name)) {
      if (!(each instanceof JsonRequest object)) {
        throw wrong(name, "a list of objects");
      }
      objects.add(object);
    }
    return objects;
  }

  private List<?> values(String name) throws ApiException {
    return switch (members.get(name)) {
      case null -> List.of();
      case List<?> list -> list;
      default -> throw wrong(name, "a list");
    };
  }

  /// Null: it isn't there.
  @Nullable
  JsonRequest object(String name) throws ApiException {
    return switch (members.get(name)) {
      case null -> null;
      case JsonRequest object -> object;
      default -> throw wrong(name, "an object");
    };
  }

  /// JSON to be handed on; null: it isn't there.
  @Nullable
  RawValue raw(String name) {
    return members.get(name) instanceof RawValue raw ? raw : null;
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  Set<String> names() {
    return members.keySet();
  }

  private static ApiException wrong(String name, String expected) {
    return ApiError.BAD_REQUEST.because(name + ": something else (expected: " + expected + ")");
  }
}
