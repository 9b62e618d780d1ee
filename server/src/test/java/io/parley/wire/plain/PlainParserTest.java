package io.parley.wire.plain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.channel.Position;
import io.parley.payload.TestPayloads;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainParserTest {
  private static PlainCommand parsed(String frame) {
    try {
      return PlainParser.parse(frame.getBytes(UTF_8), TestPayloads.READER);
    } catch (PlainSyntaxException e) {
      throw new AssertionError(frame, e);
    }
  }

  private static PlainSyntaxException refused(String frame) {
    return assertThrows(PlainSyntaxException.class,
        () -> PlainParser.parse(frame.getBytes(UTF_8), TestPayloads.READER), frame);
  }

  private static void assertText(String frame) {
    var text = assertInstanceOf(PlainCommand.Text.class, parsed(frame));
    assertEquals(frame, new String(text.text(), UTF_8));
  }

  private static List<String> receivers(String frame) {
    return assertInstanceOf(PlainCommand.DirectMessage.class, parsed(frame)).receivers();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Hello!", " Hello! ", "[1]", "\"{\"", "null", "12", "\ufeffHello", "x{",
      "\0{}", "\u200b{}", "名前", "//{"})
  void whateverDoesNotStartWithABraceIsTextAsItIs(String frame) {
    assertText(frame);
  }

  @Test
  void nestingDigitsAndNamesHaveTheirLimits() {
    parsed("{\"a\":".repeat(127) + "{}" + "}".repeat(127));
    parsed("{\"a\":" + "9".repeat(1_000) + "}");
    parsed("{\"" + "n".repeat(50_000) + "\":1}");
    refused("{\"a\":".repeat(128) + "{}" + "}".repeat(128));
    refused("{\"a\":" + "9".repeat(1_001) + "}");
    refused("{\"" + "n".repeat(50_001) + "\":1}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t\r", "\ufeff", "\u00a0\u2003\u3000", "\u0085"})
  void blankTextIsNone(String frame) {
    assertTrue(String.valueOf(refused(frame).getMessage()).contains("blank"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", " {}", "\t\n\r{ }", "\ufeff{}", "\u00a0{\"a\":1}", "\u2028\u3000{}",
      "\u0085{}", "\u000b{}", "{} ", "\ufeff \ufeff{}"})
  void blanksBeforeABraceMakeItAnObjectAllTheSame(String frame) {
    var message = assertInstanceOf(PlainCommand.RoomMessage.class, parsed(frame));
    assertNull(message.room());
    assertEquals(frame.substring(frame.indexOf('{'), frame.lastIndexOf('}') + 1),
        new String(message.object(), UTF_8));
  }

  @Test
  void eachVerbMakesItsCommand() {
    assertEquals(List.of("bob"), receivers("{\"to\":\"bob\"}"));
    assertEquals(new PlainCommand.Join("news", null, null), parsed("{\"join\":\"news\"}"));
    assertEquals(new PlainCommand.Join("news", new Position(Position.NO_EPOCH, 41), null),
        parsed("{\"join\":\"news\",\"since\":\"e:41\"}"));
    assertEquals(new PlainCommand.Join("inbox", new Position(0xabc, 7), null),
        parsed("{\"since\":\"0000000000000abc:7\",\"join\":\"inbox\"}"));
    assertEquals(new PlainCommand.History("news", 50, Long.MAX_VALUE, null),
        parsed("{\"history\":\"news\"}"));
    assertEquals(new PlainCommand.History("inbox", 7, 42, new CommandId("1", true)),
        parsed("{\"before\":42,\"history\":\"inbox\",\"id\":1,\"limit\":7}"));
    assertEquals(new PlainCommand.History("news", Integer.MAX_VALUE, Long.MAX_VALUE, null),
        parsed("{\"history\":\"news\",\"limit\":9999999999,\"before\":1" + "0".repeat(50) + "}"));
    assertEquals(new PlainCommand.Leave("news", null), parsed("{\"leave\":\"news\"}"));
    assertEquals(new PlainCommand.WhoAmI(null), parsed("{\"whoami\":true}"));
    assertEquals(new PlainCommand.Token("x", null), parsed("{\"token\":\"x\"}"));
    assertEquals(new PlainCommand.Who("news", null), parsed("{\"who\":\"news\"}"));
    var message = assertInstanceOf(PlainCommand.RoomMessage.class,
        parsed("{\"room\":\"news\",\"a\":1}"));
    assertEquals("news", message.room());
    assertEquals("{\"a\":1}", new String(message.object(), UTF_8));
  }

  @Test
  void aVerbIsRecognisedHoweverItIsSpelled() {
    assertEquals(List.of("bob"), receivers("{\"\\u0074o\":\"\\u0062ob\"}"));
    assertEquals(new PlainCommand.WhoAmI(null), parsed("{\"who\\u0061mi\":true}"));
  }

  @Test
  void membersNamedLikeVerbsDeeperDownAreTheClientsOwn() {
    var frame = "{\"a\":{\"to\":\"bob\",\"join\":1,\"from\":\"x\",\"ack\":2},"
        + "\"b\":[{\"token\":[]}]}";
    var message = assertInstanceOf(PlainCommand.RoomMessage.class, parsed(frame));
    assertEquals(frame, new String(message.object(), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"room\":1}", "{\"room\":null}", "{\"room\":[\"a\"]}", "{\"join\":{}}",
      "{\"leave\":true}", "{\"who\":1.5}", "{\"history\":[]}", "{\"token\":null}", "{\"whoami\":1}",
      "{\"whoami\":false}", "{\"whoami\":\"true\"}", "{\"to\":1.5}", "{\"to\":1e3}",
      "{\"to\":true}", "{\"to\":null}", "{\"to\":{}}", "{\"to\":[]}", "{\"to\":[[\"a\"]]}",
      "{\"to\":[\"a\",null]}"})
  void aVerbOfTheWrongTypeIsRefused(String frame) {
    assertTrue(String.valueOf(refused(frame).getMessage()).contains("(expected: "), frame);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"to\":\"a\",\"room\":\"b\"}", "{\"to\":\"a\",\"to\":\"b\"}",
      "{\"join\":\"a\",\"leave\":\"a\"}", "{\"whoami\":true,\"\\u0077hoami\":true}"})
  void twoVerbsAreRefused(String frame) {
    assertTrue(String.valueOf(refused(frame).getMessage()).contains("(expected: one of them)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a:b", "a b", "a,b", "#a", "{", "*"})
  void namesAreChecked(String name) {
    for (var verb : List.of("to", "room", "join", "leave")) {
      refused("{\"" + verb + "\":\"" + name + "\"}");
    }
    refused("{\"to\":[\"bob\",\"" + name + "\"]}");
  }

  @Test
  void inboxIsNoRoomButOneCanJoinIt() {
    refused("{\"room\":\"inbox\"}");
    refused("{\"leave\":\"inbox\"}");
    assertEquals(new PlainCommand.Join("inbox", null, null), parsed("{\"join\":\"inbox\"}"));
  }

  @Test
  void aReceiverIsAStringOrTheTextOfAnInteger() {
    assertEquals(List.of("42"), receivers("{\"to\":42}"));
    assertEquals(List.of("-7"), receivers("{\"to\":-7}"));
    assertEquals(List.of("12345678901234567890123"), receivers("{\"to\":12345678901234567890123}"));
    assertEquals(List.of("42", "bob"), receivers("{\"to\":[42,\"bob\",\"42\"]}"));
    refused("{\"to\":" + "1".repeat(65) + "}");
  }

  @Test
  void oneToAHundredReceiversEachOnce() {
    assertEquals(List.of("a", "b"), receivers("{\"to\":[\"a\",\"b\",\"a\"]}"));
    assertEquals(List.of("\u00e9"), receivers("{\"to\":[\"e\u0301\",\"\u00e9\"]}"));
    var hundred = IntStream.range(0, 100).mapToObj(i -> "\"u" + i + "\"")
        .collect(Collectors.joining(","));
    assertEquals(100, receivers("{\"to\":[" + hundred + "]}").size());
    refused("{\"to\":[" + hundred + ",\"one more\"]}");
  }

  @Test
  void anIdIsAStringOrAnInteger() {
    assertEquals(new CommandId("x", false), parsed("{\"id\":\"x\"}").id());
    assertEquals(new CommandId("7", true), parsed("{\"id\":7}").id());
    assertEquals(new CommandId("-7", true), parsed("{\"to\":\"a\",\"id\":-7}").id());
    assertEquals(new CommandId("é".repeat(64), false),
        parsed("{\"id\":\"" + "é".repeat(64) + "\"}").id());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "null", "true", "1.0", "1e2", "[]", "{}"})
  void anythingElseIsNoId(String id) {
    assertNull(refused("{\"id\":" + id + "}").id());
  }

  @Test
  void anIdThatIsTooLongOrRepeatedIsRefused() {
    refused("{\"id\":\"" + "x".repeat(65) + "\"}");
    refused("{\"id\":" + "1".repeat(65) + "}");
    refused("{\"id\":1,\"id\":1}");
  }

  @Test
  void aRefusalKnowsTheIdThatCameBeforeIt() {
    var id = refused("{\"id\":\"x\",\"to\":[]}").id();
    assertNotNull(id);
    assertEquals("x", id.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ack", "error", "joined", "left", "lost", "recovered", "you"})
  void membersThatOnlyAnswersHaveAreRefusedByName(String member) {
    assertTrue(String.valueOf(refused("{\"a\":1,\"" + member + "\":null}").getMessage())
        .contains("'" + member + "'"));
    var escaped = "\\u%04x".formatted((int) member.charAt(0)) + member.substring(1);
    refused("{\"to\":\"bob\",\"" + escaped + "\":{}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{'a':1}", "{a:1}",
      "{\"a\":01}", "{\"a\":NaN}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}",
      "{\"a\":1}}", "{} {}", "{}x", "{\"a\":1]", "{/**/}", "{}\u00a0", "{\ufeff}", "{\"a\":tru}"})
  void anObjectThatIsNoJsonIsRefused(String frame) {
    assertTrue(String.valueOf(refused(frame).getMessage()).startsWith("not a JSON object"), frame);
  }

  @Test
  void zeroBytesDoNotMakeItAnotherEncoding() {
    for (var frame : List.of("{\0", "{\0\"\0a\0\"\0", "{\0\0\0", "{\"\0a\":1}", "{\"a\":1}\0",
        " {\0}\0", "{\"a\":\"\0\"}")) {
      refused(frame);
    }
  }

  @Test
  void bombsEndInARefusal() {
    refused("{\"a\":" + "[".repeat(100_000));
    refused("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
    refused("{\"a\":".repeat(100_000));
    refused("{\"id\":" + "9".repeat(1_000_000) + "}");
    refused("{\"to\":" + "9".repeat(1_000_000) + "}");
  }

  @Test
  void aNumberPassesUpToAThousandDigits() {
    assertInstanceOf(PlainCommand.RoomMessage.class, parsed("{\"a\":" + "9".repeat(1_000) + "}"));
    refused("{\"a\":" + "9".repeat(1_001) + "}");
    refused("{\"a\":" + "9".repeat(1_000_000) + "}");
  }
}
