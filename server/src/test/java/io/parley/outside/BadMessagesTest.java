package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Bad input in whole messages, by the numbers of the catalogue: B50 to B60. (B55 and B56 are
/// about tokens and positions.) What is refused is refused with an error that names it, and the
/// connection stays.
@Timeout(60)
class BadMessagesTest {
  private static final TestNode NODE = TestNode.start("limits.commands-per-second", "0",
      "limits.close-timeout", "300ms");
  private static final String BAD_REQUESTS = "parley_refusals_total{code=\"107\"}";

  @AfterAll
  static void stop() {
    NODE.close();
  }

  /// Sends it, and expects one error 107 and nothing else.
  private static void isRefused(String frame) {
    try (var aftermath = Aftermath.of(NODE); var client = NODE.raw("user=mallory&room=bad")) {
      var answer = client.say(frame).next().text();
      assertTrue(answer.startsWith("{\"error\":{\"code\":107,\"message\":\"bad request"), answer);
      client.roundTrip();
      aftermath.isTold(BAD_REQUESTS, 1, "command refused: error 107");
      assertEquals(List.of(), aftermath.lines("HUSH"), "no body in the log");
    }
  }

  static List<Arguments> b50() {
    return List.of(Arguments.of("not JSON", "{HUSH"), Arguments.of("empty", ""),
        Arguments.of("blank", " \t\r\n"), Arguments.of("brackets", "{\"a\":" + "[".repeat(50_000)),
        Arguments.of("objects", "{\"a\":".repeat(10_000)),
        Arguments.of("digits", "{\"a\":" + "9".repeat(60_000) + "}"),
        Arguments.of("exponent", "{\"to\":1e400}"),
        Arguments.of("a verb twice", "{\"to\":\"a\",\"to\":\"b\"}"),
        Arguments.of("an id twice", "{\"id\":1,\"id\":2}"),
        Arguments.of("lone surrogate as a name", "{\"to\":\"\\ud800\"}"),
        Arguments.of("NUL in a name", "{\"to\":\"a\\u0000b\"}"),
        Arguments.of("raw NUL", "{\"a\":\"\u0000\"}"),
        Arguments.of("cut", "{\"a\":\"HUSH"), Arguments.of("more behind", "{} HUSH"));
  }

  @ParameterizedTest(name = "B50 {0}")
  @MethodSource
  void b50(String name, String frame) {
    isRefused(frame);
  }

  /// Whatever doesn't start with a brace is text: that is the protocol, not a mistake.
  @ParameterizedTest(name = "B50 {0} is text")
  @ValueSource(strings = {"null", "7", "[1,2]", "\"text\"", "[[[[[[["})
  void b50Text(String text) {
    try (var aftermath = Aftermath.of(NODE); var client = NODE.raw("user=mallory&room=text")) {
      client.say(text).hears(text);
      aftermath.rises(BAD_REQUESTS, 0);
    }
  }

  @ParameterizedTest(name = "B51 {0}")
  @ValueSource(strings = {"{\"to\":{}}", "{\"to\":[]}", "{\"to\":null}", "{\"room\":7}",
      "{\"join\":true}", "{\"leave\":[\"a\"]}", "{\"whoami\":\"yes\"}",
      "{\"join\":\"a\",\"to\":\"b\"}",
      "{\"id\":{},\"a\":1}", "{\"id\":1.5,\"a\":1}", "{\"join\":\"a\",\"id\":true}",
      "{\"error\":1}", "{\"ack\":1}"})
  void b51(String frame) {
    isRefused(frame);
  }

  /// What an object says beyond the protocol is its sender's own.
  @Test
  void b51AnUnknownMemberIsData() {
    try (var aftermath = Aftermath.of(NODE); var client = NODE.raw("user=m&room=members")) {
      client.say("{\"delete\":\"all\"}")
          .hears("{\"delete\":\"all\",\"from\":\"m\",\"room\":\"members\"}");
      aftermath.rises(BAD_REQUESTS, 0);
    }
  }

  @ParameterizedTest(name = "B52 {0}")
  @ValueSource(strings = {"{\"__proto__\":{\"from\":\"root\"}}",
      "{\"constructor\":{\"prototype\":{}}}", "{\"@type\":\"java.lang.Runtime\",\"a\":1}",
      "{\"@class\":\"javax.script.ScriptEngineManager\"}", "{\"n\":9007199254740993}",
      "{\"n\":-1}", "{\"n\":1e400}", "{\"n\":9223372036854775808}"})
  void b52IsDataThatPassesUntouched(String frame) {
    try (var aftermath = Aftermath.of(NODE); var client = NODE.raw("user=m&room=hints")) {
      client.say(frame).hears(frame.substring(0, frame.length() - 1)
          + ",\"from\":\"m\",\"room\":\"hints\"}");
      aftermath.rises(BAD_REQUESTS, 0);
    }
  }

  @ParameterizedTest(name = "B52 id {0}")
  @ValueSource(strings = {"9007199254740992", "9223372036854775808", "-1"})
  void b52AnIdIsAnsweredDigitByDigit(String id) {
    try (var aftermath = Aftermath.of(NODE); var client = NODE.raw("user=m&room=own")) {
      client.say("{\"room\":\"elsewhere\",\"id\":" + id + "}").hears("{\"ack\":" + id + "}");
      aftermath.rises(BAD_REQUESTS, 0);
    }
  }

  @Test
  void b53MoreReceiversThanAMessageMayHave() {
    var names = new StringBuilder("\"a\"");
    for (int i = 0; i < 100; i++) {
      names.append(",\"u").append(i).append('"');
    }
    isRefused("{\"to\":[" + names + "]}");
  }

  @ParameterizedTest(name = "B54 {0}")
  @ValueSource(strings = {"", "a b", "*", "?a[b]*", "{tag}", "a{b}", "a\\r\\nSET x y", "a\\u0000",
      "room:lobby", "#bob", "a,b", "\\u202e evil", "\\ufeffa", "inbox"})
  void b54(String name) {
    isRefused("{\"room\":\"" + name + "\",\"text\":\"HUSH\"}");
  }

  @Test
  void b54AVeryLongName() {
    isRefused("{\"join\":\"" + "x".repeat(10_000) + "\"}");
    isRefused("{\"to\":\"" + "x".repeat(65) + "\"}");
  }

  /// Letters that look alike are different names: nobody hears what wasn't sent to him.
  @Test
  void b54LookAlikesAreSomebodyElse() {
    try (var aftermath = Aftermath.of(NODE);
        var latin = NODE.raw("user=pan&room=a1");
        var cyrillic = NODE.raw("user=%D1%80an&room=a2");
        var sender = NODE.raw("user=sender&room=a3")) {
      sender.say("{\"to\":\"\u0440an\",\"id\":1}").hears("{\"ack\":1}");
      cyrillic.hears("{\"to\":\"\u0440an\",\"id\":1,\"from\":\"sender\"}");
      latin.roundTrip();
      aftermath.rises(BAD_REQUESTS, 0);
    }
  }

  @Test
  void b57ReplayWithAnotherPayloadIsRefused() {
    try (var aftermath = Aftermath.of(NODE); var client = NODE.raw("user=m&room=b57a")) {
      client.say("{\"room\":\"b57\",\"id\":\"x\",\"text\":\"one\"}").hears("{\"ack\":\"x\"}");
      client.say("{\"room\":\"b57\",\"id\":\"x\",\"text\":\"one\"}").hears("{\"ack\":\"x\"}");
      var answer = client.say("{\"room\":\"b57\",\"id\":\"x\",\"text\":\"two\"}").next().text();
      assertTrue(answer.startsWith("{\"error\":{\"code\":107,"), answer);
      aftermath.isTold(BAD_REQUESTS, 1, "command refused: error 107");
      aftermath.rises("parley_publishes_total{outcome=\"id_conflict\"}", 1);
    }
  }

  @Test
  void b57AVeryLongIdIsRefused() {
    isRefused("{\"id\":\"" + "x".repeat(10_000) + "\",\"a\":1}");
  }

  @ParameterizedTest(name = "B58 {0}")
  @ValueSource(strings = {"<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
      "javascript:alert(1)", "'; DROP TABLE users; --", "${jndi:ldap://x}", "%s%n{0}",
      "a\\u003cb\\/c", "\u0007\u001b[2J", "\u202etxt.exe"})
  void b58IsDeliveredAsItIs(String text) {
    try (var aftermath = Aftermath.of(NODE);
        var sender = NODE.raw("user=m&room=b58");
        var reader = NODE.raw("user=r&room=b58")) {
      sender.say(text);
      reader.hears(text);
      aftermath.rises(BAD_REQUESTS, 0);
      assertEquals(List.of(), aftermath.lines(text));
    }
  }

  @Test
  void b59ATokenInTheUrlIsRefusedAndNotLogged() {
    try (var aftermath = Aftermath.of(NODE)) {
      try (var client = RawClient.upgraded(NODE.port(), "/?token=HUSH-HUSH")) {
        client.isClosedWith(3500);
      }
      aftermath.isTold("parley_closes_total{code=\"3500\"}", 1, "close 3500");
      assertEquals(List.of(), aftermath.lines("HUSH"));
    }
  }

  @Test
  void b60TenThousandFlipsLeaveNothing() {
    try (var aftermath = Aftermath.of(NODE); var client = NODE.raw("user=m&room=b60")) {
      double channels = NODE.metric("parley_channels");
      for (int round = 0; round < 100; round++) {
        var batch = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
          batch.writeBytes(RawClient.textFrame("{\"join\":\"f" + i + "\"}"));
          batch.writeBytes(RawClient.textFrame("{\"leave\":\"f" + i + "\"}"));
        }
        client.send(batch.toByteArray());
        int answers = 0;
        while (answers < 100) {
          var text = client.next().text();
          answers += text.startsWith("{\"left\":") ? 1 : 0;
        }
      }
      client.roundTrip();
      // What was left lingers for a second.
      Awaitility.await("feeds").atMost(Duration.ofSeconds(20))
          .until(() -> NODE.metric("parley_channels") <= channels + 1);
      aftermath.rises(BAD_REQUESTS, 0);
    }
  }

  @Test
  void b60TenThousandRoomsAreTooMany() {
    try (var aftermath = Aftermath.of(NODE); var client = NODE.raw("user=m&room=b60b")) {
      double hits = NODE.hits("limits.rooms-per-connection");
      int joined = 0;
      int refused = 0;
      for (int i = 0; i < 10_000; i++) {
        client.say("{\"join\":\"r" + i + "\"}");
        var answer = client.next().text();
        joined += answer.startsWith("{\"joined\":") ? 1 : 0;
        refused += answer.startsWith("{\"error\":{\"code\":106,") ? 1 : 0;
      }
      assertEquals(127, joined, "128 rooms, one of which is the connection's own");
      assertEquals(10_000 - 127, refused);
      assertEquals(hits + refused, NODE.hits("limits.rooms-per-connection"));
      aftermath.rises("parley_refusals_total{code=\"106\"}", refused);
    }
  }
}
