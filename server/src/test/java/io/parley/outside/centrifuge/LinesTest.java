package io.parley.outside.centrifuge;

import io.parley.outside.Browser;
import io.parley.outside.TestNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// That nothing that a plain client says breaks the lines of these clients, who take each for a
/// message of the server's.
@Timeout(60)
class LinesTest {
  private static final TestNode NODE = TestNode.start();

  @AfterAll
  static void stop() {
    NODE.close();
  }

  /// With line breaks, which the test writes otherwise.
  private static void says(Browser plain, String object) {
    plain.say(object.replace("NEWLINE", "\n").replace("RETURN", "\r"));
  }

  private static String pub(String data, int offset) {
    return "\"pub\":{\"data\":" + data + ",\"info\":{\"user\":\"pete\",\"client\":\"CLIENT\"},"
        + "\"offset\":" + offset + "}";
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "{\"a\":NEWLINE{\"b\":RETURN1}NEWLINE}       | {\"a\":{\"b\":1}}",
      "NEWLINE{RETURN\"a\":1NEWLINE}RETURNNEWLINE  | {\"a\":1}",
      "{NEWLINE}                                   | {}",
      "{\"from\":NEWLINE\"x\",RETURN\"a\":[NEWLINE1]} | {\"a\":[1]}",
      "{\"offset\":1NEWLINE,\"a\"NEWLINE:RETURN1}  | {\"a\":1}",
      "{\"a\":1,NEWLINE\"push\":{}NEWLINE}         | {\"a\":1,\"push\":{}}",
      "{\"a\":\"\\n\\r\"}                          | {\"a\":\"\\n\\r\"}"})
  void anObjectComesOnOneLineWhereverItIsRead(String said, String seen) {
    var room = "l" + Integer.toHexString(said.hashCode());
    var channel = "room:" + room;
    try (var plain = NODE.browser("user=pete&room=" + room);
        var alice = SdkClient.connected(NODE.port(), "alice")) {
      alice.ask("subscribe", "{\"channel\":\"" + channel + "\"}");
      says(plain, said);
      alice.hears(channel, pub(seen, 1));
      plain.say("{\"after\":1}");
      alice.hears(channel, pub("{\"after\":1}", 2));
      alice.asks("history", "{\"channel\":\"" + channel + "\",\"limit\":1}",
          "\"history\":{\"publications\":[{" + pub(seen, 1).substring("\"pub\":{".length())
              + "],\"epoch\":\"EPOCH\",\"offset\":2}");
      try (var late = SdkClient.connected(NODE.port(), "bob")) {
        late.asks("subscribe", "{\"channel\":\"" + channel + "\",\"recover\":true}",
            "\"subscribe\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\"EPOCH\","
                + "\"publications\":[{" + pub(seen, 1).substring("\"pub\":{".length()) + ",{"
                + pub("{\"after\":1}", 2).substring("\"pub\":{".length())
                + "],\"recovered\":true,\"was_recovering\":true}");
      }
    }
  }

  @Test
  void aMessageToAnotherRoomAndADirectOneDoToo() {
    try (var plain = NODE.browser("user=pete&room=own");
        var bob = SdkClient.connected(NODE.port(), "bob")) {
      bob.ask("subscribe", "{\"channel\":\"room:other\"}");
      says(plain, "{\"room\":NEWLINE\"other\",RETURN\"a\":{NEWLINE\"b\":1}}");
      bob.hears("room:other", pub("{\"a\":{\"b\":1}}", 1));
      says(plain, "{\"to\":NEWLINE\"bob\",RETURN\"a\":[NEWLINE1]NEWLINE}");
      bob.hears("inbox:#bob", pub("{\"to\":\"bob\",\"a\":[1]}", 1));
      says(plain, "{\"from\":1,NEWLINE\"to\":RETURN\"bob\",NEWLINE\"a\":[RETURN1]NEWLINE}");
      bob.hears("inbox:#bob", pub("{\"to\":\"bob\",\"a\":[1]}", 2));
    }
  }
}
