package io.parley.e2e.workload;

import static org.awaitility.Awaitility.await;

import io.parley.e2e.line.Line;
import io.parley.e2e.line.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/// All writers and readers of a run. Confined to the test's thread.
final class Crowd implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration QUIET = Duration.ofSeconds(1);
  private static final int WRITERS_PER_TARGET = 2;
  private static final int PERCENT = 100;

  private final List<Target> targets = new ArrayList<>();
  private final Map<Target, List<Reader>> readers = new HashMap<>();
  private final List<Writer> writers = new ArrayList<>();
  private final Doors doors;
  private final Journal journal;
  private final RunSettings.Load load;
  private final long seed;

  Crowd(RunSettings.Load load, long seed, Doors doors, Journal journal) {
    this.load = load;
    this.seed = seed;
    this.doors = doors;
    this.journal = journal;
    for (var i = 0; i < load.channels(); i++) {
      targets.add(i < load.inboxes()
          ? new Target(Target.Kind.INBOX, "owner" + i)
          : new Target(Target.Kind.ROOM, "room" + i));
    }
  }

  List<Target> targets() {
    return targets;
  }

  /// Lets the readers in, and then the writers begin.
  void start() {
    for (var i = 0; i < load.readers(); i++) {
      var target = targets.get(i % targets.size());
      // In each channel some are restless, and some are not.
      var turn = i / targets.size() + i % targets.size();
      var isRestless = turn * load.restlessPercent() % PERCENT < load.restlessPercent();
      readers.computeIfAbsent(target, key -> new ArrayList<>()).add(Reader.start("r" + i, target,
          doors, journal, new Reader.Temper(isRestless, protocol(i), seed + i)));
    }
    await("readers in their channels").atMost(SOON)
        .until(() -> readers().allMatch(reader -> reader.isThere() || reader.isRestless()));
    var count = targets.size() * WRITERS_PER_TARGET;
    var interval = Duration.ofSeconds(count).dividedBy(load.perSecond());
    for (var i = 0; i < count; i++) {
      writers.add(Writer.start("w" + i, targets.get(i % targets.size()), doors, journal,
          new Writer.Pace(interval, protocol(i), -seed - i)));
    }
  }

  /// In each channel some speak the one, and some the other.
  private Line.Protocol protocol(int i) {
    var turn = i / targets.size() + i % targets.size();
    return turn * load.centrifugePercent() % PERCENT < load.centrifugePercent()
        ? Line.Protocol.CENTRIFUGE
        : Line.Protocol.PLAIN;
  }

  private Stream<Reader> readers() {
    return readers.values().stream().flatMap(List::stream);
  }

  /// Waits until the writers have begun with so many messages together.
  void awaitMessages(long count) {
    await(count + " messages").atMost(SOON)
        .until(() -> writers.stream().mapToLong(Writer::begun).sum() >= count);
  }

  /// Fails if anybody did.
  void check() {
    writers.forEach(Writer::check);
    readers().forEach(Reader::check);
  }

  /// Ends the writing, and waits until every message has an end and nothing comes any more.
  void quieten() {
    writers.forEach(Writer::stop);
    readers().forEach(Reader::calm);
    writers.forEach(Writer::awaitEnd);
    await("readers at their places").atMost(SOON)
        .until(() -> readers().allMatch(Reader::isThere));
    await("quiet").atMost(SOON).until(
        () -> readers().allMatch(reader -> reader.silence().compareTo(QUIET) > 0));
  }

  /// Ends the reading, once all have read what there is, or had the time to: who hasn't is the
  /// checker's to report.
  ///
  /// @param newest the newest offset of each target
  void finish(Map<Target, Long> newest, Duration limit) {
    try {
      await("the end of all reading").atMost(limit).until(() -> targets.stream()
          .allMatch(target -> readers.getOrDefault(target, List.of()).stream()
              .allMatch(reader -> reader.hasReached(newest.getOrDefault(target, 0L)))));
    } catch (ConditionTimeoutException late) {
      System.out.println("checker: " + readers().map(Reader::toString).toList());
    }
    readers().forEach(Reader::finish);
  }

  @Override
  public void close() {
    writers.forEach(Writer::cut);
    readers().forEach(Reader::cut);
  }
}
