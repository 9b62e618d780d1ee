package io.parley.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.broker.Broker;
import io.parley.broker.BrokerEvents;
import io.parley.broker.History;
import io.parley.broker.HistoryCallback;
import io.parley.broker.HistoryRequest;
import io.parley.broker.HistoryRequest.End;
import io.parley.broker.PublishCallback;
import io.parley.broker.PublishRequest;
import io.parley.channel.Position;
import io.parley.channel.Retention;
import io.parley.loop.ManualLoop;
import io.parley.loop.ManualTime;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// How many reads are under way at a time, and in which order.
class HistoryReadsTest {
  private static final int MOST = HistoryReads.UNDER_WAY_MAX;
  private static final int MEBIBYTE = 1 << 20;
  private static final int MOST_MEBIBYTES = 8;
  private static final Retention KEPT = new Retention(100, Duration.ofDays(1));
  private static final History EMPTY = new History(new Position(7, 0), History.NO_BASE, List.of());

  private final ManualLoop loop = new ManualLoop(new ManualTime());
  private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
  private final WaitingBroker broker = new WaitingBroker();
  private final HistoryReads reads = new HistoryReads(loop, broker, metrics);

  /// Who was told what: a name, with a sign where it couldn't be read.
  private final List<String> told = new ArrayList<>();

  /// Keeps reads and fences until the test answers.
  private static final class WaitingBroker implements Broker {
    final ArrayDeque<HistoryCallback> underWay = new ArrayDeque<>();
    final ArrayDeque<Consumer<Boolean>> fences = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();

    @Override
    public void read(HistoryRequest request, HistoryCallback callback) {
      asked.add(request.channel());
      underWay.add(callback);
    }

    @Override
    public void removeHistory(String channel, Consumer<Boolean> isDone) {}

    @Override
    public void fence(Consumer<Boolean> hasPassed) {
      fences.add(hasPassed);
    }

    List<String> takeAsked() {
      var taken = List.copyOf(asked);
      asked.clear();
      return taken;
    }

    @Override
    public void start(BrokerEvents events) {}

    @Override
    public void publish(PublishRequest request, PublishCallback callback) {}

    @Override
    public void subscribe(String channel) {}

    @Override
    public void unsubscribe(String channel) {}

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static HistoryRequest request(String channel, int bytes) {
    return new HistoryRequest(channel, KEPT, 0, Long.MAX_VALUE, 100, bytes, End.NEWEST, null);
  }

  private Consumer<@Nullable History> teller(String name) {
    return history -> told.add(history == null ? "!" + name : name);
  }

  private void ask(String channel, int bytes) {
    loop.inside(() -> reads.ask(() -> request(channel, bytes), teller(channel)));
  }

  private void askFor(int from, int to, int bytes) {
    names(from, to).forEach(name -> ask(name, bytes));
  }

  private static List<String> names(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(i -> "room:" + i).toList();
  }

  private void answerOldest() {
    broker.underWay.remove().onHistory(EMPTY);
    loop.tick();
  }

  private List<String> takeTold() {
    var taken = List.copyOf(told);
    told.clear();
    return taken;
  }

  @Test
  void onlySoManyAreUnderWayAndTheRestComesInTheOrderOfAsking() {
    askFor(1, MOST + 3, 10);
    assertEquals(names(1, MOST), broker.takeAsked());
    for (int i = 1; i <= MOST + 3; i++) {
      assertEquals(Math.min(MOST, MOST + 4 - i), broker.underWay.size());
      answerOldest();
      assertEquals(i <= 3 ? names(MOST + i, MOST + i) : List.of(), broker.takeAsked());
    }
    assertEquals(names(1, MOST + 3), takeTold());
  }

  @Test
  void anAnswerThatComesEarlierIsToldEarlier() {
    askFor(1, MOST + 1, 10);
    broker.underWay.removeLast().onHistory(EMPTY);
    loop.tick();
    assertEquals(names(MOST, MOST), takeTold());
    assertEquals(names(1, MOST + 1), broker.takeAsked());
  }

  @Test
  void onlySoManyBytesAreUnderWay() {
    askFor(1, 20, MEBIBYTE);
    assertEquals(names(1, MOST_MEBIBYTES), broker.takeAsked());
    answerOldest();
    answerOldest();
    assertEquals(names(MOST_MEBIBYTES + 1, MOST_MEBIBYTES + 2), broker.takeAsked());
  }

  @Test
  void theOneThatReachesTheBytesIsUnderWayAndTheNextIsNotHoweverSmall() {
    ask("room:1", MOST_MEBIBYTES * MEBIBYTE - 1);
    ask("room:2", MEBIBYTE);
    ask("room:3", 0);
    assertEquals(names(1, 2), broker.takeAsked());
    answerOldest();
    assertEquals(names(3, 3), broker.takeAsked());
  }

