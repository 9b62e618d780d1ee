package io.parley.e2e.page;

import static java.util.stream.Collectors.joining;

import io.parley.e2e.client.Browser;
import io.parley.e2e.harness.Cluster;
import io.parley.e2e.harness.Kept;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// People at the page while the node of some of them is killed with -9.
@Timeout(120)
class KilledNodeTest {
  @RegisterExtension
  private final Kept kept = new Kept();

  @Test
  void everyMessageIsThereOnceAndInOrderAndTheStatusLineSaysWhatHappened() {
    var browser = kept.keep(Browser.orSkip());
    var cluster = kept.keep(Cluster.up());
    var pids = cluster.nodes().stream().map(node -> "\"%s\": %d".formatted(node.name(), node.pid()))
        .collect(joining(", ", "{", "}"));
    browser.play("killed", "{\"url\": \"http://localhost:%d/\", \"pids\": %s}"
        .formatted(cluster.port(), pids));
  }
}
