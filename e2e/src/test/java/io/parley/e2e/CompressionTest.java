package io.parley.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.e2e.client.Browser;
import io.parley.e2e.harness.Kept;
import io.parley.e2e.harness.NodeProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// permessage-deflate as a browser speaks it.
@Timeout(240)
class CompressionTest {
  @RegisterExtension
  private final Kept kept = new Kept();

  @Test
  void chromiumCompressesAndReadsWhatIsCompressed() {
    var browser = kept.keep(Browser.orSkip());
    var node = kept.keep(NodeProcess.start("n1", "", "--compression.enabled=true"));
    browser.play("compression", """
        {"url": "http://127.0.0.1:%d/", "text": "%s"}"""
        .formatted(node.port(), " The quick brown fox jumps over the lazy dog.".repeat(20)));
    // Twenty texts, in two ways of showing them.
    assertEquals(40, node.health().metric("parley_compressions_total"));
  }
}
