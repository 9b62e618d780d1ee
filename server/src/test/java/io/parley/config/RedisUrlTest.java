package io.parley.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parley.config.RedisUrl.Host;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisUrlTest {
  @Test
  void hostAloneHasDefaults() {
    assertEquals(new RedisUrl(false, null, null, List.of(new Host("chat_redis", 6379)), 0, null),
        RedisUrl.parse("redis://chat_redis"));
  }

  @Test
  void everyPartIsRead() {
    assertEquals(new RedisUrl(true, "al ice", "p@s:s+w/d", List.of(new Host("::1", 6380)), 3, null),
        RedisUrl.parse("rediss://al%20ice:p%40s:s+w%2Fd@[::1]:6380/3"));
  }

  @Test
  void passwordNeedsNoUser() {
    assertEquals(new RedisUrl(false, null, "secret", List.of(new Host("10.0.0.1", 6379)), 0, null),
        RedisUrl.parse("redis://:secret@10.0.0.1/"));
  }

  @Test
  void sentinelsAreReadWithTheNameOfWhatTheyWatch() {
    assertEquals(
        new RedisUrl(false, "al", "secret", List.of(new Host("s_1", 26379), new Host("::1", 5),
            new Host("10.0.0.1", 26379)), 2, "my-master"),
        RedisUrl.parse("redis-sentinel://al:secret@s_1,[::1]:5,10.0.0.1/2?master=my-master"));
    assertEquals(new RedisUrl(true, null, null, List.of(new Host("s", 1)), 0, "m"),
        RedisUrl.parse("rediss-sentinel://s:1?master=m"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost", "localhost:6379", "http://localhost", "redis://",
      "redis://:6379", "redis://user@host", "redis://user:@host", "redis://host:0",
      "redis://host:65536", "redis://host:x", "redis://host/x", "redis://host?db=1",
      "redis://:a@b@host", "redis://:%zz@host", "redis://[::g]", "redis://a,b",
      "redis://a?master=m", "redis-sentinel://a,b", "redis-sentinel://a,?master=m",
      "redis-sentinel://a,b:0?master=m", "redis-sentinel://a?master=", "redis-sentinel://a?m=m"})
  void otherTextsAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> RedisUrl.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"redis://:secret@host, redis://:***@host:6379",
      "rediss://al:secret@host:1/2, rediss://al:***@host:1/2",
      "redis://[::1], redis://[::1]:6379",
      "'redis-sentinel://:secret@a,b:1/3?master=m', "
          + "'redis-sentinel://:***@a:26379,b:1/3?master=m'"})
  void textHasThePasswordMasked(String url, String text) {
    assertEquals(text, RedisUrl.parse(url).toString());
  }

  @ParameterizedTest
  @CsvSource({"redis://al:secret@host:x, redis://***@host:x", "al:secret@host, ***@host",
      "redis://al:sec@ret@host, redis://***@host", "redis://al:secret, redis://al:***",
      "redis://:sec/ret, redis://:***", "redis://host:1/x, redis://host:***",
      "redis://host:99999, redis://host:99999", "http://host, http://host", "host, host",
      "redis://[::g], redis://[::g]"})
  void maskingSparesWhatCannotBeAPassword(String text, String masked) {
    assertEquals(masked, RedisUrl.masked(text));
  }
}
