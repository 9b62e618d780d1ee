package io.parley.payload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.parley.channel.Blanks;
import io.parley.channel.Content;
import io.parley.channel.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// JSON that is to be published. Its bytes stay as they are, but for blanks around it, and for what
/// no frame may hold: line breaks, which can only stand between tokens. So one protocol's frames
/// can't be broken by what came over another.
///
/// Immutable.
public final class JsonPayload {
  /// As deep as every client's parser goes: Python's ends at about a thousand, the frame and its
  /// own stack among them.
  public static final int NESTING_LEVELS_MAX = 128;

  /// Its first byte, which no JSON begins with.
  private static final byte BYTE_ORDER_MARK = (byte) 0xef;

  private static final int NUMBER_DIGITS_MAX = 1_000;
  private static final int NAME_CHARACTERS_MAX = 50_000;

  /// Reads every JSON that a client sends.
  public static final JsonFactory JSON = JsonFactory.builder()
      .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNumberLength(NUMBER_DIGITS_MAX)
          .maxNestingDepth(NESTING_LEVELS_MAX)
          .maxNameLength(NAME_CHARACTERS_MAX)
          // The frame's own limit holds for strings and for the whole.
          .maxStringLength(Integer.MAX_VALUE).build())
      .build();

  private JsonPayload() {}

  /// Checks JSON that somebody wants to publish.
  ///
  /// @param json valid UTF-8; one value
  public static Payload of(byte[] json) throws InvalidPayloadException {
    checkEncoding(json);
    try (var parser = JSON.createParser(json)) {
      var payload = payload(stripped(withoutLineBreaks(json)), parser);
      if (parser.nextToken() != null) {
        throw new InvalidPayloadException("something after the value's end");
      }
      return payload;
    } catch (IOException bad) {
      throw new InvalidPayloadException(problem(bad));
    }
  }

  /// Refuses what [#JSON] wouldn't read as UTF-8, or only without its first bytes.
  public static void checkEncoding(byte[] json) throws InvalidPayloadException {
    if (json.length > 0 && json[0] == BYTE_ORDER_MARK) {
      throw new InvalidPayloadException("a byte order mark");
    }
    int start = Blanks.skip(json);
    // Zeros at the start would make the parser take the bytes for UTF-16.
    for (int i = start; i < Math.min(json.length, start + 4); i++) {
      if (json[i] == 0) {
        throw new InvalidPayloadException("a zero byte");
      }
    }
  }

  private static Payload payload(byte[] data, JsonParser parser)
      throws IOException, InvalidPayloadException {
    var first = parser.nextToken();
    if (first == null) {
      throw new InvalidPayloadException("nothing");
    }
    return switch (first) {
      case VALUE_STRING -> {
        var text = parser.getText();
        yield isText(text)
            ? new Payload(Content.TEXT, text.getBytes(StandardCharsets.UTF_8))
            : new Payload(Content.VALUE, data);
      }
      case START_OBJECT -> new Payload(
          hasPlainWords(parser) ? Content.VALUE : Content.OBJECT, data);
      default -> {
        parser.skipChildren();
        yield new Payload(Content.VALUE, data);
      }
    };
  }

  /// Whether plain clients can be shown a string as text: it doesn't look like an object, says
  /// something, and can be written in UTF-8.
  private static boolean isText(String string) {
    var utf8 = string.getBytes(StandardCharsets.UTF_8);
    int start = Blanks.skip(utf8);
    return start < utf8.length && utf8[start] != '{'
        && new String(utf8, StandardCharsets.UTF_8).equals(string);
  }

  private static boolean hasPlainWords(JsonParser parser) throws IOException {
    boolean found = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      found |= PlainWords.has(parser.currentName());
      parser.nextToken();
      parser.skipChildren();
    }
    return found;
  }

  /// JSON without line breaks, which all stand between tokens: in a string they are escaped.
  public static byte[] withoutLineBreaks(byte[] json) {
    int kept = 0;
    while (kept < json.length && json[kept] != '\n' && json[kept] != '\r') {
      kept++;
    }
    if (kept == json.length) {
      return json;
    }
    var out = json.clone();
    for (int i = kept; i < json.length; i++) {
      if (json[i] != '\n' && json[i] != '\r') {
        out[kept++] = json[i];
      }
    }
    return Arrays.copyOf(out, kept);
  }

  /// Without the blanks around the value, so that the first byte says what it is, and the last one
  /// ends it.
  private static byte[] stripped(byte[] json) {
    int start = 0;
    while (start < json.length && isBlank(json[start])) {
      start++;
    }
    int end = json.length;
    while (end > start && isBlank(json[end - 1])) {
      end--;
    }
    return end - start == json.length ? json : Arrays.copyOfRange(json, start, end);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /// What is wrong with JSON, without the place, which would show bytes of the client's.
  public static String problem(IOException bad) {
    return bad instanceof JsonProcessingException json
        ? String.valueOf(json.getOriginalMessage())
        : String.valueOf(bad.getMessage());
  }
}
