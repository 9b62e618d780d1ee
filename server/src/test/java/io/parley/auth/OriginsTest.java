package io.parley.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginsTest {
  private static final Origins OWN = new Origins(List.of());

  @ParameterizedTest
  @CsvSource({"https://good.example, good.example, true", "http://good.example, good.example, true",
      "HTTPS://GOOD.example, Good.EXAMPLE, true", "https://good.example, good.example:443, true",
      "http://good.example:80, good.example, true", "https://good.example, good.example:80, true",
      "http://localhost:8080, localhost:8080, true", "http://[::1]:8080, [::1]:8080, true",
      "http://localhost:8080, localhost, false", "http://localhost, localhost:8080, false",
      "http://localhost:8081, localhost:8080, false",
      "http://127.0.0.1:8080, localhost:8080, false",
      "null, null, false", "null, good.example, false", "'', '', false", "'', good.example, false",
      "good.example, good.example, false", "://good.example, good.example, false",
      "https://good.example.evil.com, good.example, false",
      "https://evil.com/?good.example, good.example, false",
      "https://evil.com?https://good.example, good.example, false",
      "https://evil.com#://good.example, good.example, false",
      "https://good.example@evil.com, good.example, false",
      "https://evilgood.example, good.example, false", "https://good.example., good.example, false",
      "https://good.example/, good.example, false", "file://, good.example, false"})
  void withoutAListTheHostMustBeTheSame(String origin, String host, boolean isAdmitted) {
    assertEquals(isAdmitted, OWN.admits(List.of(origin), host));
  }

  @ParameterizedTest
  @CsvSource({"https://chat.example.com, true", "https://CHAT.example.com:443, true",
      "https://other.example:8443, true", "capacitor://localhost, true",
      "http://plain.example, true",
      "http://chat.example.com, false", "https://chat.example.com:80, false",
      "https://chat.example.com:8443, false", "https://other.example, false",
      "https://chat.example.com.evil.com, false",
      "https://evil.com/?https://chat.example.com, false",
      "https://a.chat.example.com, false", "null, false", "https://node.example, false"})
  void withAListOnlyThoseInItAreLetIn(String origin, boolean isAdmitted) {
    var origins = new Origins(List.of("https://chat.example.com", "https://Other.example:8443",
        "capacitor://localhost", "http://plain.example:80"));
    assertEquals(isAdmitted, origins.admits(List.of(origin), "node.example"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "", "https://elsewhere.example", "file://", "nonsense"})
  void aStarLetsEverybodyIn(String origin) {
    assertTrue(new Origins(List.of("*")).admits(List.of(origin), "h"));
  }

  @Test
  void whoIsNoBrowserSaysNoneAndIsLetIn() {
    assertTrue(OWN.admits(List.of(), "h"));
    assertTrue(new Origins(List.of("https://a.example")).admits(List.of(), "h"));
  }

  /// No browser sends two: it isn't known which one somebody on the way has believed.
  @Test
  void twoAreNeverRight() {
    assertFalse(OWN.admits(List.of("http://h", "http://h"), "h"));
    assertFalse(new Origins(List.of("*")).admits(List.of("http://h", "http://h"), "h"));
  }
}
