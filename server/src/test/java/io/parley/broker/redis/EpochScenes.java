package io.parley.broker.redis;

import static io.parley.broker.RecordingEvents.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.broker.HistoryRequest.End;
import io.parley.broker.Outcome;
import io.parley.broker.PublishOutcome.Stored;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.channel.Retention;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// A Redis that is put through something, nodes that go on with it, and a ledger of all that
/// anybody was told.
///
/// Confined to the test's thread.
abstract class EpochScenes {
  static final String ROOM = "room:a";
  static final String TOP = "parley:top:{room:a}";
  static final String LOG = "parley:log:{room:a}";
  static final Retention KEPT = new Retention(1_000, Duration.ofHours(1));
  static final RedisBrokerSettings SETTINGS = new RedisBrokerSettings(
      "parley:", Duration.ofSeconds(2), Duration.ofMillis(100), 16 << 20);

  final Ledger ledger = new Ledger();
  final List<AutoCloseable> open = new ArrayList<>();
  int published;

  /// The last position that was acknowledged; null: none was.
  @Nullable
  Position seen;

  @AfterEach
  void close() throws Exception {
    for (var one : open.reversed()) {
      one.close();
    }
  }

  RedisServer redis(String... options) throws IOException {
    var redis = new RedisServer(options);
    open.add(redis);
    return redis;
  }

  RedisNode node(String url) {
    var node = new RedisNode(url, SETTINGS);
    open.add(node);
    node.awaitReady().subscribe(ROOM);
    return node;
  }

  /// Publishes, and tries again what isn't acknowledged, until everything is.
  void publish(RedisNode node, int count) {
    for (int i = 0; i < count; i++) {
      var text = "text " + ++published;
      await(text, () -> isAcknowledged(node.publish(ROOM, KEPT, text, text), text));
    }
  }

  boolean isAcknowledged(Outcome outcome, String text) {
    if (outcome.get() instanceof Stored stored && stored.position() != null) {
      ledger.note(stored.position(), text);
      seen = stored.position();
      return true;
    }
    return false;
  }

  static HistoryRequest all(@Nullable Position seen) {
    return new HistoryRequest(
        ROOM, KEPT, 0, Long.MAX_VALUE, 1_000, 1 << 20, End.OLDEST, seen);
  }

  History read(RedisNode node, @Nullable Position asSeen) {
    await("history", () -> node.tryRead(all(asSeen)) != null);
    var history = node.read(all(asSeen));
    ledger.noteRead(history);
    return history;
  }

  /// Publishes and reads as before the fault; what stands there afterwards.
  Position before(RedisNode node) {
    publish(node, 30);
    var top = read(node, null).top();
    assertEquals(30, top.offset());
    assertEquals(30, ledger.known(top));
    return top;
  }

  /// Goes on after the fault, and looks at everything that anybody was told.
  ///
  /// @param isReadFirst whether a reader comes first, with all that it has seen; or a publisher
  /// @return what was read first
  History after(RedisNode node, boolean isReadFirst) {
    node.awaitReady();
    var first = isReadFirst ? read(node, seen) : null;
    publish(node, 20);
    if (first == null) {
      first = read(node, seen);
    }
    publish(node, 20);
    var last = read(node, seen);
    assertEquals(seen, last.top());
    await("the last", () -> node.events.texts(ROOM).contains("text " + published));
    ledger.noteHeard(node.events);
    assertEquals(List.of(), ledger.complaints());
    return first;
  }

  static void restart(RedisServer redis, RedisNode node) throws Exception {
    redis.kill();
    await("not ready", () -> !node.broker.isReady());
    redis.start();
    node.awaitReady();
  }

  /// Every position up to here can be resumed.
  static void assertGoesOnFrom(Position base, History after) {
    assertNotEquals(base.epoch(), after.top().epoch());
    assertEquals(base, after.base());
    assertHasAll(after);
  }

  /// What is left is read as before, in the new epoch.
  static void assertHasAll(History history) {
    assertEquals(LongStream.rangeClosed(1, history.top().offset()).mapToObj(history.top()::at)
        .toList(), history.publications().stream().map(Publication::position).toList());
  }

  /// Nothing of before can be resumed. What is said in the new epoch counts on from an offset.
  static void assertBeginsAnew(Position before, long begin, History after) {
    assertNotEquals(before.epoch(), after.top().epoch());
    assertEquals(new Position(Position.NO_EPOCH, begin), after.base());
  }
}
