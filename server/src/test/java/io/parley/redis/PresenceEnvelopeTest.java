package io.parley.redis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.channel.ClientInfo;
import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.channel.PresenceEvent.Change;
import io.parley.channel.PresenceEvent.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PresenceEnvelopeTest {
  private static ByteBuffer bytes(String latin) {
    return ByteBuffer.wrap(latin.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static final String CLIENT = "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2";

  @Test
  void anEventIsRead() {
    var in = bytes("\3" + "00000000000000ff 42 1700000000000001 3 2 1\n"
        + "J" + CLIENT + "\0\2\u00c3\u00bc" + "l" + CLIENT + "\0\3bob");
    assertTrue(PresenceEnvelope.isEvent(in));
    assertEquals(new PresenceEvent(1_700_000_000_000_001L, new Position(255, 42), 3, 2, List.of(
        new Change(Kind.USER_JOINED, new ClientInfo("ü", new UUID(1, 2))),
        new Change(Kind.CLIENT_LEFT, new ClientInfo("bob", new UUID(1, 2)))), 1),
        PresenceEnvelope.decode(in));
  }

  private static byte[] json(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatTokensSayIsRead() {
    var in = bytes("\3- 0 7 3 2 0\n"
        + "+J" + CLIENT + "\0\3bob" + "\0\0\0\2{}" + "\0\0\0\0011"
        + "+l" + CLIENT + "\0\0" + "\u00ff\u00ff\u00ff\u00ff" + "\0\0\0\2\"\""
        + "j" + CLIENT + "\0\1a");
    assertEquals(List.of(
        new Change(Kind.USER_JOINED,
            new ClientInfo("bob", new UUID(1, 2), json("{}"), json("1"))),
        new Change(Kind.CLIENT_LEFT, new ClientInfo("", new UUID(1, 2), null, json("\"\""))),
        new Change(Kind.CLIENT_JOINED, new ClientInfo("a", new UUID(1, 2)))),
        Objects.requireNonNull(PresenceEnvelope.decode(in)).changes());
  }

  @Test
  void aMemberWithoutMoreIsItsUser() {
    var alice = new ClientInfo("alice ☃", new UUID(1, 2));
    assertArrayEquals(json("alice ☃"), MemberValue.encode(alice));
    assertEquals(alice, MemberValue.decode(alice.client(), MemberValue.encode(alice)));
  }

  @Test
  void aMemberKeepsWhatTokensSay() {
    for (var info : List.of(new ClientInfo("alice", new UUID(1, 2), json("{}"), null),
        new ClientInfo("ü", new UUID(1, 2), null, json("[1]")),
        new ClientInfo("", new UUID(1, 2), json("\"ü\""), json("0")))) {
      var value = MemberValue.encode(info);
      assertEquals(info, MemberValue.decode(info.client(), value));
      for (int i = 1; i < value.length; i++) {
        assertNull(MemberValue.decode(info.client(), Arrays.copyOf(value, i)));
      }
    }
  }

  @Test
  void aChannelWithoutHistoryHasNoTop() {
    var event = PresenceEnvelope.decode(bytes("\3- 0 1 0 0 0\n"));
    assertEquals(new PresenceEvent(1, null, 0, 0, List.of(), 0), event);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\3", "\3\n", "\3- 0 1 0 0\n", "\3- 0 x 0 0 0\n", "\3- 0 1 0 0 0",
      "\3- 0 1 0 0 0\nJ", "\3- 0 1 0 0 0\nX" + CLIENT + "\0\0",
      "\3- 0 1 0 0 0\nJ" + CLIENT + "\0\2a", "\3- 0 1 0 0 0\n+J" + CLIENT + "\0\1a",
      "\1- 0 1 0 0 0\n"})
  void whatIsNoneIsNull(String text) {
    assertNull(PresenceEnvelope.decode(bytes(text)));
  }

  @Test
  void aPublicationIsNone() {
    assertFalse(PresenceEnvelope.isEvent(bytes("\1rest")));
    assertFalse(PresenceEnvelope.isEvent(bytes("")));
  }
}
