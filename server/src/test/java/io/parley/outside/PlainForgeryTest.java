package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// That a client can't pass for the server.
@Timeout(30)
class PlainForgeryTest {
  private static final TestNode NODE = TestNode.start();

  @AfterAll
  static void stop() {
    NODE.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"from\":\"alice\"", "\"\\u0066rom\":\"alice\"",
      "\"fro\\u006d\":\"alice\"", "\"from\":\"a\",\"from\":\"b\"", "\"offset\":1",
      "\"epoch\":\"e\"",
      "\"from\":{\"x\":[1]},\"\\u006f\\u0066fset\":9,\"ep\\u006Fch\":null"})
  void membersThatTheServerWritesAreTakenOut(String forged) {
    try (var eve = NODE.browser("user=eve&room=f1"); var bob = NODE.browser("user=bob&room=f1")) {
      eve.say("{" + forged + ",\"n\":1}");
      bob.hears("{\"n\":1,\"from\":\"eve\",\"room\":\"f1\"}");
      eve.say("{\"n\":1," + forged + "}");
      bob.hears("{\"n\":1,\"from\":\"eve\",\"room\":\"f1\"}");
      eve.say("{\"to\":\"bob\"," + forged + "}");
      bob.hears("{\"to\":\"bob\",\"from\":\"eve\"}");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ack", "error", "joined", "left", "lost", "recovered", "you",
      "\\u0061ck", "y\\u006fu"})
  void membersThatOnlyAnswersHaveAreRefused(String member) {
    try (var eve = NODE.browser("user=eve&room=f2"); var bob = NODE.browser("user=bob&room=f2")) {
      for (var frame : new String[]{"{\"" + member + "\":1}", "{\"a\":1,\"" + member + "\":{}}",
          "{\"to\":\"bob\",\"" + member + "\":1}", "{\"room\":\"f2\",\"" + member + "\":1}"}) {
        var refused = eve.say(frame).next();
        assertTrue(refused.startsWith("{\"error\":{\"code\":107,"), refused);
        assertTrue(refused.contains("'"), refused);
      }
      bob.hearsNothing();
      eve.hearsNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\r\n", "\ufeff", "\u00a0", "\u0085", "\u2003\u3000", "\u2028",
      "\ufeff \ufeff", "\u000b\f", "\u001c"})
  void blanksDoNotHideABrace(String blanks) {
    try (var eve = NODE.browser("user=eve&room=f3"); var bob = NODE.browser("user=bob&room=f3")) {
      for (var frame : new String[]{"{\"ack\":1}", "{\"joined\":\"x\"}", "{not json", "{"}) {
        var refused = eve.say(blanks + frame).next();
        assertTrue(refused.startsWith("{\"error\":{\"code\":107,"), refused);
      }
      bob.hearsNothing();
      eve.say(blanks + "{\"from\":\"alice\",\"n\":1} \n");
      bob.hears("{\"n\":1,\"from\":\"eve\",\"room\":\"f3\"}");
    }
  }

  @Test
  void whatNoBlankPrecedesIsTextAndStaysText() {
    try (var eve = NODE.browser("user=eve&room=f4");
        var bare = NODE.browser("room=f4");
        var json = NODE.browser("room=f4&as=json")) {
      eve.saysAndHears("\u200b{\"ack\":1}");
      bare.hears("\u200b{\"ack\":1}");
      json.hears(
          "{\"text\":\"\u200b{\\\"ack\\\":1}\",\"from\":\"eve\",\"room\":\"f4\"}");
      eve.saysAndHears("x\",\"from\":\"alice\",\"y\":\"");
      bare.next();
      json.hears("{\"text\":\"x\\\",\\\"from\\\":\\\"alice\\\",\\\"y\\\":\\\"\",\"from\":\"eve\","
          + "\"room\":\"f4\"}");
    }
  }

  @Test
  void memberNamesDeeperDownAreTheClientsOwn() {
    try (var eve = NODE.browser("user=eve&room=f5")) {
      eve.say("{\"quote\":{\"from\":\"alice\",\"ack\":1,\"room\":\"x\"}}").hears(
          "{\"quote\":{\"from\":\"alice\",\"ack\":1,\"room\":\"x\"},"
              + "\"from\":\"eve\",\"room\":\"f5\"}");
    }
  }

  @Test
  void allOtherBytesPassUntouched() {
    try (var eve = NODE.browser("user=eve&room=f6"); var bob = NODE.browser("room=f6")) {
      var own = "\"\\u0061\" : 1.50E+2 ,\t\"a\":\"\\/\\u00e9é😀\",\"a\":[ ],\"n\":-0";
      eve.say("{ " + own + " }");
      bob.hears("{ " + own + " ,\"from\":\"eve\",\"room\":\"f6\"}");
    }
  }
}
