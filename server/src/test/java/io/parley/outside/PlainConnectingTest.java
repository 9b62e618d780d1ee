package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.redis.LogLines;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The section "Connecting" of the plain protocol.
@Timeout(30)
class PlainConnectingTest {
  private static final TestNode NODE = TestNode.start();
  private static final Pattern GUEST = Pattern
      .compile("\\{\"you\":\"(guest-[0-9a-f]{16})\",\"node\":\"n1\",\"rooms\":\\[.*");

  @AfterAll
  static void stop() {
    NODE.close();
  }

  private static String whoAmI(Browser browser) {
    return browser.say("{\"whoami\":true}").next();
  }

  @Test
  void theFirstFrameThatABareConsoleSeesIsTheFirstMessage() {
    try (var bare = Browser.open(NODE.port(), ""); var other = NODE.browser("")) {
      // The first of these that comes after the console has joined is what it sees first.
      String first = null;
      for (int i = 0; first == null; i++) {
        other.saysAndHears("message " + i);
        first = bare.heardSoFar();
      }
      assertTrue(first.startsWith("message "), first);
    }
  }

  @Test
  void nothingIsSaidAboutJoiningAndNothingIsReplayed() {
    try (var first = NODE.browser("room=quiet")) {
      first.saysAndHears("before");
      try (var second = NODE.browser("room=quiet")) {
        second.hearsNothing();
        first.saysAndHears("after");
        second.hears("after");
      }
    }
  }

  @Test
  void theRoomIsTheLobbyUnlessOneIsNamed() {
    try (var alice = NODE.browser("user=alice"); var bob = NODE.browser("user=bob&room=news")) {
      assertEquals("{\"you\":\"alice\",\"node\":\"n1\",\"rooms\":[\"lobby\"]}", whoAmI(alice));
      assertEquals("{\"you\":\"bob\",\"node\":\"n1\",\"rooms\":[\"news\"]}", whoAmI(bob));
      alice.saysAndHears("in the lobby");
      bob.hearsNothing();
    }
  }

  @Test
  void joiningOthersLaterOnlyAdds() {
    try (var alice = NODE.browser("room=own1"); var own = NODE.browser("room=own1")) {
      alice.say("{\"join\":\"other1\"}").hears("{\"joined\":\"other1\"}");
      alice.saysAndHears("to my own room");
      own.hears("to my own room");
    }
  }

  @Test
  void withoutANameOneIsAGuestWithSixtyFourRandomBits() {
    try (var one = NODE.browser(""); var two = NODE.browser("")) {
      var first = GUEST.matcher(whoAmI(one));
      var second = GUEST.matcher(whoAmI(two));
      assertTrue(first.matches() && second.matches());
      assertNotEquals(first.group(1), second.group(1));
    }
  }

  @Test
  void thePrefixOfGuestsCannotBeClaimed() {
    try (var guest = Browser.open(NODE.port(), "user=guest-0000000000000000")) {
      guest.isClosedWith(3501);
    }
  }

  @Test
  void whereNamesAreNotBelievedTheClaimantIsAGuest() {
    try (var node = TestNode.start("access.claimed-names", "false");
        var alice = node.browser("user=alice")) {
      var you = whoAmI(alice);
      assertTrue(GUEST.matcher(you).matches(), you);
    }
  }

  @Test
  void whereAnonymousConnectionsAreNotAllowedNobodyComesInWithoutAToken() {
    try (var node = TestNode.start("access.anonymous", "false")) {
      for (var query : new String[]{"", "user=alice"}) {
        try (var alice = Browser.open(node.port(), query)) {
          alice.isClosedWith(3500);
        }
      }
    }
  }

  @Test
  void aTokenThatNobodyCanCheckIsABadToken() {
    try (var inUrl = Browser.open(NODE.port(), "token=x&user=alice");
        var inHeader = Browser.open(NODE.port(), "", "Authorization", "Bearer x");
        var inFrame = NODE.browser("")) {
      inUrl.isClosedWith(3500);
      inHeader.isClosedWith(3500);
      inFrame.say("{\"token\":\"x\"}").isClosedWith(3500);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"user=", "user=a%20b", "user=a:b", "user=%23", "user=a,b", "user=%7Ba",
      "user=a%7D", "user=*", "user=%00", "user=%C2%A0", "user=%EF%BB%BFa", "room=", "room=a%0Ab",
      "room=inbox", "room=%F0%9F%98%80%20",
      "user=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})
  void aNameThatIsNoneIsRefused(String query) {
    try (var client = Browser.open(NODE.port(), query)) {
      assertTrue(client.closed().reason().contains("(expected: "), client.closed()::reason);
      client.isClosedWith(3501);
    }
  }

  @Test
  void namesAreNormalised() {
    try (var composed = NODE.browser("user=%C3%A9&room=caf%C3%A9");
        var decomposed = NODE.browser("user=e%CC%81&room=cafe%CC%81")) {
      assertEquals("{\"you\":\"é\",\"node\":\"n1\",\"rooms\":[\"café\"]}", whoAmI(composed));
      assertEquals(whoAmI(composed), whoAmI(decomposed));
      composed.saysAndHears("same room");
      decomposed.hears("same room");
    }
  }

  @Test
  void aSecondConnectionOfAUserIsASecondDevice() {
    try (var phone = NODE.browser("user=devi");
        var laptop = NODE.browser("user=devi");
        var bob = NODE.browser("user=bobby")) {
      bob.say("{\"to\":\"devi\",\"text\":\"hi\"}");
      var message = "{\"to\":\"devi\",\"text\":\"hi\",\"from\":\"bobby\"}";
      phone.hears(message);
      laptop.hears(message);
    }
  }

  @Test
  void aResumingClientIsToldThatWhatItMissedCannotBeHadYet() {
    try (var client = Browser.open(NODE.port(), "room=again&since=e:1")) {
      client.hears("{\"joined\":\"again\",\"recovered\":false}");
    }
  }

  @Test
  void aTokenIsNeverLogged() {
    try (var log = new LogLines("io.parley");
        var inUrl = Browser.open(NODE.port(), "token=hush-hush");
        var inHeader = Browser.open(NODE.port(), "", "Authorization", "Bearer hush-hush");
        var inFrame = NODE.browser("")) {
      inUrl.isClosedWith(3500);
      inHeader.isClosedWith(3500);
      inFrame.say("{\"token\":\"hush-hush\"}").isClosedWith(3500);
      assertEquals(3, log.linesWith("close 3500").size());
      assertEquals(List.of(), log.linesWith("hush"));
    }
  }

  @Test
  void aClientThatResumesItsInboxIsToldSo() {
    try (var client = Browser.open(NODE.port(), "user=annie&inbox_since=e:1")) {
      client.hears("{\"joined\":\"inbox\",\"recovered\":false}");
    }
    try (var client = Browser.open(NODE.port(), "user=annie&since=e:7&inbox_since=e:1")) {
      client.hearsInAnyOrder("{\"joined\":\"lobby\",\"recovered\":false}",
          "{\"joined\":\"inbox\",\"recovered\":false}");
    }
  }
}
