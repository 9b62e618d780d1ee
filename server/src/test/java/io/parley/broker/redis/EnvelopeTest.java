package io.parley.broker.redis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
  private static final Publication SENT = new Publication(Content.OBJECT,
      "12 {}".getBytes(StandardCharsets.UTF_8), new ClientInfo("jürgen", new UUID(1, -2)))
      .hiddenFrom(new UUID(1, -2));

  /// What `publish.lua` makes of it.
  private static ByteBuffer positioned(String position) {
    var start = ("\u0002" + position).getBytes(StandardCharsets.UTF_8);
    var rest = Envelope.encode(SENT);
    // Within a larger buffer, as they come from the network.
    return ByteBuffer.allocate(start.length + rest.length + 7).put(3, start)
        .put(3 + start.length, rest).position(3).limit(3 + start.length + rest.length).slice();
  }

  @Test
  void aPositionStandsBeforeThePublication() {
    var got = Envelope.decode(positioned("00ab00000000ff0f9007199254740991"));
    assertNotNull(got);
    assertEquals(new Position(0xab00000000ff0fL, 9007199254740991L), got.position());
    assertEquals(SENT.publisher(), got.publisher());
    assertEquals(SENT.content(), got.content());
    assertEquals(SENT.hiddenFrom(), got.hiddenFrom());
    assertArrayEquals(SENT.data(), got.data());
  }

  @Test
  void withoutOneItHasNone() {
    var got = Envelope.decode(ByteBuffer.wrap(Envelope.encode(SENT)));
    assertNotNull(got);
    assertNull(got.position());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0123", "0123456789abcdef", "0123456789abcdeg1", "00000000000000001",
      "0123456789abcdef-1", "0123456789abcdef12345678901234567"})
  void whatHasNoSoundPositionIsNoPublication(String position) {
    assertNull(Envelope.decode(positioned(position)));
  }
}
