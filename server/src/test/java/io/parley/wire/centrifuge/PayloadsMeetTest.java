package io.parley.wire.centrifuge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.parley.channel.Channels;
import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Payload;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.encoding.Encoding;
import io.parley.encoding.FrameBuffer;
import io.parley.frame.WebSocketFraming;
import io.parley.payload.InvalidPayloadException;
import io.parley.payload.JsonPayload;
import io.parley.payload.TestPayloads;
import io.parley.wire.centrifuge.json.JsonDialect;
import io.parley.wire.centrifuge.protobuf.Messages;
import io.parley.wire.centrifuge.protobuf.ProtobufDialect;
import io.parley.wire.plain.PlainEncodings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What one client publishes arrives as the same at clients of every dialect, and at plain ones.
class PayloadsMeetTest {
  private static final Dialect JSON = new JsonDialect(TestPayloads.READER);
  private static final Dialect PROTOBUF = new ProtobufDialect(TestPayloads.READER);
  private static final String NEWS = Channels.room("news");
  private static final Encoding PLAIN = PlainEncodings.at(0, WebSocketFraming.TEXT).json();

  private static byte[] encoded(Dialect dialect, Payload payload) {
    var out = new FrameBuffer(0);
    dialect.encoder().encode(
        NEWS, new Publication(payload.content(), payload.data(), null), out);
    return Arrays.copyOf(out.array(), out.length());
  }

