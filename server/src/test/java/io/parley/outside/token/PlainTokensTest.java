package io.parley.outside.token;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.auth.token.Issuer;
import io.parley.auth.token.KeyServer;
import io.parley.outside.Browser;
import io.parley.outside.TestNode;
import io.parley.redis.LogLines;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens on the plain protocol: in the URL, in a header, in the first frame, and fresh ones later.
@Timeout(60)
class PlainTokensTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final Issuer APP = Issuer.withSecret("HS256", SECRET);

  /// Where everybody needs a token.
  private static final TestNode NODE = node("token.grace", "0s", "token.leeway", "0s");

  /// Where nobody needs one.
  private static final TestNode OPEN = TestNode.start("token.hmac-secret", SECRET);

  private static TestNode node(String... changes) {
    var all = new ArrayList<>(List.of("token.hmac-secret", SECRET, "access.anonymous", "false"));
    all.addAll(List.of(changes));
    return TestNode.start(all.toArray(String[]::new));
  }

  @AfterAll
  static void stop() {
    NODE.close();
    OPEN.close();
  }

  private static String token(String user) {
    return APP.token("{\"sub\":" + quoted(user) + "}");
  }

  private static String token(String user, long secondsFromNow) {
    return APP.token("{\"sub\":" + quoted(user) + ",\"exp\":"
        + (Instant.now().getEpochSecond() + secondsFromNow) + "}");
  }

  private static String frame(String token) {
    return "{\"token\":\"" + token + "\"}";
  }

  private static String quoted(String text) {
    var out = new StringBuilder("\"");
    text.chars().forEach(c -> out.append("\\u%04x".formatted(c)));
    return out.append('"').toString();
  }

  private static String whoAmI(Browser browser) {
    return browser.say("{\"whoami\":true}").next();
  }

  private static void isAlice(Browser browser) {
    assertEquals("{\"you\":\"alice\",\"node\":\"n1\",\"rooms\":[\"lobby\"]}", whoAmI(browser));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTokenInTheUrlInAHeaderOrInTheFirstFrameSaysWhoItIs(boolean isNeeded) {
    var node = isNeeded ? NODE : OPEN;
    try (var inUrl = Browser.open(node.port(), "user=bob&token=" + token("alice"));
        var inHeader = Browser.open(
            node.port(), "user=bob", "Authorization", "bearer " + token("alice"));
        var inFrame = Browser.open(node.port(), "user=bob")) {
      isAlice(inUrl);
      isAlice(inHeader);
      inFrame.say(frame(token("alice")));
      isAlice(inFrame);
      inFrame.say("{\"to\":\"alice\",\"text\":\"hi\"}");
      for (var device : List.of(inUrl, inHeader, inFrame)) {
        device.hears("{\"to\":\"alice\",\"text\":\"hi\",\"from\":\"alice\"}");
      }
    }
  }

  @Test
  void theFirstFramesIdIsAcknowledged() {
    try (var alice = Browser.open(NODE.port(), "")) {
      alice.say("{\"id\":7,\"token\":\"" + token("alice") + "\"}").hears("{\"ack\":7}");
      alice.say("{\"id\":\"x\",\"token\":\"" + token("alice") + "\"}").hears("{\"ack\":\"x\"}");
      isAlice(alice);
    }
  }

  @Test
  void inTheFirstFrameTheSessionBeginsAnewAndTheGuestIsGone() {
    try (var bob = OPEN.browser("token=" + token("bob") + "&room=anew");
        var alice = Browser.open(OPEN.port(), "room=anew&as=json&since=e:1")) {
      alice.hears("{\"joined\":\"anew\",\"recovered\":false}");
      alice.say(frame(token("alice")));
      alice.hears("{\"joined\":\"anew\",\"recovered\":false}");
      bob.say("{\"who\":\"anew\"}").hears("{\"who\":\"anew\",\"users\":["
          + "{\"user\":\"alice\",\"connections\":1},{\"user\":\"bob\",\"connections\":1}]}");
      bob.saysAndHears("once");
      assertTrue(alice.next().startsWith("{\"text\":\"once\",\"from\":\"bob\""));
      alice.hearsNothing();
    }
  }

  @Test
  void afterTheFirstFrameAGuestStaysAGuest() {
    try (var guest = OPEN.browser("")) {
      whoAmI(guest);
      guest.say(frame(token("alice"))).isClosedWith(3500);
    }
  }

  @Test
  void whoNeedsATokenAndSaysAnythingElseFirstIsClosed() {
    for (var first : List.of("hello", "{\"whoami\":true}", "{", " ", "{\"token\":1}",
        "{\"token\":\"x\",\"to\":\"bob\"}")) {
      try (var client = Browser.open(NODE.port(), "user=alice")) {
        client.say(first).isClosedWith(3500);
      }
    }
    try (var client = Browser.open(NODE.port(), "")) {
      client.sayBinary((byte) 1);
      client.isClosedWith(1003);
    }
  }

  @Test
  void whoNeedsATokenAndSaysNothingIsClosedInTime() {
    try (var node = node("limits.auth-timeout", "100ms", "limits.pong-timeout", "200ms");
        var silent = Browser.open(node.port(), "");
        var alice = Browser.open(node.port(), "token=" + token("alice"))) {
      silent.isClosedWith(3502);
      assertEquals(1, node.hits("limits.auth-timeout"));
      isAlice(alice);
    }
  }

  @Test
  void aDrainDoesNotWaitForThoseWhoHaveNotSaidWhoTheyAre() {
    try (var node = node("drain.grace", "0s", "drain.period", "0s");
        var silent = Browser.open(node.port(), "")) {
      Thread.ofVirtual().start(() -> node.node().drain());
      silent.isClosedWith(3001);
    }
  }

  @ParameterizedTest
  @CsvSource({"'', 3500", "x, 3500", "a.b.c, 3500", "%00, 3500"})
  void whatIsNoTokenIsRefused(String text, int code) {
    for (var node : List.of(NODE, OPEN)) {
      try (var client = Browser.open(node.port(), "user=alice&token=" + text)) {
        client.isClosedWith(code);
      }
    }
  }

  @Test
  void badTokensAreRefusedAndOldOnesMayComeBackWithFreshOnes() {
    var unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.";
    var ofOthers = Issuer.withSecret("HS256", SECRET.replace('0', '1'))
        .token("{\"sub\":\"alice\"}");
    var forChannel = APP.token("{\"sub\":\"alice\",\"channel\":\"room:lobby\"}");
    var later = APP.token("{\"sub\":\"alice\",\"nbf\":9999999999}");
    var half = APP.token("{\"sub\":\"\\ud800\"}");
    for (var bad : List.of(unsigned, ofOthers, forChannel, later, half)) {
      try (var inUrl = Browser.open(NODE.port(), "token=" + bad);
          var inFrame = Browser.open(NODE.port(), "");
          var inside = Browser.open(NODE.port(), "token=" + token("alice"))) {
        inUrl.isClosedWith(3500);
        inFrame.say(frame(bad)).isClosedWith(3500);
        inside.say(frame(bad)).isClosedWith(3500);
      }
    }
    var over = token("alice", -1);
    try (var inUrl = Browser.open(NODE.port(), "token=" + over);
        var inFrame = Browser.open(NODE.port(), "");
        var inside = Browser.open(NODE.port(), "token=" + token("alice"))) {
      inUrl.isClosedWith(3005);
      inFrame.say(frame(over)).isClosedWith(3005);
      inside.say(frame(over)).isClosedWith(3005);
    }
  }

  @Test
  void aConnectionEndsWithItsTokenUnlessAFreshOneComes() {
    try (var stays = Browser.open(NODE.port(), "token=" + token("alice", 2));
        var lapses = Browser.open(NODE.port(), "token=" + token("alice", 2));
        var forEver = Browser.open(NODE.port(), "token=" + APP.token("{\"sub\":\"alice\","
            + "\"expire_at\":0,\"exp\":" + (Instant.now().getEpochSecond() + 2) + "}"))) {
      stays.say("{\"id\":1,\"token\":\"" + token("alice", 600) + "\"}").hears("{\"ack\":1}");
      lapses.isClosedWith(3005);
      assertTrue(NODE.hits("token.grace") >= 1);
      isAlice(stays);
      isAlice(forEver);
    }
  }

  @Test
  void afterItsTokensEndAConnectionHasTimeToShowAFreshOne() {
    long end = Instant.now().getEpochSecond() + 2;
    var brief = APP.token("{\"sub\":\"alice\",\"exp\":" + end + "}");
    try (var node = node("token.leeway", "0s", "token.grace", "1h");
        var alice = Browser.open(node.port(), "token=" + brief).settled()) {
      await().until(() -> Instant.now().getEpochSecond() >= end);
      // The same token lets nobody in any more, but who came in by it is still there.
      try (var late = Browser.open(node.port(), "token=" + brief)) {
        late.isClosedWith(3005);
      }
      isAlice(alice);
      alice.say("{\"id\":1,\"token\":\"" + token("alice", 60) + "\"}").hears("{\"ack\":1}");
    }
  }

  @Test
  void aFreshTokenIsOfTheSameUser() {
    try (var alice = Browser.open(NODE.port(), "token=" + token("alice"))) {
      alice.say(frame(token("alice", 60)));
      isAlice(alice);
      alice.say(frame(token("mallory"))).isClosedWith(3500);
    }
  }

  @Test
  void aTokenWithoutANameIsAGuests() {
    try (var one = Browser.open(NODE.port(), "token=" + token(""));
        var two = Browser.open(NODE.port(), "token=" + APP.token("{}"))) {
      var names = List.of(whoAmI(one), whoAmI(two));
      assertTrue(names.stream().allMatch(you -> you.startsWith("{\"you\":\"guest-")),
          names::toString);
      assertEquals(2, names.stream().distinct().count());
      one.say("{\"id\":1,\"token\":\"" + token("") + "\"}").hears("{\"ack\":1}");
      one.say(frame(token("alice"))).isClosedWith(3500);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bob ", " bob", "#bob", ":#bob", "bob,", "bob%", "%62ob", "bo%62", "bob}",
      "{bob", "bob*", "b*", "*", "bob\u0000", "bob\n", "bob\ufeff", "bob\u00a0", "BOB", "b\u043eb",
      "inbox", "inbox:#bob", "room:lobby", "lobby", "../bob", "bob#bob", "%", "%25", "%20", "#",
      "b", "bob\u0301", "\ud83d\ude00"})
  void noUserReadsAnothersInboxByHisName(String name) {
    try (var node = node();
        var other = Browser.open(node.port(), "room=far&token="
            + token(name)).say("{\"join\":\"barrier\"}");
        var bob = Browser.open(node.port(), "token=" + token("bob"));
        var alice = Browser.open(node.port(), "token=" + token("alice"))) {
      other.hears("{\"joined\":\"barrier\"}");
      bob.settled();
      alice.settled();
      alice.say("{\"to\":\"bob\",\"text\":\"secret\",\"id\":1}");
      bob.hears("{\"to\":\"bob\",\"text\":\"secret\",\"id\":1,\"from\":\"alice\"}");
      other.hearsNothing();
      other.say("{\"history\":\"inbox\"}");
      var seen = other.next();
      assertTrue(!seen.contains("secret") && seen.endsWith("\"messages\":[]}"), seen);
      // His own is his.
      other.say("{\"to\":\"alice\",\"text\":\"from me\"}");
      assertTrue(alice.next().startsWith("{\"ack\":1"));
      assertTrue(alice.next().contains("from me"));
      other.say("{\"history\":\"inbox\"}");
      assertTrue(other.next().contains("from me"));
    }
  }

  @Test
  void theLongestNameIsAUserLikeOthers() {
    var name = "#".repeat(255);
    try (var long1 = Browser.open(NODE.port(), "token=" + token(name)).settled();
        var long2 = Browser.open(NODE.port(), "token=" + token(name)).settled();
        var tooLong = Browser.open(NODE.port(), "token=" + token(name + "#"))) {
      tooLong.isClosedWith(3500);
      long1.say("{\"to\":\"bob\",\"text\":\"x\"}");
      long2.hears("{\"to\":\"bob\",\"text\":\"x\",\"from\":\"" + name + "\"}");
    }
  }

  @Test
  void clientsWaitWhileKeysAreFetched() {
    var app = Issuer.withNewKeys("ES256").as("k", "ES256");
    var alice = app.token("{\"sub\":\"alice\"}");
    try (var keys = KeyServer.of(app)) {
      keys.hold();
      try (var node = TestNode.start("token.jwks-url", keys.url(), "token.jwks-timeout", "30s",
          "access.anonymous", "false");
          var inUrl = Browser.open(node.port(), "token=" + alice);
          var inFrame = Browser.open(node.port(), "")) {
        try (var gone = Browser.open(node.port(), "token=" + alice)) {
          gone.say("{\"whoami\":true}");
        }
        // What they say meanwhile is dealt with in its turn.
        inUrl.say("{\"whoami\":true}");
        inFrame.say(frame(alice)).say("{\"whoami\":true}");
        keys.release();
        for (var browser : List.of(inUrl, inFrame)) {
          browser.hears("{\"you\":\"alice\",\"node\":\"n1\",\"rooms\":[\"lobby\"]}");
        }
      }
    }
  }

  @Test
  void whileTheKeysAreAwayClientsAreToComeBack() {
    var app = Issuer.withNewKeys("ES256").as("k", "ES256");
    var alice = app.token("{\"sub\":\"alice\"}");
    var keys = KeyServer.of(app);
    keys.close();
    try (var node = TestNode.start("token.jwks-url", keys.url(), "token.hmac-secret", SECRET);
        var away = Browser.open(node.port(), "token=" + alice);
        var inside = Browser.open(node.port(), "token=" + token("alice"))) {
      away.isClosedWith(1013);
      isAlice(inside);
      inside.say(frame(alice));
      assertTrue(inside.next().startsWith("{\"error\":{\"code\":100,"));
      isAlice(inside);
    }
  }

  @Test
  void aTokenIsNeverLoggedNorToldToAnybody() {
    try (var log = new LogLines("io")) {
      for (var text : List.of(token("hush") + "hush-hush", "hush-hush", "hush.hush.hush",
          token("hush", -100))) {
        var query = "token=" + URLEncoder.encode(text, StandardCharsets.UTF_8);
        try (var inUrl = Browser.open(NODE.port(), query);
            var badRoom = Browser.open(NODE.port(), "room=inbox&" + query);
            var inHeader = Browser.open(NODE.port(), "", "Authorization", "Bearer " + text);
            var inFrame = Browser.open(NODE.port(), "").say(frame(text))) {
          NODE.get("/?" + query);
          NODE.get("/none?" + query);
          for (var browser : List.of(inUrl, badRoom, inHeader, inFrame)) {
            var reason = browser.closed().reason();
            assertFalse(reason.contains("hush") || reason.contains(end(text)), reason);
          }
        }
        assertEquals(List.of(), log.linesWith(end(text)));
      }
      var good = token("carol");
      try (var alice = Browser.open(NODE.port(), "token=" + good)) {
        for (var bad : List.of("{\"to\":1.5,\"token\":\"%s\"}", "{\"token\":\"%s\",",
            "{\"token\":%s}")) {
          alice.say(bad.formatted(good));
          alice.next();
        }
      }
      assertEquals(List.of(), log.linesWith(end(good)));
      assertEquals(List.of(), log.linesWith("hush"));
      assertEquals(List.of(), log.linesWith(SECRET));
      assertFalse(log.linesWith("close 3500").isEmpty());
    }
  }

  private static String end(String token) {
    return token.substring(Math.max(0, token.length() - 20));
  }
}
