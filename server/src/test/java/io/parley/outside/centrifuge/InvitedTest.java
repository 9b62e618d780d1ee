package io.parley.outside.centrifuge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.TestNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may use what goes with rooms and with talks of two: who is typing, and who has read what.
@Timeout(60)
class InvitedTest {
  private static final String[] QUESTIONS = {"presence", "presence_stats", "history"};
  private static final TestNode NODE = TestNode.start();

  @AfterAll
  static void stop() {
    NODE.close();
  }

  private static SdkClient connected(String user) {
    return SdkClient.connected(NODE.port(), user);
  }

  private static String named(String channel) {
    return "{\"channel\":\"" + channel + "\"}";
  }

  private static void subscribe(SdkClient client, String channel) {
    var reply = client.ask("subscribe", named(channel));
    assertTrue(reply.contains("\"subscribe\":{"), reply);
  }

  /// What the client publishes, both hear.
  private static void saysToBoth(SdkClient client, SdkClient other, String channel, String data) {
    client.asks("publish", "{\"channel\":\"" + channel + "\",\"data\":" + data + "}",
        "\"publish\":{}");
    for (var each : new SdkClient[]{client, other}) {
      var push = each.push();
      assertTrue(push.startsWith("{\"push\":{\"channel\":\"" + channel + "\",\"pub\":{\"data\":"
          + data + ","), push);
    }
  }

  /// A channel of `typing` keeps nothing, which whoever may read it is told.
  private static void mayAsk(SdkClient client, String channel) {
    var there = client.ask("presence", named(channel));
    assertTrue(there.contains("\"presence\":{"), there);
    var count = client.ask("presence_stats", named(channel));
    assertTrue(count.contains("\"num_clients\":"), count);
    if (channel.startsWith("typing")) {
      client.isRefused("history", named(channel), 108);
    } else {
      var history = client.ask("history", "{\"channel\":\"" + channel + "\",\"limit\":-1}");
      assertTrue(history.contains("\"history\":{\"publications\":["), history);
    }
  }

  private static void mayDoNothing(SdkClient client, String channel) {
    client.isRefused("subscribe", named(channel), 103);
    client.isRefused("publish", "{\"channel\":\"" + channel + "\",\"data\":1}", 103);
    client.isRefused("rpc", "{\"method\":\"publish\",\"data\":{\"channel\":\"" + channel
        + "\",\"data\":1,\"id\":1}}", 103);
    for (var question : QUESTIONS) {
      client.isRefused(question, named(channel), 103);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"typing:#alice,bob", "receipts:#alice,bob"})
  void whatNamesTwoIsForTheseTwo(String channel) {
    try (var alice = connected("alice"); var bob = connected("bob"); var carl = connected("carl")) {
      subscribe(alice, channel);
      mayDoNothing(carl, channel);
      subscribe(bob, channel);
      // Nothing of what the third one said comes before these.
      saysToBoth(alice, bob, channel, "{\"by\":1}");
      saysToBoth(bob, alice, channel, "{\"by\":2}");
      mayAsk(alice, channel);
      mayAsk(bob, channel);
      mayDoNothing(carl, channel);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"typing:lobby", "receipts:lobby"})
  void whatNamesNobodyIsForAnyone(String channel) {
    try (var carl = connected("carl"); var guest = SdkClient.open(NODE.port())) {
      guest.ask("connect", "{}");
      subscribe(carl, channel);
      subscribe(guest, channel);
      saysToBoth(carl, guest, channel, "1");
      saysToBoth(guest, carl, channel, "2");
      mayAsk(carl, channel);
      mayAsk(guest, channel);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"typing:#", "receipts:#", "typing:#,", "receipts:lobby#"})
  void signWithNoNameBehindItIsForNobody(String channel) {
    try (var alice = connected("alice"); var guest = SdkClient.open(NODE.port())) {
      guest.ask("connect", "{}");
      mayDoNothing(alice, channel);
      mayDoNothing(guest, channel);
    }
  }

  @Test
  void guestIsInvitedWhereHeIsNamed() {
    try (var guest = SdkClient.open(NODE.port()); var alice = connected("alice")) {
      guest.ask("connect", "{}");
      var name = guest.ask("rpc", "{\"method\":\"whoami\"}")
          .replaceAll(".*\"user\":\"([^\"]*)\".*", "$1");
      assertTrue(name.startsWith("guest-"), name);
      var channel = "receipts:#alice," + name;
      subscribe(guest, channel);
      subscribe(alice, channel);
      saysToBoth(guest, alice, channel, "1");
      mayAsk(guest, channel);
      mayDoNothing(guest, "receipts:#alice,guest-of-another-name");
    }
  }
}