  /// Any JSON as maps, lists, and texts that say what else there was.
  private static Object value(byte[] json) {
    try (var parser = JsonPayload.JSON.createParser(json)) {
      assertNotNull(parser.nextToken());
      var value = value(parser);
      assertEquals(null, parser.nextToken(), "one value, and nothing behind it");
      return value;
    } catch (IOException bad) {
      throw new AssertionError(new String(json, UTF_8), bad);
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    var token = parser.currentToken();
    if (token == JsonToken.START_ARRAY) {
      var all = new ArrayList<Object>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        all.add(value(parser));
      }
      return all;
    }
    if (token == JsonToken.START_OBJECT) {
      var all = new LinkedHashMap<String, Object>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        var name = parser.currentName();
        parser.nextToken();
        all.put(name, value(parser));
      }
      return all;
    }
    return token + " " + parser.getText();
  }

  private static Object member(Object object, String name) {
    return Objects.requireNonNull(assertInstanceOf(Map.class, object).get(name),
        () -> name + " of " + object);
  }

  private static byte[] seenAsProtobuf(Payload payload) {
    try {
      var in = new ByteArrayInputStream(encoded(PROTOBUF, payload));
      var reply = Messages.Reply.parseDelimitedFrom(in);
      assertEquals(0, in.available());
      return reply.getPush().getPub().getData().toByteArray();
    } catch (IOException bad) {
      throw new AssertionError(bad);
    }
  }

  private static Object seenAsJson(Payload payload) {
    var frame = encoded(JSON, payload);
    for (byte b : frame) {
      assertEquals(false, b == '\n' || b == '\r', () -> new String(frame, UTF_8));
    }
    return member(member(member(value(frame), "push"), "pub"), "data");
  }

  private static Object seenByPlain(Payload payload) {
    var out = new FrameBuffer(0);
    PLAIN.encoder().encode(NEWS,
        new Publication(payload.content(), payload.data(),
            new ClientInfo("", PresenceEvent.UNKNOWN_CLIENT)),
        out);
    var frame = assertInstanceOf(Map.class, value(Arrays.copyOf(out.array(), out.length())));
    return switch (payload.content()) {
      case TEXT -> member(frame, "text");
      case VALUE -> member(frame, "data");
      case BYTES -> Map.of("base64", member(frame, "base64"));
      case OBJECT -> {
        var members = new LinkedHashMap<Object, Object>(frame);
        members.remove("from");
        members.remove("room");
        yield members;
      }
    };
  }

  private static void arrives(String json) throws InvalidPayloadException {
    byte[] bytes = json.getBytes(UTF_8);
    var value = value(bytes);
    for (var dialect : List.of(JSON, PROTOBUF)) {
      var payload = dialect.payload(bytes);
      assertEquals(value, seenAsJson(payload), json);
      assertEquals(value, value(seenAsProtobuf(payload)), json);
      assertEquals(value, seenByPlain(payload), json);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "\"\"", "\"Hello!\"", "0", "-1e999", "null", "true",
      " {\n\t\"a\":\r\n1 } ", "\"\\ud800\"", "\"{\\\"a\\\":1}\"", "\"\\u2028\u2028\"",
      "{\"from\":\"mallory\"}", "{\"a\":1,\"a\":2}", "\"\\n\\u0000\\\"\\\\\"", "\"\\ufeffx\"",
      "123456789012345678901234567890.5", "{\"base64\":\"AA==\"}"})
  void jsonArrives(String json) throws InvalidPayloadException {
    arrives(json);
  }

  @Test
  void randomJsonArrives() throws InvalidPayloadException {
    var random = new Random(61);
    for (int i = 0; i < 3_000; i++) {
      var out = new StringBuilder();
      write(random, 4, out);
      arrives(out.toString());
    }
  }

  private static void write(Random random, int depth, StringBuilder out) {
    out.append(blanks(random));
    switch (random.nextInt(depth == 0 ? 4 : 6)) {
      case 0 -> out.append(random.nextLong());
      case 1 -> out.append(random.nextDouble());
      case 2 -> out.append(random.nextBoolean() ? "null" : "false");
      case 3 -> text(random, out);
      case 4 -> {
        out.append('[');
        for (int n = random.nextInt(4); n > 0; n--) {
          write(random, depth - 1, out);
          out.append(n == 1 ? "" : ",");
        }
        out.append(']');
      }
      default -> {
        out.append('{');
        for (int n = random.nextInt(4); n > 0; n--) {
          text(random, out);
          out.append(':');
          write(random, depth - 1, out);
          out.append(n == 1 ? "" : ",");
        }
        out.append('}');
      }
    }
    out.append(blanks(random));
  }

  private static String blanks(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> " ";
      case 1 -> "\r\n";
      case 2 -> "\t\n";
      default -> "";
    };
  }

  private static void text(Random random, StringBuilder out) {
    var pieces = List.of("a", "Z", "ä", "名", "\ud83d\ude00", "\u2028", "{", "\\n", "\\r", "\\\"",
        "\\\\", "\\/", "\\u0000", "\\ud83d\\ude00", "\u007f", " ");
    out.append('"');
    for (int n = random.nextInt(6); n > 0; n--) {
      out.append(pieces.get(random.nextInt(pieces.size())));
    }
    out.append('"');
  }

  private static @Nullable Payload read(byte[] bytes) {
    try {
      return PROTOBUF.payload(bytes);
    } catch (InvalidPayloadException never) {
      return null;
    }
  }

  private static void arriveAsBytes(byte[] bytes) {
    var payload = Objects.requireNonNull(read(bytes));
    assertEquals(Content.BYTES, payload.content(), () -> Arrays.toString(bytes));
    assertArrayEquals(bytes, seenAsProtobuf(payload));
    var base64 = Map.of(
        "base64", "VALUE_STRING " + Base64.getEncoder().encodeToString(bytes));
    assertEquals(base64, seenAsJson(payload));
    assertEquals(base64, seenByPlain(payload));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Hello!", "{", "{}x", "1 2", "\ufeff{}", "\0", "{\0}", "{}\0", "",
      "'a'", "NaN", "[1,]", "\"\n", "\"a\nb", "\"a\nb\"", "\"a\rb\"", "\u0085{}", "\0\"\0a\0\"",
      "{\0\"\0a\0"})
  void whatIsNoJsonIsBytes(String text) {
    arriveAsBytes(text.getBytes(UTF_8));
  }

  @Test
  void whatIsNoUtf8IsBytes() {
    arriveAsBytes(new byte[]{'"', (byte) 0xff, '"'});
    arriveAsBytes(new byte[]{'"', (byte) 0xc0, (byte) 0x80, '"'});
    arriveAsBytes(new byte[]{'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'});
    arriveAsBytes(new byte[]{(byte) 0xfe, (byte) 0xff, 0, '1'});
  }

  @Test
  void deepNestingIsBytes() {
    int deep = TestPayloads.LEVELS_MAX + 1;
    arriveAsBytes(("[".repeat(deep) + "]".repeat(deep)).getBytes(UTF_8));
  }

  @Test
  void randomBytesArrive() {
    var random = new Random(62);
    for (int i = 0; i < 3_000; i++) {
      byte[] bytes = new byte[4 + random.nextInt(200)];
      random.nextBytes(bytes);
      arriveAsBytes(bytes);
    }
  }
}
