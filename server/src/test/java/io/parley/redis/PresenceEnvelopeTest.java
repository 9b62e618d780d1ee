package io.parley.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.channel.PresenceEvent.Change;
import io.parley.channel.PresenceEvent.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
        new Change(Kind.USER_JOINED, new UUID(1, 2), "ü"),
        new Change(Kind.CLIENT_LEFT, new UUID(1, 2), "bob")), 1), PresenceEnvelope.decode(in));
  }

  @Test
  void aChannelWithoutHistoryHasNoTop() {
    var event = PresenceEnvelope.decode(bytes("\3- 0 1 0 0 0\n"));
    assertEquals(new PresenceEvent(1, null, 0, 0, List.of(), 0), event);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\3", "\3\n", "\3- 0 1 0 0\n", "\3- 0 x 0 0 0\n", "\3- 0 1 0 0 0",
      "\3- 0 1 0 0 0\nJ", "\3- 0 1 0 0 0\nX" + CLIENT + "\0\0", "\1- 0 1 0 0 0\n"})
  void whatIsNoneIsNull(String text) {
    assertNull(PresenceEnvelope.decode(bytes(text)));
  }

  @Test
  void aPublicationIsNone() {
    assertFalse(PresenceEnvelope.isEvent(bytes("\1rest")));
    assertFalse(PresenceEnvelope.isEvent(bytes("")));
  }
}
