package io.parley.e2e.workload;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// P1 to P6 while nodes are killed and Redis is restarted. By hand other faults, and longer:
/// `-Dparley.checker.seconds=120 -Dparley.checker.fault=F5`, and the log of an earlier run again:
/// `-Dparley.checker.log=FILE`.
@Timeout(900)
class NothingIsLostTest {
  @Test
  void nothingIsLostAndNothingComesTwice() throws IOException, InterruptedException {
    var settings = RunSettings.fromProperties();
    var faults = settings.faults().stream().map(Fault::name).collect(Collectors.joining("-"));

    var verdict = CheckerRun.of(settings,
        Path.of(System.getProperty("java.io.tmpdir"), "checker-" + faults + ".jsonl"));

    assertTrue(verdict.isClean(), verdict::toString);
    assertTrue(verdict.sent().acked() > 0 && verdict.resumes().recovered() > 0,
        () -> "(expected: messages, and readers who resumed)\n" + verdict);
  }

  @EnabledIfSystemProperty(named = "parley.checker.log", matches = ".+")
  @Test
  void theLogOfAnEarlierRunIsJudgedAgain() {
    var verdict = CheckerRun.judge(Path.of(System.getProperty("parley.checker.log")));

    assertTrue(verdict.isClean(), verdict::toString);
  }
}
