package io.parley.e2e.workload;

import io.parley.e2e.checker.Checker;
import io.parley.e2e.checker.Event;
import io.parley.e2e.checker.EventLog;
import io.parley.e2e.checker.Verdict;
import io.parley.e2e.line.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Random;

/// One run: a stage, a crowd, faults one after the other, and then the judgement of the log. What
/// clients can't be kept from seeing is the product's; what they saw is in the log, which stays
/// where it is to be checked again. Confined to the test's thread.
final class CheckerRun {
  private static final int NODES = 3;
  /// What a room and an inbox keep, as shipped.
  private static final int HISTORY_SIZE = 1_000;
  /// Longer than a silent feed may go without comparing its position (`history.check-interval`).
  private static final Duration CAUGHT_UP_WITHIN = Duration.ofSeconds(90);
  private static final Duration BETWEEN_FAULTS = Duration.ofSeconds(4);

  private final RunSettings settings;
  private final Stage stage;
  private final Journal journal;

  private CheckerRun(RunSettings settings, Stage stage, Journal journal) {
    this.settings = settings;
    this.stage = stage;
    this.journal = journal;
  }

  /// Runs, and says what came of it.
  static Verdict of(RunSettings settings, Path file) throws IOException, InterruptedException {
    var plan = new Stage.Plan(NODES, settings.store(), settings.durability(),
        settings.faults().stream().anyMatch(Fault::strikesBalancer),
        file.resolveSibling(file.getFileName().toString().replace(".jsonl", "")));
    try (var log = EventLog.create(file); var stage = Stage.up(plan)) {
      System.out.println("checker: " + settings + ", " + NODES + " nodes, "
          + stage.entrance() + ", log " + file);
      new CheckerRun(settings, stage, new Journal(log)).run();
    }
    return judge(file);
  }

  /// Judges the log of a run, now or later.
  static Verdict judge(Path file) {
    var verdict = Checker.check(EventLog.read(file), HISTORY_SIZE);
    System.out.println(verdict);
    return verdict;
  }

  private void run() throws IOException, InterruptedException {
    try (var crowd = new Crowd(settings.load(), settings.seed(), stage.doors(), journal)) {
      crowd.start();
      strike(crowd);
      crowd.quieten();
      var newest = new HashMap<Target, Long>();
      for (var i = 0; i < stage.size(); i++) {
        var reader = new FinalReader(stage.node(i).name(), stage.node(i).port(), journal);
        for (var target : crowd.targets()) {
          newest.merge(target, reader.read(target), Math::max);
        }
      }
      crowd.finish(newest, CAUGHT_UP_WITHIN);
    }
  }

  private void strike(Crowd crowd) throws InterruptedException {
    var random = new Random(settings.seed());
    var deadline = System.nanoTime() + settings.duration().toNanos();
    for (var turn = 0; System.nanoTime() - deadline < 0; turn++) {
      Thread.sleep(BETWEEN_FAULTS);
      crowd.check();
      if (!settings.faults().isEmpty()) {
        var fault = settings.faults().get(turn % settings.faults().size());
        System.out.println("checker: " + fault);
        journal.note(nanos -> new Event.Struck(fault.name(),
            fault.forgetsNanos(settings.durability()), nanos));
        fault.happen(stage, random);
        journal.note(nanos -> new Event.Healed(fault.name(), nanos));
        stage.awaitReady();
      }
    }
  }
}
