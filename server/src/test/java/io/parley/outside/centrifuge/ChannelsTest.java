package io.parley.outside.centrifuge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.TestNode;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a client does in channels, and what it and plain clients see of each other.
@Timeout(60)
class ChannelsTest {
  private static final TestNode NODE = TestNode.start("limits.rooms-per-connection", "8");
  private static final String SUBSCRIBED = "\"subscribe\":{\"recoverable\":true,"
      + "\"positioned\":true,\"epoch\":\"EPOCH\"";

  @AfterAll
  static void stop() {
    NODE.close();
  }

  private static SdkClient connected(String user) {
    return SdkClient.connected(NODE.port(), user);
  }

  private static SdkClient in(String channel, String user) {
    var client = connected(user);
    var reply = client.ask("subscribe", "{\"channel\":\"" + channel + "\"}");
    assertTrue(reply.contains(SUBSCRIBED), reply);
    return client;
  }

  private static String pub(String data, String user, int offset) {
    return "\"pub\":{\"data\":" + data + ",\"info\":{\"user\":\"" + user
        + "\",\"client\":\"CLIENT\"},\"offset\":" + offset + "}";
  }

  @Test
  void everybodyInAChannelHearsWhatIsSaidThereTheSenderToo() {
    try (var alice = in("room:s1", "alice"); var bob = in("room:s1", "bob")) {
      int offset = 1;
      for (var data : new String[]{"{\"a\":[1,{}]}", "\"text\"", "1", "null", "[]", "1e400",
          "\"\\ud800\"", "\"{\\\"a\\\":1}\"", "{\"from\":\"x\",\"error\":1}", "\"a\\u2028\""}) {
        alice.asks("publish", "{\"channel\":\"room:s1\",\"data\":" + data + "}",
            "\"publish\":{}");
        var seen = data.equals("\"a\\u2028\"") ? "\"a\u2028\"" : data;
        alice.hears("room:s1", pub(seen, "alice", offset));
        bob.hears("room:s1", pub(seen, "alice", offset++));
      }
    }
  }

  @Test
  void whatWasPublishedOnSeveralLinesComesOnOne() {
    try (var alice = in("room:s2", "alice")) {
      alice.asks("publish", "{\"channel\":\"room:s2\",\"data\":{\r\"a\"\t:\r1}}",
          "\"publish\":{}");
      alice.hears("room:s2", pub("{\"a\"\t:1}", "alice", 1));
    }
  }

  @Test
  void plainClientsAndTheseHearEachOther() {
    try (var alice = in("room:s3", "alice");
        var plain = NODE.browser("user=pete&room=s3");
        var json = NODE.browser("user=jay&room=s3&as=json")) {
      plain.hearsNothing();
      json.hearsNothing();
      plain.saysAndHears("Hello \"you\"");
      alice.hears("room:s3", pub("\"Hello \\\"you\\\"\"", "pete", 1));
      json.hears("{\"text\":\"Hello \\\"you\\\"\",\"from\":\"pete\",\"room\":\"s3\"}");
      plain.say("{\"a\":1}");
      alice.hears("room:s3", pub("{\"a\":1}", "pete", 2));
      plain.hears("{\"a\":1,\"from\":\"pete\",\"room\":\"s3\"}");
      json.hears("{\"a\":1,\"from\":\"pete\",\"room\":\"s3\"}");
      said(alice, "\"Hi\"");
      plain.hears("Hi");
      json.hears("{\"text\":\"Hi\",\"from\":\"alice\",\"room\":\"s3\"}");
      for (var data : new String[]{"\" {\\\"ack\\\":1}\"", "\" \"", "7", "[1]",
          "{\"from\":\"bob\"}", "{\"\\u0065rror\":{}}", "{\"history\":\"s3\"}"}) {
        said(alice, data);
        plain.hears("{\"data\":" + data + ",\"from\":\"alice\",\"room\":\"s3\"}");
        json.hears("{\"data\":" + data + ",\"from\":\"alice\",\"room\":\"s3\"}");
      }
      said(alice, "{\"a\":{\"from\":1}}");
      plain.hears("{\"a\":{\"from\":1},\"from\":\"alice\",\"room\":\"s3\"}");
    }
  }

  private static void said(SdkClient client, String data) {
    client.asks("publish", "{\"channel\":\"room:s3\",\"data\":" + data + "}", "\"publish\":{}");
    client.push();
  }

