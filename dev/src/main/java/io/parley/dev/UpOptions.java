package io.parley.dev;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// What was asked of `up`. Immutable.
///
/// @param port 0 for any free one
/// @param redis a Redis that is there already, instead of an own one
record UpOptions(int nodes, int port, Optional<RedisAddress> redis, Front front, boolean help) {
  static final String USAGE = """
      usage: ./parley up [--nodes N] [--port P] [--redis URL] [--haproxy] [--relay]

      A cluster for development on this machine: a Redis and N nodes, all on port P.

        --nodes N    how many nodes, 1 to 32 (default 2)
        --port P     the port that all nodes share (default 8080; 0 for any free one)
        --redis URL  use this Redis: redis://[[USER]:PASSWORD@]HOST[:PORT][/DB], or rediss://
        --haproxy    put the installed HAProxy on P, with deploy/haproxy.cfg
        --relay      put a small round robin relay on P (always so where it isn't Linux)

      PARLEY_* variables and JAVA_OPTS reach each node. Ctrl-C ends all of it.""";

  private static final int MAX_NODES = 32;
  private static final int MAX_PORT = 65_535;

  /// Throws [IllegalArgumentException] with the line that the user gets to see.
  static UpOptions parse(List<String> arguments) {
    var rest = new ArrayDeque<>(arguments);
    var nodes = 2;
    var port = 8080;
    var redis = Optional.<RedisAddress>empty();
    var front = Optional.<Front>empty();
    var help = false;
    while (!rest.isEmpty()) {
      var argument = rest.removeFirst();
      var equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
      var flag = equals < 0 ? argument : argument.substring(0, equals);
      if (equals >= 0) {
        rest.addFirst(argument.substring(equals + 1));
      }
      switch (flag) {
        case "--nodes" -> nodes = number(flag, rest, 1, MAX_NODES);
        case "--port" -> port = number(flag, rest, 0, MAX_PORT);
        case "--redis" -> redis = Optional.of(redis(flag, rest));
        case "--haproxy", "--relay" -> {
          if (equals >= 0 || front.isPresent()) {
            throw new IllegalArgumentException(equals >= 0
                ? flag + " takes no value"
                : "one of --haproxy and --relay, once");
          }
          front = Optional.of(flag.equals("--haproxy") ? Front.HAPROXY : Front.RELAY);
        }
        case "--help", "-h" -> help = true;
        default -> throw new IllegalArgumentException("unknown option: " + flag
            + " (expected: --nodes N, --port P, --redis URL, --haproxy, --relay)");
      }
    }
    if (front.equals(Optional.of(Front.HAPROXY)) && nodes > HaproxyProcess.MAX_NODES) {
      throw new IllegalArgumentException("--nodes: " + nodes + " (expected: with --haproxy"
          + " at most " + HaproxyProcess.MAX_NODES + ", as deploy/haproxy.cfg has it)");
    }
    return new UpOptions(nodes, port, redis, front.orElseGet(Front::ofPlatform), help);
  }

  private static String value(String flag, Deque<String> rest, String expected) {
    if (rest.isEmpty() || rest.getFirst().startsWith("--")) {
      throw new IllegalArgumentException(flag + " needs a value (expected: " + expected + ")");
    }
    return rest.removeFirst();
  }

  private static int number(String flag, Deque<String> rest, int min, int max) {
    var expected = "a number from " + min + " to " + max;
    var text = value(flag, rest, expected);
    if (text.matches("[0-9]{1,9}")) {
      var number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw new IllegalArgumentException(flag + ": " + text + " (expected: " + expected + ")");
  }

  private static RedisAddress redis(String flag, Deque<String> rest) {
    var text = value(flag, rest, RedisAddress.FORM);
    try {
      return RedisAddress.parse(text);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(flag + ": " + wrong.getMessage(), wrong);
    }
  }
}
