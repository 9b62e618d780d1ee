package io.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.broker.HistoryRequest.End;
import io.parley.channel.Retention;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Those who ask for old messages, while others follow the channel.
class HistoryAnswersTest {
  private static final Retention HUNDRED = new Retention(100, Duration.ofDays(7));

  private final TestHub hub = new TestHub(2, 1);

  private static List<String> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
  }

  private void storeNumbers(String channel, int from, int to) {
    numbers(from, to).forEach(text -> hub.store(channel, text));
  }

  private @Nullable History page(String channel, int limit, long before) {
    var answers = new ArrayList<@Nullable History>();
    hub.hub.history(new HistoryRequest(channel, HUNDRED, 0, before, limit, 10_000, End.NEWEST,
        null), answers::add);
    hub.answerReads();
    assertEquals(1, answers.size());
    return answers.getFirst();
  }

  private static List<String> texts(@Nullable History history) {
    assertTrue(history != null, "no history");
    return history.publications().stream()
        .map(one -> new String(one.data(), StandardCharsets.UTF_8)).toList();
  }

  @Test
  void theNewestHistoryIsReadOnceForAllWhoAsk() {
    storeNumbers("kept:a", 1, 80);
    hub.member(0, "kept:a");
    hub.broker.readRequests.clear();
    var answers = new ArrayList<@Nullable History>();
    for (int i = 0; i < 100; i++) {
      hub.hub.history(new HistoryRequest("kept:a", HUNDRED, 0, Long.MAX_VALUE, 50, 10_000,
          End.NEWEST, null), answers::add);
    }
    hub.answerReads();
    assertEquals(100, answers.size());
    answers.forEach(answer -> assertEquals(numbers(31, 80), texts(answer)));
    assertTrue(hub.broker.readRequests.size() <= 2, hub.broker.readRequests::toString);
    hub.broker.readRequests.clear();
    hub.say("kept:a", "81");
    assertEquals(numbers(80, 81), texts(page("kept:a", 2, Long.MAX_VALUE)));
    assertEquals(numbers(10, 19), texts(page("kept:a", 10, 20)));
    assertEquals(numbers(1, 4), texts(page("kept:a", 50, 5)));
    assertEquals(List.of(), hub.broker.readRequests);
  }

  @Test
  void withoutAFeedTheHistoryIsReadFromTheBroker() {
    storeNumbers("kept:a", 1, 10);
    assertEquals(numbers(9, 10), texts(page("kept:a", 2, Long.MAX_VALUE)));
    assertEquals(numbers(3, 4), texts(page("kept:a", 2, 5)));
  }

  private static void ask(TestHub of, List<@Nullable History> answers) {
    of.hub.history(new HistoryRequest("kept:a", HUNDRED, 0, Long.MAX_VALUE, 50, 10_000,
        End.NEWEST, null), answers::add);
  }

  @Test
  void whoAsksIsAnsweredAlthoughTheFeedEndsMeanwhile() {
    storeNumbers("kept:a", 1, 3);
    var alice = hub.member(0, "kept:a");
    var answers = new ArrayList<@Nullable History>();
    ask(hub, answers);
    alice.leave("kept:a");
    hub.settle();
    hub.passMillis(2_000);
    hub.broker.answer("kept:a");
    hub.answerReads();
    assertEquals(1, answers.size());
    assertEquals(numbers(1, 3), texts(answers.getFirst()));
  }

  @Test
  void whileReadsFailThoseWhoAskMakeNoMoreOfThem() {
    storeNumbers("kept:a", 1, 3);
    hub.member(0, "kept:a");
    var answers = new ArrayList<@Nullable History>();
    for (int i = 0; i < 100; i++) {
      ask(hub, answers);
      hub.settle();
      while (hub.broker.readsUnderWay() > 0) {
        hub.broker.failRead();
        hub.settle();
      }
    }
    assertEquals(100, answers.size());
    hub.broker.readRequests.clear();
    int seconds = 60;
    for (int i = 0; i < seconds * 10; i++) {
      hub.passMillis(100);
      while (hub.broker.readsUnderWay() > 0) {
        hub.broker.failRead();
        hub.settle();
      }
    }
    int reads = hub.broker.readRequests.size();
    assertTrue(reads > 5 && reads < 30, reads + " reads in a minute");
    for (int i = 0; i < 100; i++) {
      hub.passMillis(100);
      hub.answerReads();
    }
    hub.broker.readRequests.clear();
    ask(hub, answers);
    hub.answerReads();
    assertEquals(numbers(1, 3), texts(answers.getLast()));
  }
}
