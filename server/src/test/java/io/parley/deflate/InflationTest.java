package io.parley.deflate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InflationTest {
  private static final int MAX = 65_536;

  private final Deflation deflation = new Deflation(6);
  private final Inflation inflation = new Inflation(MAX);

  @AfterEach
  void end() {
    deflation.close();
    inflation.close();
  }

  private byte[] deflated(byte[] message) {
    int length = deflation.deflate(message, 0, message.length);
    return Arrays.copyOf(deflation.bytes(), length);
  }

  private InflationException refusalOf(byte[] message) {
    return assertThrows(InflationException.class, () -> inflation.inflate(message),
        () -> HexFormat.of().formatHex(message));
  }

  /// The examples of RFC 7692, section 7.2.3, but for those that need the message before.
  @ParameterizedTest
  @CsvSource({"f248cdc9c90700, Hello", "000500faff48656c6c6f00, Hello", "f348cdc9c9070000, Hello",
      "f248050000 00ffffcac9c90700, Hello", "00, ''"})
  void theRfcsExamplesAreRead(String hex, String text) throws InflationException {
    var message = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertEquals(text, new String(inflation.inflate(message), UTF_8));
    // One leaves nothing behind for the next.
    assertEquals(text, new String(inflation.inflate(message), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 1_000, MAX - 1, MAX})
  void whatWasDeflatedComesBack(int length) throws InflationException {
    var random = new Random(length);
    var message = new byte[length];
    for (int i = 0; i < length; i++) {
      message[i] = (byte) ('a' + random.nextInt(4));
    }
    var small = deflated(message);
    assertTrue(small.length > 0 && small.length < length * 2 / 3, () -> "" + small.length);
    assertArrayEquals(message, inflation.inflate(small));
  }

  @Test
  void whatDoesNotGetSmallerIsLeftAsItIs() {
    var message = new byte[1_000];
    new Random(1).nextBytes(message);
    assertEquals(0, deflated(message).length);
    assertEquals(0, deflated(new byte[]{1}).length);
    assertTrue(deflated(new byte[1_000]).length > 0, "and the next one is none the worse");
  }

  @Test
  void oneByteAboveTheLimitIsTooMuch() throws InflationException {
    assertEquals(MAX, inflation.inflate(deflated(new byte[MAX])).length);
    assertTrue(refusalOf(deflated(new byte[MAX + 1])).isTooBig());
    assertTrue(refusalOf(deflated(new byte[100 * MAX])).isTooBig());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "07", "ffff", "f248cdc9c9", "f248cd", "000500faff4865",
      "000500fbff48656c6c6f00", "f348cdc9c9070001", "f348cdc9c907000000", "f248cdc9c90700000000ff"})
  void whatIsBrokenIsRefused(String hex) {
    assertFalse(refusalOf(HexFormat.of().parseHex(hex)).isTooBig());
  }

  @Test
  void everyCutIsNoticed() {
    var text = "{\"text\":\"The quick brown fox jumps over the lazy dog, and so on, and so on\"}";
    var whole = deflated(text.getBytes(UTF_8));
    for (int length = 0; length < whole.length; length++) {
      assertFalse(refusalOf(Arrays.copyOf(whole, length)).isTooBig());
    }
  }

  @Test
  void randomBytesAreReadOrRefused() {
    var random = new Random(44);
    for (int i = 0; i < 100_000; i++) {
      var bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      try {
        assertTrue(inflation.inflate(bytes).length <= MAX);
      } catch (InflationException refused) {
        // That is all that may happen.
      }
    }
  }
}
