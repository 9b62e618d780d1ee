package io.parley.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BlanksTest {
  /// What ECMAScript's `trim()` removes (WhiteSpace and LineTerminator), and what Unicode adds.
  private static final String BLANKS = "\t\n\u000b\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003"
      + "\u2004"
      + "\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

  @Test
  void everythingThatSomeTrimRemovesIsBlank() {
    BLANKS.codePoints().forEach(c -> assertTrue(Blanks.isBlank(c), () -> "U+%04X".formatted(c)));
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        assertTrue(Blanks.isBlank(c), "U+%04X".formatted(c));
      }
    }
  }

  @Test
  void lettersAndInvisibleOnesThatNobodyTrimsAreNot() {
    "a{\0\u200b\u200d\u2060\u180e\u00ad".codePoints()
        .forEach(c -> assertFalse(Blanks.isBlank(c), () -> "U+%04X".formatted(c)));
  }

  @Test
  void skippingEndsAtTheFirstCharacterThatIsNotBlank() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (Character.getType(c) == Character.SURROGATE) {
        continue;
      }
      var text = Character.toString(c);
      int size = text.getBytes(UTF_8).length;
      int expected = Blanks.isBlank(c) ? size : 0;
      assertEquals(expected, Blanks.skip((text + "{").getBytes(UTF_8)), "U+%04X".formatted(c));
    }
  }

  @Test
  void skippingGoesOverManyAndToTheEnd() {
    var all = BLANKS.getBytes(UTF_8);
    assertEquals(all.length, Blanks.skip(all));
    assertEquals(all.length, Blanks.skip((BLANKS + "{" + BLANKS).getBytes(UTF_8)));
    assertEquals(0, Blanks.skip(new byte[0]));
    // Not valid UTF-8, and no reason to read beyond the end.
    assertEquals(0, Blanks.skip(new byte[]{(byte) 0xe2, (byte) 0x80}));
  }
}
