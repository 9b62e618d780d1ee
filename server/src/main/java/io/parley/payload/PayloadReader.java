package io.parley.payload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.parley.channel.Blanks;
import io.parley.channel.Content;
import io.parley.channel.Payload;
import io.parley.metric.Limit;
import io.parley.metric.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads JSON that is to be published, by whatever way it comes. Its bytes stay as they are, but
/// for blanks around it, and for what no frame may hold: line breaks, which can only stand between
/// tokens. So one protocol's frames can't be broken by what came over another, nor a client's
/// parser by what is nested deeper than it goes: Python's ends at about a thousand levels, the
/// frame and its own stack among them.
///
/// Thread-safe.
public final class PayloadReader {
  private final JsonFactory payloads;
  private final JsonFactory frames;

  /// @param levelsMax how deep arrays and objects may be nested
  /// @param metrics where it is counted that somebody's were deeper
  public PayloadReader(int levelsMax, Metrics metrics) {
    Runnable onHit = () -> metrics.hit(Limit.NESTING_LEVELS);
    payloads = JsonPayload.factory(new NestingLimit(levelsMax, levelsMax, onHit));
    frames = JsonPayload.factory(
        new NestingLimit(JsonPayload.FRAME_LEVELS_MAX, levelsMax, onHit));
  }

  /// Reads JSON that is a payload as a whole.
  public JsonFactory payloads() {
    return payloads;
  }

  /// Reads JSON that has payloads in it. How deep those are is found when they are read
  /// themselves, so that what is a little too deep makes its own command fail, and not the frame.
  public JsonFactory frames() {
    return frames;
  }

  /// Checks JSON that somebody wants to publish.
  ///
  /// @param json valid UTF-8; one value
  public Payload read(byte[] json) throws InvalidPayloadException {
    JsonPayload.checkEncoding(json);
    try (var parser = payloads.createParser(json)) {
      var payload = payload(onOneLine(json), parser);
      if (parser.nextToken() != null) {
        throw new InvalidPayloadException("something after the value's end");
      }
      return payload;
    } catch (IOException bad) {
      throw new InvalidPayloadException(JsonPayload.problem(bad));
    }
  }

  /// Checks JSON that clients are shown beside what is published.
  ///
  /// @param json valid UTF-8; one value
  /// @return the same, as it may stand in frames
  public byte[] checked(byte[] json) throws InvalidPayloadException {
    read(json);
    return onOneLine(json);
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

  /// Without line breaks, and without the blanks around the value, so that the first byte says what
  /// it is, and the last one ends it.
  private static byte[] onOneLine(byte[] written) {
    var json = JsonPayload.withoutLineBreaks(written);
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
}
