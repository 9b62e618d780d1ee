package io.parley.e2e.workload;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.checker.Checker;
import io.parley.e2e.checker.EventLog;
import io.parley.e2e.checker.Finding.Kind;
import io.parley.e2e.checker.Verdict;
import io.parley.e2e.line.Target;
import io.parley.e2e.workload.ToyServer.Flaw;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Writers, readers and checker together: they have nothing to say against a server that keeps its
/// promises, however rudely it does, and find out each one that doesn't.
@Timeout(60)
class CrowdTest {
  private static final RunSettings.Load LOAD = new RunSettings.Load(4, 1, 12, 50, 0, 800);
  private static final Duration CAUGHT_UP_WITHIN = Duration.ofSeconds(5);
  private static final int MESSAGES = 1_000;
  private static final Map<Flaw, Kind> FOUND = Map.of(
      Flaw.DROPS, Kind.HOLE,
      Flaw.SWAPS, Kind.DISORDER,
      Flaw.REPEATS, Kind.DUPLICATE,
      Flaw.ACKS_BEFORE_THE_STORE, Kind.LOST,
      Flaw.REWINDS, Kind.CONFLICT,
      Flaw.RESUMES_WITH_A_HOLE, Kind.FALSE_RECOVERY,
      Flaw.STORES_RETRIES_TWICE, Kind.STORED_TWICE,
      Flaw.STORES_WHAT_IT_REFUSES, Kind.REFUSED_BUT_READ);

  @TempDir
  private Path folder;

  private Verdict run(Flaw flaw) throws IOException {
    var file = folder.resolve(flaw + ".jsonl");
    try (var server = ToyServer.start(flaw); var log = EventLog.create(file)) {
      var journal = new Journal(log);
      try (var crowd = new Crowd(LOAD, 1, new Doors(List.of(server.port())), journal)) {
        crowd.start();
        crowd.awaitMessages(MESSAGES);
        crowd.quieten();
        var newest = new HashMap<Target, Long>();
        var reader = new FinalReader("toy", server.port(), journal);
        for (var target : crowd.targets()) {
          newest.put(target, reader.read(target));
        }
        crowd.finish(newest, CAUGHT_UP_WITHIN);
      }
    }
    return Checker.check(EventLog.read(file), Integer.MAX_VALUE);
  }

  @Test
  void aServerThatKeepsItsPromisesIsClean() throws IOException {
    var verdict = run(Flaw.NONE);

    assertTrue(verdict.isClean(), verdict::toString);
    assertTrue(verdict.sent().acked() > 0 && verdict.sent().refused() > 0
        && verdict.sent().everUnknown() > 0 && verdict.resumes().recovered() > 0
        && verdict.resumes().notRecovered() > 0, verdict::toString);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aServerWithAFlawIsFoundOut(Flaw flaw) throws IOException {
    var verdict = run(flaw);

    var kind = Objects.requireNonNull(FOUND.get(flaw));
    assertTrue(verdict.count(kind) > 0, () -> "(expected: " + kind + ")\n" + verdict);
  }
}
