package io.parley.payload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.parley.channel.Blanks;
import java.io.IOException;
import java.util.Arrays;

/// What holds for all JSON that comes from outside, whether it is published or not.
public final class JsonPayload {
  /// As deep as any payload may be allowed to be, and what may stand around it in a command.
  static final int FRAME_LEVELS_MAX = 1_016;

  /// Its first byte, which no JSON begins with.
  private static final byte BYTE_ORDER_MARK = (byte) 0xef;

  /// Reads JSON of which nothing is published.
  public static final JsonFactory JSON = factory(
      new NestingLimit(FRAME_LEVELS_MAX, FRAME_LEVELS_MAX, () -> {
        // Nobody's payload was too deep.
      }));

  private JsonPayload() {}

  static JsonFactory factory(StreamReadConstraints constraints) {
    return JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .streamReadConstraints(constraints).build();
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

  /// Takes out JSON's line breaks, which all stand between tokens: in a string they are escaped.
  ///
  /// @param json valid JSON
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

  /// What is wrong with JSON, without the place, which would show bytes of the client's.
  public static String problem(IOException bad) {
    return bad instanceof JsonProcessingException json
        ? String.valueOf(json.getOriginalMessage())
        : String.valueOf(bad.getMessage());
  }
}
