package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.redis.LogLines;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/// What has to be true of a node after a client did something wrong: the node counted it once and
/// said so once, has met no bug of its own, and a bystander noticed nothing. That no buffer leaked
/// is checked for every test class by [BufferLeaks].
///
/// Open it before the wrong thing happens, ask for [#isTold], and close it afterwards:
///
///     try (var aftermath = Aftermath.of(NODE)) {
///       // send something wrong, see what comes back
///       aftermath.isTold("parley_closes_total{code=\"1002\"}", 1, "close 1002");
///     }
///
/// The log's rate limit counts per kind and process, so a line of the same kind from an earlier
/// test may have silenced this one's; such lines are still written at the debug level, and they are
/// what is counted here. What the limit itself does is `QuietLogTest`'s.
///
/// Confined to the test's thread.
public final class Aftermath implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  /// Most is true at the first look, and there are hundreds of rows that look.
  private static final Duration POLL = Duration.ofMillis(5);
  private static final String BUGS = "parley_bugs_total";

  private final TestNode node;
  private final Browser bystander;
  private final LogLines log = new LogLines("io.parley");

  /// The node's metrics before it happened, as Prometheus reads them.
  private final String before;

  private Aftermath(TestNode node) {
    this.node = node;
    this.bystander = node.browser("user=bystander&room=bystanders");
    this.before = node.health("/metrics").body();
  }

  public static Aftermath of(TestNode node) {
    return new Aftermath(node);
  }

  /// Checks that a metric rose by so much, and no further, and that there is one line for each.
  ///
  /// @param series as Prometheus writes it: `parley_closes_total{code="1002"}`
  /// @param line what all lines about it have in them, and no other lines
  public void isTold(String series, int times, String line) {
    rises(series, times);
    // It may be counted a moment before it is said.
    Awaitility.await("lines with: " + line).atMost(DEADLINE)
        .pollDelay(Duration.ZERO).pollInterval(POLL)
        .until(() -> log.linesWith(line).size() >= times);
    assertEquals(times, log.linesWith(line).size(), () -> "lines with: " + line);
  }

  /// Checks that a metric rose by so much, and no further.
  public void rises(String series, int times) {
    double expected = valueBefore(series) + times;
    Awaitility.await(series + " " + expected).atMost(DEADLINE)
        .pollDelay(Duration.ZERO).pollInterval(POLL)
        .until(() -> node.metric(series) >= expected);
    assertEquals(expected, node.metric(series), series);
  }

  /// A metric's value before it happened; 0 if there was no such series yet.
  private double valueBefore(String series) {
    return before.lines().filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1))).findFirst()
        .orElse(0);
  }

  /// The lines so far that have a text in them, of whatever level.
  public List<String> lines(String text) {
    return log.linesWith(text);
  }

  /// Checks that nobody else noticed, and that it was nothing worse than what somebody did wrong.
  @Override
  public void close() {
    try (bystander; log) {
      bystander.saysAndHears("still here");
      rises(BUGS, 0);
      assertEquals(List.of(), log.troubles());
    }
  }
}
