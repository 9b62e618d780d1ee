package io.parley.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parley.config.Settings.ApiKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormatTest {
  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "65536, 65536", "0KiB, 0", "64KiB, 65536", "1MiB, 1048576",
      "16GiB, 17179869184", "999999999999999999, 999999999999999999",
      "8589934591GiB, 9223372035781033984"})
  void bytesArePlainOrInBinaryUnits(String text, long bytes) {
    assertEquals(bytes, Format.BYTES.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "-1", "+1", "1.5MiB", "64KB", "64kib", "64 KiB", "KiB", "1e3",
      "1_000", "0x10", "٣", "1B", "8589934592GiB", "9999999999999999999"})
  void otherBytesAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Format.BYTES.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"0s, PT0S", "0ms, PT0S", "250ms, PT0.25S", "10s, PT10S", "90m, PT1H30M", "1h, PT1H",
      "7d, PT168H"})
  void durationsHaveAUnit(String text, Duration duration) {
    assertEquals(duration, Format.DURATION.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "10", "-1s", "1.5s", "10 s", "10S", "1D", "1w", "s", "PT10S", "1m30s",
          "999999999999999999h", "106751991168d"})
  void otherDurationsAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Format.DURATION.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "1023, 1023", "1024, 1KiB", "1025, 1025", "1572864, 1536KiB",
      "1048576, 1MiB", "3221225472, 3GiB"})
  void bytesAreWrittenInTheGreatestUnitThatFits(long bytes, String text) {
    assertEquals(text, Format.BYTES.yaml(bytes));
  }

  @ParameterizedTest
  @CsvSource({"PT0S, 0s", "PT0.001S, 1ms", "PT1.5S, 1500ms", "PT10S, 10s", "PT1M, 1m", "PT90M, 90m",
      "PT2H, 2h", "PT24H, 1d", "PT25H, 25h"})
  void durationsAreWrittenInTheGreatestUnitThatFits(Duration duration, String text) {
    assertEquals(text, Format.DURATION.yaml(duration));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yes", "on", "1", "TRUE", "True", "no"})
  void switchesAreTrueOrFalseOnly(String text) {
    assertThrows(IllegalArgumentException.class, () -> Format.SWITCH.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "::g", "localhost", "1", "127.1", "010.0.0.1", "1.2.3.4.5",
      "1.2.3.256",
      "1.2.3.", "[::1]", "fe80::1%lo", "10.0.0.0/8"})
  void addressesAreDigitsOnly(String text) {
    assertThrows(IllegalArgumentException.class, () -> Format.ADDRESS.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"::", "::1", "0.0.0.0", "127.0.0.1", "2001:db8::1", "255.255.255.255"})
  void addressesStayAsTheyAreWritten(String text) {
    assertEquals(text, Format.ADDRESS.parse(text));
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {"10.0.0.0/8,::1; 10.0.0.0/8,::1",
      "10.1.2.3 , fd00::/8; 10.1.2.3,fd00::/8", "0.0.0.0/0; 0.0.0.0/0"})
  void networksAreSeparatedByCommas(String text, String networks) {
    assertEquals(List.of(networks.split(",", -1)), Format.NETWORKS.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {",", "10.0.0.0/8,", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1",
      "10.1.0.0/8",
      "::1/64", "fd00::/129", "balancer"})
  void otherNetworksAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Format.NETWORKS.parse(text));
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {"*; *", "https://a.example; https://a.example",
      "https://a.example:8443 , http://b; https://a.example:8443,http://b",
      "HTTPS://A.example; HTTPS://A.example", "http://[::1]:8080; http://[::1]:8080",
      "capacitor://localhost; capacitor://localhost"})
  void originsAreSeparatedByCommas(String text, String origins) {
    assertEquals(List.of(origins.split(",", -1)), Format.ORIGINS.parse(text));
    assertEquals(List.of(), Format.ORIGINS.parse(""));
  }

  @ParameterizedTest
  @ValueSource(strings = {",", "a.example", "https://a.example/", "https://a.example/chat",
      "https://*.a.example", "https://", "https://a.example,", "https://a.example,*",
      "https://u@a.example", "https://a.example:", "https://a example", "wss://a.example",
      "null", "https://a.example?b", "//a.example"})
  void otherOriginsAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Format.ORIGINS.parse(text));
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '"', value = {"'self'; 'self'",
      "'self',ws:,wss:,http:; 'self',ws:,wss:,http:",
      "wss://a.example:8443 , b.example; wss://a.example:8443,b.example",
      "*.a.example; *.a.example", "http://[::1]:8080; http://[::1]:8080",
      "ws://localhost:*; ws://localhost:*"})
  void sourcesAreSeparatedByCommas(String text, String sources) {
    assertEquals(List.of(sources.split(",", -1)), Format.SOURCES.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "'self',", "'self' wss:", "'self';script-src *", "self'",
      "'unsafe-inline'", "*", "'self'\r\nSet-Cookie:a", "wss://a\u0000", "wss://a\u0085",
      "https://a.example/chat", "https://u@a.example", "w\u00f6rld.example", "\"a\"",
      "wss://*", "a.*.example", "wss://a:"})
  void otherSourcesAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Format.SOURCES.parse(text));
  }

  @Test
  void apiKeysHaveNamesAndAreNotShown() {
    var text = "backend=0123456789abcdef,cron=a=b=c=d=e=f=g=h=";
    assertEquals(List.of(new ApiKey("backend", "0123456789abcdef"),
        new ApiKey("cron", "a=b=c=d=e=f=g=h=")), Format.API_KEYS.parse(text));
    assertEquals("['backend=***', 'cron=***']", Format.API_KEYS.yaml(Format.API_KEYS.parse(text)));
    assertEquals(List.of(), Format.API_KEYS.parse(""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0123456789abcdef", "=0123456789abcdef", "none=0123456789abcdef",
      "a=0123456789abcde", "a=0123456789abcde f", "a=0123456789abcde\u00e9", "a b=0123456789abcdef",
      "a=0123456789abcdef,a=0123456789abcdeg", "a=0123456789abcdef,"})
  void otherApiKeysAreRefusedWithoutBeingShown(String text) {
    assertThrows(IllegalArgumentException.class, () -> Format.API_KEYS.parse(text));
    assertEquals("***", Format.API_KEYS.shown(text));
  }

  @Test
  void permissionsAreNamedByTheirText() {
    for (var permission : Permission.values()) {
      assertEquals(permission, Format.PERMISSION.parse(permission.text()));
      assertEquals(permission.text(), Format.PERMISSION.yaml(permission));
      if (permission != Permission.SUBSCRIBERS) {
        assertEquals(permission, Format.SUBSCRIBE_PERMISSION.parse(permission.text()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Anyone", "ANYONE", "any one", "owner", "*", "nobody,owners"})
  void otherPermissionsAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Format.PERMISSION.parse(text));
    assertThrows(IllegalArgumentException.class, () -> Format.SUBSCRIBE_PERMISSION.parse(text));
  }

  @Test
  void nobodySubscribesAsASubscriber() {
    assertThrows(IllegalArgumentException.class,
        () -> Format.SUBSCRIBE_PERMISSION.parse("subscribers"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "(", "*", "\\", "a{2,1}"})
  void brokenPatternsAreRefused(String text) {
    assertEquals("[a-z]+|\\d", Format.PATTERN.parse("[a-z]+|\\d"));
    assertThrows(IllegalArgumentException.class, () -> Format.PATTERN.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a{b}", "a*", "a?", "[a]", "a\\", "ä", "a\n"})
  void prefixesHaveNoPatternsAndNoHashTags(String text) {
    assertThrows(IllegalArgumentException.class, () -> Format.PREFIX.parse(text));
  }
}