  @Test
  void oneThatIsLargerThanAllIsReadAlone() {
    ask("room:1", 2 * MOST_MEBIBYTES * MEBIBYTE);
    ask("room:2", 10);
    assertEquals(names(1, 1), broker.takeAsked());
    answerOldest();
    assertEquals(names(2, 2), broker.takeAsked());
  }

  @Test
  void whatIsAskedIsDecidedWhenItsTurnHasCome() {
    askFor(1, MOST, 10);
    broker.takeAsked();
    var wanted = new String[]{"room:early"};
    loop.inside(() -> reads.ask(() -> request(wanted[0], 10), teller("late")));
    wanted[0] = "room:late";
    answerOldest();
    assertEquals(List.of("room:late"), broker.takeAsked());
  }

  @Test
  void whoHasNothingToAskAnyMoreTakesNoPlaceAndIsToldNothing() {
    askFor(1, MOST, 10);
    for (int i = 0; i < 2 * MOST; i++) {
      loop.inside(() -> reads.ask(() -> null, teller("nothing")));
    }
    askFor(MOST + 1, MOST + 2, 10);
    answerOldest();
    assertEquals(names(1, MOST + 1), broker.takeAsked());
    answerOldest();
    assertEquals(names(MOST + 2, MOST + 2), broker.takeAsked());
    assertEquals(names(1, 2), takeTold());
    assertEquals(MOST + 2, metrics.counter(Metric.HISTORY_READS).count());
  }

  @Test
  void whatCanNotBeReadIsToldAndFreesItsPlace() {
    askFor(1, 2 * MOST, 10);
    broker.takeAsked();
    for (int i = 0; i < MOST; i++) {
      broker.underWay.remove().onHistory(null);
    }
    loop.tick();
    assertEquals(names(1, MOST).stream().map(name -> "!" + name).toList(), takeTold());
    assertEquals(names(MOST + 1, 2 * MOST), broker.takeAsked());
  }

  @Test
  void whatCanNotBeReadFreesItsBytes() {
    askFor(1, 2, MOST_MEBIBYTES * MEBIBYTE);
    broker.underWay.remove().onHistory(null);
    loop.tick();
    assertEquals(names(1, 2), broker.takeAsked());
  }

  @Test
  void oneWhoFailsAtItsAnswerFreesItsPlace() {
    loop.inside(() -> reads.ask(() -> request("room:0", 8 * MEBIBYTE), history -> {
      throw new IllegalStateException("answer: " + history);
    }));
    ask("room:1", 10);
    broker.underWay.remove().onHistory(EMPTY);
    assertThrows(IllegalStateException.class, loop::tick);
    assertEquals(List.of("room:0", "room:1"), broker.takeAsked());
  }

  @Test
  void whoAsksAgainAtItsAnswerStandsBehindTheOthers() {
    loop.inside(() -> reads.ask(() -> request("room:0", 8 * MEBIBYTE),
        history -> ask("room:2", 10)));
    ask("room:1", 8 * MEBIBYTE);
    answerOldest();
    assertEquals(List.of("room:0", "room:1"), broker.takeAsked());
    answerOldest();
    assertEquals(names(2, 2), broker.takeAsked());
  }

  @Test
  void answersAreToldOnTheLoop() {
    loop.inside(() -> reads.ask(() -> request("room:1", 10),
        history -> told.add(loop.inLoop() ? "inside" : "outside")));
    broker.underWay.remove().onHistory(EMPTY);
    assertEquals(List.of(), takeTold());
    loop.tick();
    assertEquals(List.of("inside"), takeTold());
  }

  private void askFenced(String channel, boolean isFenced) {
    loop.inside(() -> reads.ask(() -> request(channel, MOST_MEBIBYTES * MEBIBYTE), () -> isFenced,
        teller(channel)));
  }

  @Test
  void oneThatIsFencedIsToldBehindTheFenceAndKeepsItsPlaceUntilThen() {
    askFenced("room:1", true);
    ask("room:2", 10);
    answerOldest();
    assertEquals(1, broker.fences.size());
    assertEquals(List.of(), takeTold());
    assertEquals(names(1, 1), broker.takeAsked());
    broker.fences.remove().accept(true);
    assertEquals(List.of(), takeTold());
    loop.tick();
    assertEquals(names(1, 1), takeTold());
    assertEquals(names(2, 2), broker.takeAsked());
  }

  @Test
  void oneWhoseFenceIsNeverPassedCouldNotBeRead() {
    askFenced("room:1", true);
    ask("room:2", 10);
    answerOldest();
    broker.fences.remove().accept(false);
    loop.tick();
    assertEquals(List.of("!room:1"), takeTold());
    assertEquals(names(1, 2), broker.takeAsked());
  }

  @Test
  void whatCouldNotBeReadOrNeedsNoFenceHasNone() {
    askFenced("room:1", true);
    broker.underWay.remove().onHistory(null);
    loop.tick();
    askFenced("room:2", false);
    answerOldest();
    assertEquals(List.of("!room:1", "room:2"), takeTold());
    assertTrue(broker.fences.isEmpty(), "a fence");
  }
}
