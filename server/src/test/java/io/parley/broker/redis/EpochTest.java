package io.parley.broker.redis;

import static io.parley.broker.RecordingEvents.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RestoreArgs;
import io.parley.broker.History;
import io.parley.channel.Position;
import io.parley.redis.RedisServer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// However Redis loses, keeps or gets back what it held: a position names one payload for ever, and
/// what a history says of the epoch before is true. See `docs/decisions/0001-epochs.md`.
@Timeout(60)
class EpochTest extends EpochScenes {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void killedWithEveryWriteOnDiskNothingIsLost(boolean isReadFirst) throws Exception {
    var redis = redis("--appendonly", "yes", "--appendfsync", "always");
    var node = node(redis.url());
    var before = before(node);
    restart(redis, node);
    assertGoesOnFrom(before, after(node, isReadFirst));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void restartedWithoutPersistenceItBeginsAnew(boolean isReadFirst) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    var before = before(node);
    restart(redis, node);
    var after = after(node, isReadFirst);
    assertBeginsAnew(before, 0, after);
    assertEquals(isReadFirst ? 0 : 20, after.top().offset());
  }

  /// A killed process has handed everything to its kernel; what a machine loses with its power is
  /// cut off here.
  @ParameterizedTest
  @ValueSource(strings = {"everysec", "no"})
  void killedBeforeTheTailWasOnDiskItGoesOnFromWhereItIsCut(String policy) throws Exception {
    var redis = redis("--appendonly", "yes", "--appendfsync", policy);
    var node = node(redis.url());
    for (boolean isReadFirst : new boolean[]{true, false}) {
      publish(node, 30);
      var top = read(node, null).top();
      redis.kill();
      await("not ready", () -> !node.broker.isReady());
      cutTail(redis, 1_500);
      redis.start();
      // The numbers of what was lost are given out again, and meet the others in the ledger.
      var history = after(node, isReadFirst);
      assertHasAll(history);
      var base = history.base();
      assertEquals(top.epoch(), base.epoch());
      assertTrue(base.offset() < top.offset() && base.offset() > top.offset() - 20,
          base + " (expected: a few less than " + top + ")");
    }
  }

  private static void cutTail(RedisServer redis, int bytes) throws IOException {
    try (var files = Files.list(redis.directory().resolve("appendonlydir"))) {
      var log = files.filter(file -> file.toString().endsWith(".incr.aof")).findFirst()
          .orElseThrow();
      try (var file = FileChannel.open(log, StandardOpenOption.WRITE)) {
        file.truncate(file.size() - bytes);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void emptiedItBeginsAnew(boolean isReadFirst) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    var before = before(node);
    redis.commands().flushall();
    assertBeginsAnew(before, 0, after(node, isReadFirst));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void startedFromAnOldDumpItGoesOnFromThere(boolean isReadFirst) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    publish(node, 20);
    redis.commands().save();
    var dumped = read(node, null).top();
    publish(node, 10);
    restart(redis, node);
    assertGoesOnFrom(dumped, after(node, isReadFirst));
    // The same dump once more: two lives have gone on from it, and this is a third.
    restart(redis, node);
    assertGoesOnFrom(dumped, after(node, isReadFirst));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRewoundCountIsNoticedByTheLog(boolean isReadFirst) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    var before = before(node);
    redis.commands().hset(TOP, "offset", "10");
    var after = after(node, isReadFirst);
    assertBeginsAnew(before, 30, after);
    assertEquals(isReadFirst ? 30 : 50, after.top().offset());
    assertHasAll(after);
  }

  /// Where nothing in Redis shows it (a virtual machine was put back, say), a reader that has seen
  /// more does.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsPutBackAltogetherIsNoticedByWhoHasSeenMore(boolean isLogThere) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    publish(node, 20);
    var top = redis.commands().dump(TOP);
    var log = redis.commands().dump(LOG);
    publish(node, 10);
    redis.commands().restore(TOP, top, RestoreArgs.Builder.ttl(1_000_000).replace());
    redis.commands().del(LOG);
    if (isLogThere) {
      redis.commands().restore(LOG, log, RestoreArgs.Builder.ttl(1_000_000));
    }
    var before = new Position(Position.epochOf(redis.commands().hget(TOP, "epoch")), 20);
    var after = after(node, true);
    assertBeginsAnew(before, 20, after);
    assertEquals(20, after.top().offset());
    assertEquals(isLogThere ? 20 : 0, after.publications().size());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withoutItsTopALogGoesOnInANewEpoch(boolean isReadFirst) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    var before = before(node);
    redis.commands().del(TOP);
    var after = after(node, isReadFirst);
    assertBeginsAnew(before, 30, after);
    assertEquals(isReadFirst ? 30 : 50, after.top().offset());
    assertHasAll(after);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withoutItsLogACountGoesOn(boolean isReadFirst) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    var before = before(node);
    redis.commands().del(LOG);
    var after = after(node, isReadFirst);
    assertEquals(before.at(isReadFirst ? 30 : 50), after.top());
    assertEquals(isReadFirst ? 0 : 20, after.publications().size());
  }

  /// A stream remembers the ids of entries that were deleted, and takes none of them again.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatALogHasHadIsNotGivenOutAgain(boolean isTopThere) throws Exception {
    var redis = redis();
    var node = node(redis.url());
    var before = before(node);
    redis.commands().xdel(LOG, "29-0", "30-0");
    if (isTopThere) {
      redis.commands().hset(TOP, "offset", "28");
    } else {
      redis.commands().del(TOP);
    }
    assertBeginsAnew(before, 30, after(node, false));
  }

  @Test
  void aLogThatWasPutBackForEverLivesNoLongerThanAnother() throws Exception {
    var redis = redis();
    var node = node(redis.url());
    publish(node, 10);
    var log = redis.commands().dump(LOG);
    publish(node, 1);
    redis.commands().restore(LOG, log, RestoreArgs.Builder.ttl(0).replace());
    redis.commands().hset(TOP, "offset", "5");
    read(node, null);
    publish(node, 1);
    assertTrue(redis.commands().pttl(LOG) > 0);
  }

  @Test
  void aLedgerComplainsOfASecondPayloadAndOfAFalseClaim() {
    var position = new Position(7, 1);
    ledger.note(position, "a");
    ledger.note(position, "a");
    assertEquals(List.of(), ledger.complaints());
    ledger.note(position.at(2), "b");
    ledger.note(new Position(8, 2), "c");
    ledger.noteRead(new History(new Position(8, 2), position, List.of()));
    assertEquals(List.of(), ledger.complaints());
    ledger.noteRead(new History(new Position(8, 2), position.at(2), List.of()));
    assertEquals(1, ledger.complaints().size());
    ledger.note(position, "d");
    assertEquals(2, ledger.complaints().size());
  }
}
