package io.parley.outside.frames;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.parley.outside.Aftermath;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How a WebSocket ends, by the numbers of the catalogue of bad input.
@Timeout(60)
class EndingsTest {
  private static final String CLIENT = "parley_closes_total{code=\"client\"}";
  private static final TestNode NODE = TestNode.start("limits.close-timeout", "300ms");

  @AfterAll
  static void stop() {
    NODE.close();
  }

  @Test
  void b28_aCloseBetweenFragmentsIsAnsweredAndTheMessageDropped() {
    try (var aftermath = Aftermath.of(NODE);
        var other = NODE.browser("room=b28");
        var raw = NODE.raw("room=b28")) {
      raw.sendHex("0181 00000000 61 8882 00000000 03e8 8081 00000000 62");
      raw.isClosedWith(1000);
      other.hearsNothing();
      assertNull(other.heardSoFar());
      aftermath.rises(CLIENT, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 3000, 4999})
  void b31_aCloseIsAnsweredWithItsCodeAndTheServerEndsTheConnection(int code) {
    try (var aftermath = Aftermath.of(NODE);
        var bare = NODE.raw("room=b31");
        var reasoned = NODE.raw("room=b31")) {
      bare.sendHex("8882 00000000 %04x".formatted(code));
      var answer = bare.next();
      assertArrayEquals(new byte[]{(byte) (code >> 8), (byte) code}, answer.payload());
      bare.endsByServer();
      reasoned.sendHex("8887 00000000 %04x 62796521 21".formatted(code));
      assertEquals(code, reasoned.next().code());
      reasoned.endsByServer();
      aftermath.rises(CLIENT, 2);
    }
  }

  @Test
  void b31_aCloseWithoutACodeIsAnsweredWithout() {
    try (var raw = NODE.raw("room=b31")) {
      raw.sendHex("8880 00000000");
      assertEquals(0, raw.next().payload().length);
      raw.endsByServer();
    }
  }

  @Test
  void b33_whatComesBehindACloseIsIgnored() {
    try (var aftermath = Aftermath.of(NODE);
        var other = NODE.browser("room=b33");
        var raw = NODE.raw("room=b33")) {
      raw.sendHex("8882 00000000 03e8");
      for (var more : new String[]{"8181 00000000 61", "8980 00000000", "8882 00000000 03e9",
          "ffff", "8380 00000000"}) {
        raw.send(HexFormat.of().parseHex(more.replace(" ", "")));
      }
      raw.isClosedWith(1000);
      other.hearsNothing();
      assertNull(other.heardSoFar());
      aftermath.rises(CLIENT, 1);
      aftermath.rises("parley_closes_total{code=\"1002\"}", 0);
    }
  }

  @Test
  void b33_whatComesAfterTheServersCloseIsIgnoredUpToTheClientsOwn() {
    try (var aftermath = Aftermath.of(NODE);
        var other = NODE.browser("room=b33b");
        var raw = NODE.raw("room=b33b")) {
      raw.sendHex("8281 00000000 61 8181 00000000 61 8980 00000000 8882 00000000 03eb");
      raw.isClosedWith(1003);
      other.hearsNothing();
      assertNull(other.heardSoFar());
      aftermath.isTold("parley_closes_total{code=\"1003\"}", 1, "close 1003");
      aftermath.rises(CLIENT, 0);
    }
  }

  @Test
  void b34_whoNeverAnswersACloseIsCut() {
    try (var aftermath = Aftermath.of(NODE); var raw = NODE.raw("room=b34")) {
      raw.send(RawClient.frame(0x80 | RawClient.BINARY, new byte[1]));
      assertEquals(1003, raw.next().code());
      raw.isCutByServer();
      aftermath.rises("parley_limit_hits_total{limit=\"limits.close-timeout\"}", 1);
    }
  }
}
