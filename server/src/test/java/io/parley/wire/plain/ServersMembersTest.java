package io.parley.wire.plain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.parley.payload.TestPayloads;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// That nobody writes what only the server may write.
class ServersMembersTest {
  private static String passed(String frame) {
    try {
      return new String(assertInstanceOf(PlainCommand.RoomMessage.class,
          PlainParser.parse(frame.getBytes(UTF_8), TestPayloads.READER)).object(), UTF_8);
    } catch (PlainSyntaxException e) {
      throw new AssertionError(frame, e);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "{\"from\":\"eve\"}                         | {}",
      "{\"from\":\"eve\",\"a\":1}                 | {\"a\":1}",
      "{\"a\":1,\"from\":\"eve\"}                 | {\"a\":1}",
      "{\"a\":1,\"from\":\"eve\",\"b\":2}         | {\"a\":1,\"b\":2}",
      "{\"\\u0066rom\":\"eve\",\"a\":1}           | {\"a\":1}",
      "{\"fro\\u006D\":\"eve\",\"a\":1}           | {\"a\":1}",
      "{\"\\u0066\\u0072\\u006f\\u006d\":1}       | {}",
      "{\"from\":1,\"from\":2,\"\\u0066rom\":3}   | {}",
      "{\"offset\":1,\"epoch\":\"x\",\"a\":1}     | {\"a\":1}",
      "{\"\\u006fffset\":-1e9,\"ep\\u006fch\":[]} | {}",
      "{\"from\":{\"a\":[{}]},\"b\":[1,2]}        | {\"b\":[1,2]}",
      "{\"From\":1,\"from \":2,\"from\":3}        | {\"From\":1,\"from \":2}",
      "{\"room\":\"news\",\"a\":1}                | {\"a\":1}",
      "{\"a\":1,\"ro\\u006fm\":\"news\"}          | {\"a\":1}",
      "{ \"from\" : 1 , \"a\" : 2 }               | {\"a\" : 2}",
      "{\"a\":{\"from\":1},\"from\":1}            | {\"a\":{\"from\":1}}"})
  void theServersMembersGoInEverySpelling(String frame, String expected) {
    assertEquals(expected, passed(frame));
  }

  /// Else what stands between two of them would be a message of its own where messages are lines.
  @ParameterizedTest
  @ValueSource(
      strings = {"{\"a\":[1,\n{\"push\":{}}\r\n]}", "{\"room\":\"r\",\"a\":[1,\n{\"push\":{}}\n]}",
          "{\n\"a\"\r:[1,{\"push\":{}}]\n,\"from\":1}", "\n{\"a\":[1,\r{\"push\":{}}]}\n"})
  void lineBreaksBetweenTokensGo(String frame) {
    assertEquals("{\"a\":[1,{\"push\":{}}]}", passed(frame));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "\"a\":1", "\"a\":-1.50e+03", "\"a\":\"\\u0041\\/\\n\"", "\"\\u0061\":\"é😀\"",
      "\"é😀\":\"x\"",
      "\"a\":[1, 2 ,{\"b\" : null}]", "\"a\":true", "\"a\":123456789012345678901234567890",
      "\"\":0",
      "\"a\" \t:  \"b\"", "\"a\":1,\"a\":2", "\"a\":\"}\\\"{\"", "\"a\":0"})
  void othersKeepTheirBytes(String members) {
    assertEquals("{" + members + "}", passed("{" + members + "}"));
    assertEquals("{" + members + "}", passed("{\"from\":1," + members + "}"));
    assertEquals("{" + members + "}", passed("{" + members + ",\"from\":\"eve\"}"));
    assertEquals("{" + members + "}", passed("\ufeff \u3000{" + members + ",\"from\":7} \n"));
    assertEquals("{" + members + ",\"z\":0}",
        passed("{" + members + ",\"epoch\":\"é😀\",\"z\":0}"));
  }

  @Test
  void membersAreFoundInAnyOrderAndAnySurroundings() {
    var own = new String[]{
        "\"a\":1", "\"bé\":\"😀\\\"\"", "\"c\":[{\"from\":1}]", "\"d\":-0.5e7", "\"\\u0065\":null"};
    var servers = new String[]{"\"from\":\"é\"", "\"\\u0066rom\":12", "\"offset\":{\"x\":[1]}",
        "\"epoch\":true", "\"ep\\u006fch\":\"\\\"\""};
    var random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      var sent = new StringBuilder("\u00a0".repeat(random.nextInt(3))).append('{');
      var expected = new StringBuilder("{");
      for (int left = random.nextInt(8), i = 0; i < left; i++) {
        boolean isOwn = random.nextBoolean();
        var member = isOwn
            ? own[random.nextInt(own.length)]
            : servers[random.nextInt(servers.length)];
        sent.append(i == 0 ? "" : ",").append(member);
        if (isOwn) {
          expected.append(expected.length() == 1 ? "" : ",").append(member);
        }
      }
      var frame = sent.append('}').toString();
      assertEquals(expected.append('}').toString(), passed(frame), frame);
    }
  }
}
