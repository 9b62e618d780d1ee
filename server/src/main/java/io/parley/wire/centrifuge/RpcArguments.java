package io.parley.wire.centrifuge;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.parley.payload.InvalidPayloadException;
import io.parley.payload.JsonPayload;
import io.parley.payload.PayloadReader;
import io.parley.utf8.Utf8;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a procedure is called with: a JSON object of which these members count. What isn't there is
/// empty or null.
///
/// @param to texts, or integers as their decimal texts
/// @param data JSON, as it was written
/// @param id a text, or an integer as its decimal text; null: none
record RpcArguments(List<String> to, String channel, byte @Nullable [] data, @Nullable String id) {
  static final int RECEIVERS_MAX = 100;
  static final int ID_CHARACTERS_MAX = 64;

  /// Reads them.
  ///
  /// @param json null: no arguments
  static RpcArguments of(byte @Nullable [] json, PayloadReader payloads)
      throws MalformedException, InvalidPayloadException {
    if (json == null) {
      throw new MalformedException("data: none (expected: an object)");
    }
    if (!Utf8.isValid(json)) {
      throw new MalformedException("data: no UTF-8 (expected: JSON)");
    }
    JsonPayload.checkEncoding(json);
    try (var parser = payloads.frames().createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedException("data: no object (expected: one)");
      }
      return read(parser, json);
    } catch (IOException bad) {
      throw new MalformedException("data: " + JsonPayload.problem(bad));
    }
  }

  private static RpcArguments read(JsonParser parser, byte[] json)
      throws IOException, MalformedException {
    List<String> to = List.of();
    var channel = "";
    byte @Nullable [] data = null;
    @Nullable
    String id = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var name = parser.currentName();
      var token = parser.nextToken();
      switch (name) {
        case "to" -> to = receivers(token, parser);
        case "channel" -> channel = text(name, token, parser);
        case "id" -> id = id(text(name, token, parser));
        case "data" -> {
          int from = (int) parser.currentTokenLocation().getByteOffset();
          parser.skipChildren();
          parser.finishToken();
          data = Arrays.copyOfRange(
              json, from, (int) parser.currentLocation().getByteOffset());
        }
        default -> parser.skipChildren();
      }
    }
    return new RpcArguments(to, channel, data, id);
  }

  private static List<String> receivers(JsonToken token, JsonParser parser)
      throws IOException, MalformedException {
    if (token != JsonToken.START_ARRAY) {
      return List.of(text("to", token, parser));
    }
    var all = new ArrayList<String>();
    for (var next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
      all.add(text("to", next, parser));
      if (all.size() > RECEIVERS_MAX) {
        throw new MalformedException(
            "to: more than " + RECEIVERS_MAX + " (expected: at most so many users)");
      }
    }
    return all.stream().distinct().toList();
  }

  private static String text(String name, JsonToken token, JsonParser parser)
      throws IOException, MalformedException {
    if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NUMBER_INT) {
      throw new MalformedException(name + ": neither text nor integer (expected: one of them)");
    }
    return parser.getText();
  }

  private static String id(String id) throws MalformedException {
    if (id.isEmpty() || id.length() > ID_CHARACTERS_MAX) {
      throw new MalformedException("id: " + id.length() + " characters (expected: 1 to "
          + ID_CHARACTERS_MAX + ")");
    }
    return id;
  }
}
