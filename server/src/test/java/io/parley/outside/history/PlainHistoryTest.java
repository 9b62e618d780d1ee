package io.parley.outside.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Browser;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The verb `history`.
@Timeout(60)
class PlainHistoryTest {
  private static final TestNode NODE = TestNode.start("limits.commands-per-second", "0",
      "history.page", "20", "namespaces.room.history-size", "30");

  private static final Pattern TEXT = Pattern.compile("\"text\":\"([^\"]*)\"");

  @AfterAll
  static void close() {
    NODE.close();
  }

  private static List<String> texts(String answer) {
    return TEXT.matcher(answer).results().map(found -> found.group(1)).toList();
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
  }

  private static Browser talker(String room, int count) {
    var alice = NODE.browser("user=alice&room=" + room);
    for (int i = 1; i <= count; i++) {
      alice.saysAndHears(Integer.toString(i));
    }
    return alice;
  }

  @Test
  void theNewestComeOldestFirst() {
    try (var alice = talker("h1", 5)) {
      var answer = alice.say("{\"history\":\"h1\",\"limit\":2,\"id\":\"x\"}").nextWhole();
      assertTrue(answer.matches("\\{\"history\":\"h1\",\"offset\":5,\"epoch\":\"[0-9a-f]{16}\","
          + "\"messages\":\\[\\{\"text\":\"4\",\"from\":\"alice\",\"room\":\"h1\",\"offset\":4,"
          + "\"epoch\":\"[0-9a-f]{16}\"},\\{\"text\":\"5\",.*\"offset\":5,.*}],\"id\":\"x\"}"),
          answer);
      assertEquals(numbers(1, 5), texts(alice.say("{\"history\":\"h1\"}").next()));
    }
  }

  @Test
  void olderOnesArePagedByTheOffsetOfTheFirst() {
    try (var alice = talker("h2", 9)) {
      assertEquals(numbers(4, 6),
          texts(alice.say("{\"history\":\"h2\",\"limit\":3,\"before\":7}").next()));
      assertEquals(numbers(1, 3),
          texts(alice.say("{\"history\":\"h2\",\"limit\":20,\"before\":4}").next()));
      assertEquals(List.of(),
          texts(alice.say("{\"history\":\"h2\",\"limit\":3,\"before\":1}").next()));
    }
  }

  @Test
  void aRoomThatOneIsNotInCanBeRead() {
    try (var alice = talker("h3", 3); var guest = NODE.browser("room=away3")) {
      assertEquals(numbers(1, 3), texts(guest.say("{\"history\":\"h3\"}").next()));
      alice.hearsNothing();
      assertEquals("{\"history\":\"nobody3\",\"messages\":[]}", Browser.withoutAnyPosition(
          guest.say("{\"history\":\"nobody3\"}").nextWhole()));
    }
  }

  @Test
  void theInboxIsItsOwnersAlone() {
    try (var alice = NODE.browser("user=alice4&room=h4"); var bob = NODE.browser("user=bob4")) {
      alice.say("{\"to\":\"bob4\",\"text\":\"psst\",\"id\":1}").hears("{\"ack\":1}");
      bob.next();
      var answer = bob.say("{\"history\":\"inbox\"}").next();
      assertTrue(answer.contains("\"messages\":[{\"to\":\"bob4\",\"text\":\"psst\",\"id\":1,"
          + "\"from\":\"alice4\",\"offset\":1,"), answer);
      // Of alice's inbox, bob's name for it is his own's.
      assertEquals(List.of("psst"), texts(alice.say("{\"history\":\"inbox\"}").next()));
      var refused = bob.say("{\"history\":\"inbox:#alice4\"}").next();
      assertTrue(refused.startsWith("{\"error\":{\"code\":107,"), refused);
    }
  }

  @Test
  void b53_limitsAreClamped() {
    try (var alice = talker("h5", 35)) {
      double hits = NODE.hits("history.page");
      assertEquals(numbers(16, 35),
          texts(alice.say("{\"history\":\"h5\",\"limit\":99999999999999999999}").next()));
      assertEquals(hits + 1, NODE.hits("history.page"));
      // What is beyond the history's size isn't there.
      assertEquals(numbers(6, 15),
          texts(alice.say("{\"history\":\"h5\",\"limit\":20,\"before\":16}").next()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"limit\":0", "\"limit\":-1", "\"limit\":1.5", "\"limit\":\"1\"",
      "\"limit\":null", "\"before\":0", "\"before\":-5", "\"before\":\"7\"", "\"before\":{}"})
  void whatIsNoCountIsRefused(String member) {
    try (var alice = NODE.browser("user=alice&room=h6")) {
      var refused = alice.say("{\"history\":\"h6\"," + member + ",\"id\":1}").next();
      assertTrue(refused.startsWith("{\"error\":{\"code\":107,"), refused);
      assertTrue(refused.contains("expected: an integer, 1 or more"), refused);
    }
  }

  @Test
  void moreRequestsThanAreAnsweredAreRefused() {
    try (var node = TestNode.start("history.requests", "1"); var raw = node.raw("room=h7")) {
      var two = RawClient.textFrame("{\"history\":\"h7\",\"id\":1}");
      var both = new byte[2 * two.length];
      System.arraycopy(two, 0, both, 0, two.length);
      System.arraycopy(two, 0, both, two.length, two.length);
      raw.send(both);
      var answers = raw.next().text() + raw.next().text();
      assertTrue(answers.contains("{\"error\":{\"code\":106,"), answers);
      assertTrue(answers.contains("{\"history\":\"h7\","), answers);
      assertEquals(1, node.hits("history.requests"));
    }
  }

  @Test
  void whereNothingIsKeptThereIsNoHistory() {
    try (var node = TestNode.start("namespaces.room.history-size", "0", "namespaces.room.resume",
        "false"); var alice = node.browser("room=h8")) {
      var refused = alice.say("{\"history\":\"h8\",\"id\":1}").next();
      assertTrue(refused.startsWith("{\"error\":{\"code\":108,"), refused);
    }
  }

  @Test
  void whoMayNotReadIsRefused() {
    try (var node = TestNode.start("namespaces.room.read-history", "subscribers");
        var alice = node.browser("room=h9")) {
      var refused = alice.say("{\"history\":\"other9\",\"id\":1}").next();
      assertTrue(refused.startsWith("{\"error\":{\"code\":103,"), refused);
      assertTrue(alice.say("{\"history\":\"h9\"}").next().startsWith("{\"history\":\"h9\""));
    }
  }

  @Test
  void anAnswerIsNoLargerThanWhatMayWait() {
    try (var node = TestNode.start("limits.outbox-bytes", "64KiB", "limits.message-bytes",
        "16KiB"); var alice = node.browser("user=alice&room=h10")) {
      for (int i = 1; i <= 9; i++) {
        alice.saysAndHears(i + "\\u0001".repeat(1_000));
        alice.saysAndHears(i + "x".repeat(5_000));
      }
      var answer = alice.say("{\"history\":\"h10\"}").next();
      assertTrue(answer.length() < 40_000, () -> "characters: " + answer.length());
      assertTrue(answer.contains("\"offset\":18"), answer);
    }
  }
}
