package io.parley.broker.redis;

import static io.parley.broker.RecordingEvents.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.broker.RecordingEvents.Subscribed;
import io.parley.redis.LogLines;
import io.parley.redis.StubRedis;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How the broker lives with what a real Redis answers only sometimes.
@Timeout(30)
class RedisStubTest {
  private static final Set<String> WHILE_LOADING = Set.of("HELLO", "CLIENT");

  @Test
  void aRedisThatIsLoadingIsAskedMoreAndMoreSeldomAndToldOfOnce() throws Exception {
    var isLoading = new AtomicBoolean(true);
    try (var log = new LogLines("io.parley.redis.RedisLink");
        var stub = new StubRedis((command, later) -> isLoading.get()
            && !WHILE_LOADING.contains(command.getFirst())
                ? "-LOADING Redis is loading the dataset in memory\r\n"
                : null);
        var node = new RedisNode(stub.url(), RedisNode.SETTINGS)) {
      await("first tries", () -> stub.connections() >= 8);
      long since = System.nanoTime();
      // Six more of each link, 20 ms apart if pauses didn't grow.
      await("tries", () -> stub.connections() >= 20);
      long millis = Duration.ofNanos(System.nanoTime() - since).toMillis();
      assertTrue(millis > 600, millis + " ms (expected: about 2,000)");
      assertFalse(node.broker.isReady());
      assertLines("trying again", "LOADING Redis is loading", log.warnings());
      assertEquals(List.of(), log.news());

      isLoading.set(false);
      node.awaitReady();
      assertLines("connected again", "", log.news());
      assertEquals(2, log.warnings().size());
    }
  }

  @Test
  void aConnectionThatNobodyAnswersOnIsGivenUpAndAnotherIsOpened() throws Exception {
    var hellos = new AtomicInteger();
    try (var stub = new StubRedis((command, later) -> command.getFirst().equals("HELLO")
        && hellos.incrementAndGet() <= 2 ? "" : null);
        var node = new RedisNode(stub.url(), RedisNode.SETTINGS)) {
      node.awaitReady();
      assertEquals(4, stub.connections());
    }
  }

  /// One line of each link, with both texts.
  private static void assertLines(String one, String other, List<String> lines) {
    assertEquals(2, lines.size(), lines::toString);
    for (var role : List.of("publishing", "subscribing")) {
      assertTrue(lines.stream().anyMatch(line -> line.startsWith("redis " + role + ": ")
          && line.contains(one) && line.contains(other)), lines::toString);
    }
  }

  /// 1,200 channels go out as 500, 500 and, when the first are confirmed, 200. Of those that wait,
  /// one is given up and wanted again many times.
  @Test
  void aChannelThatChangesItsMindWhileItWaitsDoesNotMakeTheNodeReadyTooEarly() throws Exception {
    var begin = new CountDownLatch(1);
    var sent = new CopyOnWriteArrayList<List<String>>();
    var confirmations = new CopyOnWriteArrayList<Runnable>();
    try (var stub = new StubRedis((command, later) -> {
      if (command.getFirst().equals("HELLO")) {
        begin.await();
      } else if (command.getFirst().equals("SUBSCRIBE") && !command.getLast().endsWith("{}")) {
        confirmations.add(() -> later.accept(StubRedis.wellAnswer(command)));
        sent.add(command.stream().skip(1)
            .map(pub -> pub.substring("parley:pub:{".length(), pub.length() - 1)).toList());
        return "";
      }
      return null;
    }); var node = new RedisNode(stub.url(), RedisNode.SETTINGS)) {
      var waiting = new HashSet<String>();
      IntStream.range(0, 1_200).forEach(i -> waiting.add("room:" + i));
      waiting.forEach(node.broker::subscribe);
      begin.countDown();
      await("two commands", () -> sent.size() == 2);
      sent.forEach(waiting::removeAll);
      var fickle = waiting.iterator().next();
      for (int i = 0; i < 300; i++) {
        node.broker.unsubscribe(fickle);
        node.broker.subscribe(fickle);
      }
      confirmations.get(0).run();
      await("the others", () -> sent.size() == 3);
      assertEquals(waiting, Set.copyOf(sent.get(2)));
      confirmations.get(1).run();
      awaitConfirmed(node, 1_000);
      assertFalse(node.broker.isReady());
      confirmations.get(2).run();
      node.awaitReady();
    }
  }

  private static void awaitConfirmed(RedisNode node, int count) throws InterruptedException {
    await(count + " confirmed", () -> node.events.all().stream()
        .filter(Subscribed.class::isInstance).count() >= count);
    // What the last confirmation posted to the loop has run, too.
    var turned = new CountDownLatch(1);
    node.loops.loops().getFirst().execute(turned::countDown);
    turned.await();
  }
}
