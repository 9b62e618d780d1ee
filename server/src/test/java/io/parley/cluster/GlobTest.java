package io.parley.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource({
      "'', room:a, true", "*, room:a, true", "*, '', true", "room:*, room:a, true",
      "room:*, room:, true", "room:*, moor:a, false", "*:a, room:a, true", "*:a, room:ab, false",
      "r?om:a, room:a, true", "r?om:a, rom:a, false", "room:a, room:a, true",
      "room:a, room:ab, false", "room:ab, room:a, false", "*a*b, xaxbxb, true",
      "*a*b, xaxbxc, false", "**, x, true", "[r]oom, room, false", "'', '', true"})
  void namesArePatternsOrNot(String pattern, String name, boolean matches) {
    assertEquals(matches, new Glob(pattern).matches(name));
  }

  @Test
  void severalStarsAreOne() {
    assertEquals("a*b?*", new Glob("a***b?**").pattern());
  }

  @Test
  @Timeout(10)
  void noPatternTakesLong() {
    assertEquals(false, new Glob("*a".repeat(100) + "b").matches("a".repeat(200)));
  }
}
