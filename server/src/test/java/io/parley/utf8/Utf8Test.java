package io.parley.utf8;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {
  private static boolean isValidToTheJdk(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static void assertAsTheJdk(byte[] bytes) {
    assertEquals(isValidToTheJdk(bytes), Utf8.isValid(bytes),
        () -> HexFormat.of().formatHex(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "7f", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbf",
      "f0908080", "f48fbfbf", "4142434445464748c3a9", "efbbbf"})
  void charactersAtTheEdgesAreValid(String hex) {
    assertTrue(Utf8.isValid(HexFormat.of().parseHex(hex)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"80", "bf", "c0", "c080", "c1bf", "c3", "c328", "e0", "e080", "e08080",
      "e09fbf", "e282", "eda080", "edbfbf", "f0", "f08080", "f0808080", "f08fbfbf", "f0908c",
      "f4908080", "f5808080", "f888808080", "fe", "ff", "41424344454647c3", "4142434445464748ff"})
  void overlongSurrogateTooHighAndCutAreNot(String hex) {
    assertFalse(Utf8.isValid(HexFormat.of().parseHex(hex)));
  }

  @Test
  void everyCodePointIsValidAndEverySurrogateIsNot() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (Character.getType(c) != Character.SURROGATE) {
        assertTrue(Utf8.isValid(Character.toString(c).getBytes(UTF_8)), "U+" + c);
      }
    }
  }

  @Test
  void everySequenceOfTwoBytesIsJudgedAsTheJdkDoes() {
    for (int first = 0; first < 256; first++) {
      for (int second = 0; second < 256; second++) {
        assertAsTheJdk(new byte[]{(byte) first, (byte) second});
        assertAsTheJdk(new byte[]{(byte) first, (byte) second, (byte) 0x80});
        assertAsTheJdk(new byte[]{(byte) first, (byte) second, (byte) 0xbf, (byte) 0x80});
      }
    }
  }

  @Test
  void randomBytesAreJudgedAsTheJdkDoes() {
    var random = new Random(42);
    for (int i = 0; i < 30_000; i++) {
      var bytes = new byte[random.nextInt(24)];
      random.nextBytes(bytes);
      assertAsTheJdk(bytes);
    }
  }

  @Test
  void nearlyValidTextIsJudgedAsTheJdkDoes() {
    var random = new Random(43);
    for (int i = 0; i < 30_000; i++) {
      var text = new StringBuilder();
      for (int length = random.nextInt(20); length > 0; length--) {
        int bits = 7 + random.nextInt(14);
        int c = random.nextInt(1 << bits);
        text.appendCodePoint(c > Character.MAX_CODE_POINT || (c & 0xfff800) == 0xd800 ? 'x' : c);
      }
      var bytes = text.toString().getBytes(UTF_8);
      assertTrue(Utf8.isValid(bytes), text::toString);
      if (bytes.length > 0) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      assertAsTheJdk(bytes);
    }
  }

  @Test
  void onlyTheGivenLengthCounts() {
    assertTrue(Utf8.isValid(new byte[]{'a', (byte) 0xff}, 1));
    assertFalse(Utf8.isValid(new byte[]{(byte) 0xc3, (byte) 0xa9}, 1));
  }

  @Test
  void everyCutCharacterIsABeginningAndNothingElseIs() {
    for (int c = 0x80; c <= Character.MAX_CODE_POINT; c++) {
      var bytes = Character.toString(c).getBytes(UTF_8);
      if (Character.getType(c) != Character.SURROGATE) {
        for (int cut = 1; cut < bytes.length; cut++) {
          assertTrue(Utf8.isBeginning(Arrays.copyOf(bytes, cut)), "U+" + c);
        }
        assertFalse(Utf8.isBeginning(bytes));
      }
    }
    for (var hex : List.of("80", "c0", "c1", "f5", "ff", "c328", "e080", "eda0", "f08f", "f490",
        "e18028", "f0908028", "ffffffff")) {
      assertFalse(Utf8.isBeginning(HexFormat.of().parseHex(hex)), hex);
    }
  }
}
