package io.parley.outside.centrifuge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.auth.token.Issuer;
import io.parley.outside.TestNode;
import io.parley.outside.TwoNodes;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What clients on two nodes see of each other: who is there, who comes and goes, and what tokens
/// say of him.
@Timeout(60)
class MembersTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final Issuer APP = Issuer.withSecret("HS256", SECRET);
  private static final String BOB = "{\"user\":\"bob\",\"client\":\"CLIENT\","
      + "\"conn_info\":{\"name\":\"B\"},\"chan_info\":[1]}";

  private final TwoNodes nodes;
  private final TestNode near;
  private final TestNode far;

  MembersTest() throws IOException {
    nodes = new TwoNodes("token.hmac-secret", SECRET, "namespaces.room.read-presence", "users");
    near = nodes.near;
    far = nodes.far;
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  private static SdkClient connected(TestNode node, String claims) {
    var client = SdkClient.open(node.port());
    var reply = client.ask("connect", "{\"token\":\"" + APP.token(claims) + "\"}");
    assertTrue(reply.contains("\"connect\":{"), reply);
    return client;
  }

  private static void subscribe(SdkClient client, String members) {
    var reply = client.ask("subscribe", "{\"channel\":\"room:a\"" + members + "}");
    assertTrue(reply.contains("\"subscribe\":{"), reply);
  }

  @Test
  void whatTokensSayIsSeenByWhoMayReadPresence() {
    try (var alice = connected(near, "{\"sub\":\"alice\"}");
        var silent = connected(near, "{\"sub\":\"sam\"}");
        var guest = connected(near, "{\"sub\":\"\"}")) {
      subscribe(alice, ",\"join_leave\":true");
      // Who was there before is known to the node by the time that this is.
      alice.ask("presence_stats", "{\"channel\":\"room:a\"}");
      subscribe(silent, "");
      alice.hears("room:a", "\"join\":{\"info\":{\"user\":\"sam\",\"client\":\"CLIENT\"}}");
      subscribe(guest, ",\"join_leave\":true");
      assertTrue(alice.push().contains("\"join\":{\"info\":{\"user\":\"guest-"));
      try (var bob = connected(far, "{\"sub\":\"bob\",\"info\":{\"name\":\"B\"}}")) {
        subscribe(bob, ",\"token\":\""
            + APP.token("{\"sub\":\"bob\",\"channel\":\"room:a\",\"info\":[1]}") + "\"");
        alice.hears("room:a", "\"join\":{\"info\":" + BOB + "}");
        for (var each : new SdkClient[]{alice, bob}) {
          Awaitility.await("bob").atMost(Duration.ofSeconds(10)).until(
              () -> each.ask("presence", "{\"channel\":\"room:a\"}").contains(BOB));
        }
        guest.isRefused("presence", "{\"channel\":\"room:a\"}", 103);
        bob.asks("unsubscribe", "{\"channel\":\"room:a\"}", "\"unsubscribe\":{}");
        alice.hears("room:a", "\"leave\":{\"info\":" + BOB + "}");
      }
      alice.asks("publish", "{\"channel\":\"room:a\",\"data\":1}", "\"publish\":{}");
      // Whatever was told of members would have come before it.
      for (var each : new SdkClient[]{guest, silent, alice}) {
        var push = each.push();
        assertEquals(0, push.indexOf("{\"push\":{\"channel\":\"room:a\",\"pub\":"), push);
      }
    }
  }
}
