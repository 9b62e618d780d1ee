package io.parley.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `up` takes, and what it says about the rest.
class UpOptionsTest {
  @Test
  void withoutArgumentsThereAreTwoNodesOnPort8080AndAnOwnRedis() {
    var options = UpOptions.parse(List.of());
    assertEquals(2, options.nodes());
    assertEquals(8080, options.port());
    assertTrue(options.redis().isEmpty());
    assertEquals(Front.ofPlatform(), options.front());
  }

  @Test
  void aValueFollowsAsTheNextWordOrAfterAnEqualsSign() {
    var options = UpOptions.parse(
        List.of("--nodes", "3", "--port=9000", "--redis=redis://h/1", "--haproxy"));
    assertEquals(3, options.nodes());
    assertEquals(9000, options.port());
    assertEquals("redis://h/1", options.redis().orElseThrow().text());
    assertEquals(Front.HAPROXY, options.front());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      --node 3            | unknown option: --node
      up                  | unknown option: up
      --nodes             | --nodes needs a value (expected: a number from 1 to 32)
      --nodes --haproxy   | --nodes needs a value (expected: a number from 1 to 32)
      --nodes 0           | --nodes: 0 (expected: a number from 1 to 32)
      --nodes two         | --nodes: two (expected: a number from 1 to 32)
      --port=65536        | --port: 65536 (expected: a number from 0 to 65535)
      --port=-1           | --port: -1 (expected: a number from 0 to 65535)
      --port=99999999999  | --port: 99999999999 (expected: a number from 0 to 65535)
      --port=             | --port:  (expected: a number from 0 to 65535)
      --redis localhost   | --redis: not a Redis URL (expected: redis://
      --redis http://h    | --redis: not a Redis URL (expected: redis://
      --redis redis://p@h | --redis: not a Redis URL (expected: redis://
      --haproxy=yes       | --haproxy takes no value
      --haproxy --relay   | one of --haproxy and --relay
      --haproxy --nodes 9 | --nodes: 9 (expected: with --haproxy at most 8
      """)
  void whatIsWrongIsToldWithWhatWasExpected(String arguments, String message) {
    var wrong = assertThrows(IllegalArgumentException.class,
        () -> UpOptions.parse(List.of(arguments.split(" ", -1))));
    assertTrue(String.valueOf(wrong.getMessage()).startsWith(message), wrong.getMessage());
  }
}