  @Test
  void whoComesBackGetsWhatHeMissedWithTheAnswer() {
    try (var alice = in("room:s5", "alice")) {
      var epoch = "";
      try (var bob = connected("bob")) {
        bob.say("{\"id\":2,\"subscribe\":{\"channel\":\"room:s5\"}}");
        epoch = bob.wholeLine().replaceAll(".*\"epoch\":\"([0-9a-f]{16})\".*", "$1");
      }
      for (int i = 1; i <= 3; i++) {
        alice.ask("publish", "{\"channel\":\"room:s5\",\"data\":" + i + "}");
      }
      try (var bob = connected("bob")) {
        bob.asks("subscribe", "{\"channel\":\"room:s5\",\"recover\":true,\"offset\":1,\"epoch\":\""
            + epoch + "\"}",
            SUBSCRIBED + ",\"offset\":1,\"publications\":["
                + missed(2) + "," + missed(3) + "],\"recovered\":true,\"was_recovering\":true}");
        alice.ask("publish", "{\"channel\":\"room:s5\",\"data\":4}");
        bob.hears("room:s5", pub("4", "alice", 4));
      }
      try (var new1 = connected("carl");
          var lost = connected("dora");
          var strict = connected("eve")) {
        new1.asks("subscribe", "{\"channel\":\"room:s5\",\"recover\":true}",
            SUBSCRIBED + ",\"publications\":[" + missed(1) + "," + missed(2) + "," + missed(3)
                + "," + missed(4) + "],\"recovered\":true,\"was_recovering\":true}");
        lost.asks("subscribe", "{\"channel\":\"room:s5\",\"recover\":true,\"offset\":1,"
            + "\"epoch\":\"0123456789abcdef\"}",
            SUBSCRIBED + ",\"offset\":4,\"was_recovering\":true}");
        strict.isRefused("subscribe", "{\"channel\":\"room:s5\",\"recover\":true,\"offset\":99,"
            + "\"epoch\":\"" + epoch + "\",\"flag\":2}", 112);
        strict.asks("subscribe", "{\"channel\":\"room:s5\"}", SUBSCRIBED + ",\"offset\":4}");
      }
    }
  }

  private static String missed(int number) {
    return "{\"data\":" + number + ",\"info\":{\"user\":\"alice\",\"client\":\"CLIENT\"},"
        + "\"offset\":" + number + "}";
  }

