package io.parley.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.harness.Autobahn;
import io.parley.e2e.harness.Haproxy;
import io.parley.e2e.harness.Installed;
import io.parley.e2e.harness.NodeProcess;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// RFC 6455 by the Autobahn test suite, against the echo: directly, and through HAProxy. Other
/// cases than the usual ones by `-Dparley.autobahn.cases=9.*`.
@Timeout(900)
class AutobahnTest {
  /// All but the ones on speed (9); there are none on compression (12, 13) in this version.
  private static final String USUAL = "1.*,2.*,3.*,4.*,5.*,6.*,7.*,10.*";
  private static final int USUAL_COUNT = 247;
  private static final String CASES = System.getProperty("parley.autobahn.cases", USUAL);
  private static final Set<String> FINE = Set.of("OK", "INFORMATIONAL");
  private static final String DIRECT = "direct";
  private static final String THROUGH_HAPROXY = "haproxy";

  private static @Nullable NodeProcess node;
  private static @Nullable Haproxy haproxy;
  private static @Nullable Autobahn report;

  /// One run for both, since most of a run is Python's start.
  @BeforeAll
  static void run() {
    node = NodeProcess.startWithJvm("n1", "", "-Xmx512m", "--echo=true",
        "--limits.message-bytes=16MiB", "--limits.message-fragments=65537",
        "--limits.outbox-bytes=64MiB", "--proxy.trusted=127.0.0.1,::1",
        // Section 9 has frames that take this Python half a minute, in which it can't answer.
        "--limits.ping-interval=10m", "--limits.pong-timeout=5m",
        "--limits.message-timeout=5m");
    var agents = new LinkedHashMap<String, String>();
    agents.put(DIRECT, "ws://127.0.0.1:" + node.port() + "/echo");
    var binary = Installed.find("haproxy");
    if (binary.isPresent()) {
      haproxy = Haproxy.before(binary.get(), List.of(node));
      agents.put(THROUGH_HAPROXY, "ws://127.0.0.1:" + haproxy.port() + "/echo");
    }
    report = Autobahn.run(agents, List.of(CASES.split(",", -1)), "1g", Duration.ofMinutes(14));
  }

  @AfterAll
  static void end() {
    if (haproxy != null) {
      haproxy.close();
    }
    if (node != null) {
      node.close();
    }
  }

  @Test
  void aNodeConformsInEveryCase() {
    assertConforms(DIRECT);
  }

  @Test
  void soItDoesThroughHaproxy() {
    Installed.orSkip("haproxy");
    assertConforms(THROUGH_HAPROXY);
  }

  private static void assertConforms(String agent) {
    assertTrue(report != null);
    var results = report.of(agent);
    assertEquals(report.expected(), results.size());
    if (CASES.equals(USUAL)) {
      assertEquals(USUAL_COUNT, results.size());
    }
    assertEquals(List.of(), results.stream().filter(result -> !FINE.contains(result.behavior())
        || !FINE.contains(result.closing())).toList());
    System.out.println("ok: " + agent + ": " + results.size() + " cases");
  }
}
