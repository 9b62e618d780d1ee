package io.parley.e2e.sdk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.client.Browser;
import io.parley.e2e.harness.Kept;
import io.parley.e2e.harness.NodeProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The npm package `centrifuge` without a WebSocket, in a browser that asks first whether the page
/// may do this.
@Timeout(240)
class OtherOriginTest {
  @RegisterExtension
  private final Kept kept = new Kept();

  @Test
  void aPageOfAnAllowedOriginChatsWithoutAWebSocket() {
    var browser = kept.keep(Browser.orSkip());
    var sdk = JavaScriptSdk.installedOrSkip();
    var elsewhere = kept.keep(NodeProcess.start("elsewhere", ""));
    var page = "http://127.0.0.1:" + elsewhere.port();
    var node = kept.keep(NodeProcess.start("n1", "", "--access.origins=" + page));
    var server = "http://127.0.0.1:" + node.port();
    browser.play("streams", """
        {"page": "%s/", "sdk": "%s", "emulation": "%s/emulation", "ways": [
          {"transport": "http_stream", "endpoint": "%s/connection/http_stream"},
          {"transport": "sse", "endpoint": "%s/connection/sse"}]}"""
        .formatted(page, sdk.resolve("node_modules/centrifuge/dist/centrifuge.js"), server, server,
            server));
    // Two subscriptions and six messages, and that the browser asks at all.
    assertTrue(
        node.health().metric("parley_http_answers_total{status=\"204\"}") > 2 + 6);
  }
}