  @ParameterizedTest
  @CsvSource({"room:a b,107", "room:{x},107", "nope:x,102", "x,102", "inbox:#other,103",
      "$room:x,103", "me:#other,103"})
  void whatMayNotBeSubscribedIsRefused(String channel, int code) {
    try (var client = connected("carl")) {
      client.isRefused("subscribe", "{\"channel\":\"" + channel + "\"}", code);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void otherKindsOfChannelsAreDenied(int type) {
    try (var client = connected("carl")) {
      client.isRefused("subscribe", "{\"channel\":\"room:t\",\"type\":" + type + "}", 103);
      client.isRefused("subscribe", "{\"channel\":\"room:t\",\"tf\":{}}", 107);
      client.asks("subscribe", "{\"channel\":\"room:t" + type + "\",\"delta\":\"fossil\"}",
          SUBSCRIBED + "}");
      client.isRefused("subscribe", "{\"channel\":\"room:t" + type + "\"}", 105);
    }
  }

  @Test
  void onlySoManyChannelsAtATime() {
    try (var client = connected("carl")) {
      IntStream.range(0, 8).forEach(i -> client.asks("subscribe",
          "{\"channel\":\"room:many" + i + "\"}", SUBSCRIBED + "}"));
      client.isRefused("subscribe", "{\"channel\":\"room:many8\"}", 106);
      client.asks("unsubscribe", "{\"channel\":\"room:many0\"}", "\"unsubscribe\":{}");
      client.asks("subscribe", "{\"channel\":\"room:many8\"}", SUBSCRIBED + "}");
    }
  }

  @Test
  void whoLeavesHearsNothingMore() {
    try (var alice = in("room:s6", "alice"); var bob = in("room:s6", "bob")) {
      bob.asks("unsubscribe", "{\"channel\":\"room:s6\"}", "\"unsubscribe\":{}");
      bob.asks("unsubscribe", "{\"channel\":\"room:s6\"}", "\"unsubscribe\":{}");
      alice.ask("publish", "{\"channel\":\"room:s6\",\"data\":1}");
      bob.asks("subscribe", "{\"channel\":\"room:s6\"}", SUBSCRIBED + ",\"offset\":1}");
      alice.ask("publish", "{\"channel\":\"room:s6\",\"data\":2}");
      bob.hears("room:s6", pub("2", "alice", 2));
    }
  }

  @Test
  void historyGoesBothWaysFromEitherEndOrAPosition() {
    try (var alice = in("room:s7", "alice")) {
      for (int i = 1; i <= 4; i++) {
        alice.ask("publish", "{\"channel\":\"room:s7\",\"data\":" + i + "}");
      }
      var end = "\"epoch\":\"EPOCH\",\"offset\":4}";
      alice.asks("history", "{\"channel\":\"room:s7\"}", "\"history\":{" + end);
      alice.asks("history", "{\"channel\":\"room:s7\",\"limit\":-1}", "\"history\":{"
          + "\"publications\":[" + missed(1) + "," + missed(2) + "," + missed(3) + "," + missed(4)
          + "]," + end);
      alice.asks("history", "{\"channel\":\"room:s7\",\"limit\":2}", "\"history\":{"
          + "\"publications\":[" + missed(1) + "," + missed(2) + "]," + end);
      alice.asks("history", "{\"channel\":\"room:s7\",\"limit\":2,\"reverse\":true}",
          "\"history\":{\"publications\":[" + missed(4) + "," + missed(3) + "]," + end);
      alice.asks("history", "{\"channel\":\"room:s7\",\"limit\":9,\"since\":{\"offset\":2}}",
          "\"history\":{\"publications\":[" + missed(3) + "," + missed(4) + "]," + end);
      alice.asks("history", "{\"channel\":\"room:s7\",\"limit\":9,\"reverse\":true,"
          + "\"since\":{\"offset\":3}}",
          "\"history\":{\"publications\":[" + missed(2) + "," + missed(1) + "]," + end);
      alice.isRefused("history", "{\"channel\":\"room:s7\",\"limit\":9,\"since\":{\"offset\":2,"
          + "\"epoch\":\"nope\"}}", 112);
      alice.isRefused("history", "{\"channel\":\"typing:s7\",\"limit\":9}", 108);
      alice.isRefused("history", "{\"channel\":\"inbox:#bob\",\"limit\":9}", 103);
    }
  }

  @Test
  void presenceHasTheAskerAtOnce() {
    try (var alice = in("room:s8", "alice")) {
      alice.asks("presence", "{\"channel\":\"room:s8\"}", "\"presence\":{\"presence\":{"
          + "\"CLIENT\":{\"user\":\"alice\",\"client\":\"CLIENT\"}}}");
      try (var second = in("room:s8", "alice")) {
        second.asks("presence_stats", "{\"channel\":\"room:s8\"}",
            "\"presence_stats\":{\"num_clients\":2,\"num_users\":1}");
        second.asks("unsubscribe", "{\"channel\":\"room:s8\"}", "\"unsubscribe\":{}");
        second.asks("presence_stats", "{\"channel\":\"room:s8\"}",
            "\"presence_stats\":{\"num_clients\":1,\"num_users\":1}");
      }
      alice.isRefused("presence", "{\"channel\":\"inbox:#alice\"}", 108);
    }
  }

  @Test
  void whoAskedIsToldWhoJoinsAndLeaves() {
    try (var alice = connected("alice")) {
      alice.ask("subscribe", "{\"channel\":\"room:s9\",\"join_leave\":true}");
      // Her own comes as well, before or after the reading of who is there.
      try (var bob = in("room:s9", "bob")) {
        bob.ask("publish", "{\"channel\":\"room:s9\",\"data\":0}");
        bob.asks("unsubscribe", "{\"channel\":\"room:s9\"}", "\"unsubscribe\":{}");
      }
      String push;
      do {
        push = alice.push();
      } while (!push.contains("\"leave\""));
      assertEquals("{\"push\":{\"channel\":\"room:s9\",\"leave\":{\"info\":{\"user\":\"bob\","
          + "\"client\":\"CLIENT\"}}}}", push);
    }
  }

  @Test
  void aDirectMessageReachesEveryDeviceOfItsReceiverAndTheOthersOfItsSender() {
    try (var phone = connected("alice");
        var laptop = connected("alice");
        var bob = connected("bob");
        var plain = NODE.browser("user=bob&room=s10")) {
      plain.hearsNothing();
      phone.asks("rpc", "{\"method\":\"direct\",\"data\":{\"to\":\"bob\",\"data\":{\"t\":\"psst\"}"
          + ",\"id\":1}}", "\"rpc\":{\"data\":{\"offset\":1,\"epoch\":\"EPOCH\"}}");
      var data = "{\"to\":\"bob\",\"t\":\"psst\",\"id\":\"1\"}";
      bob.hears("inbox:#bob", pub(data, "alice", 1));
      laptop.hears("inbox:#alice", pub(data, "alice", 1));
      plain.hears("{\"to\":\"bob\",\"t\":\"psst\",\"id\":\"1\",\"from\":\"alice\"}");
      // Under the same id it isn't sent twice.
      phone.asks("rpc", "{\"method\":\"direct\",\"data\":{\"to\":\"bob\",\"data\":{\"t\":\"psst\"}"
          + ",\"id\":1}}", "\"rpc\":{\"data\":{\"offset\":1,\"epoch\":\"EPOCH\"}}");
      phone.isRefused("rpc", "{\"method\":\"direct\",\"data\":{\"to\":\"bob\",\"data\":{\"t\":2}"
          + ",\"id\":1}}", 107);
      for (var each : new String[]{"\"text\"", "7", "{\"from\":\"x\"}"}) {
        phone.ask("rpc", "{\"method\":\"direct\",\"data\":{\"to\":[\"bob\",7],\"data\":" + each
            + "}}");
        plain.hears("{\"to\":[\"bob\",\"7\"],\"data\":" + each + ",\"from\":\"alice\"}");
      }
      for (var bad : new String[]{"{}", "{\"to\":\"bob\"}", "{\"to\":\"\",\"data\":1}",
          "{\"to\":{},\"data\":1}", "{\"to\":\"bob\",\"data\":1,\"id\":\"\"}", "[]", "1"}) {
        phone.isRefused("rpc", "{\"method\":\"direct\",\"data\":" + bad + "}", 107);
      }
    }
  }

  @Test
  void aPublishUnderAnIdHappensOnce() {
    try (var alice = in("room:s11", "alice")) {
      var call = "{\"method\":\"publish\",\"data\":{\"channel\":\"room:s11\",\"data\":1,\"id\":9}}";
      var answer = "\"rpc\":{\"data\":{\"offset\":1,\"epoch\":\"EPOCH\"}}";
      alice.asks("rpc", call, answer);
      alice.asks("rpc", call, answer);
      alice.asks("publish", "{\"channel\":\"room:s11\",\"data\":2}", "\"publish\":{}");
      alice.hears("room:s11", pub("1", "alice", 1), pub("2", "alice", 2));
    }
  }

  @Test
  void theInboxIsGoneOnFromWhereOneWas() {
    try (var alice = connected("ann")) {
      String epoch;
      try (var bob = SdkClient.open(NODE.port())) {
        bob.say("{\"id\":1,\"connect\":{\"data\":{\"user\":\"ben\"}}}");
        epoch = bob.wholeLine().replaceAll(".*\"epoch\":\"([0-9a-f]{16})\".*", "$1");
      }
      alice.ask("rpc", "{\"method\":\"direct\",\"data\":{\"to\":\"ben\",\"data\":{\"n\":1}}}");
      try (var bob = SdkClient.open(NODE.port())) {
        bob.say("{\"id\":1,\"connect\":{\"data\":{\"user\":\"ben\"},\"subs\":{\"inbox:#ben\":"
            + "{\"recover\":true,\"epoch\":\"" + epoch + "\"}}}}");
        var reply = bob.reply(1);
        assertTrue(reply.contains("\"publications\":[{\"data\":{\"to\":\"ben\",\"n\":1},"), reply);
        assertTrue(reply.contains("\"recovered\":true"), reply);
      }
    }
  }

  @Test
  void deepNestingIsRefused() {
    try (var alice = in("room:s12", "alice")) {
      alice.asks("publish", "{\"channel\":\"room:s12\",\"data\":" + "[".repeat(128)
          + "]".repeat(128) + "}", "\"publish\":{}");
      alice.isRefused("publish", "{\"channel\":\"room:s12\",\"data\":" + "[".repeat(129)
          + "]".repeat(129) + "}", 107);
      alice.say("{\"id\":50,\"publish\":{\"channel\":\"room:s12\",\"data\":"
          + "[".repeat(1_100) + "]".repeat(1_100) + "}}").isClosedWith(3501);
    }
  }
}
