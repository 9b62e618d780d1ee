package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the plain protocol says of direct messages.
@Timeout(30)
class PlainDirectTest {
  private final TestNode node = TestNode.start();

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void itReachesEveryConnectionOfTheReceiverAndNobodyElse() {
    try (var alice = node.browser("user=alice");
        var phone = node.browser("user=bob");
        var laptop = node.browser("user=bob&room=elsewhere&as=json");
        var carol = node.browser("user=carol")) {
      alice.say("{\"to\":\"bob\",\"text\":\"psst\",\"id\":1}").hears("{\"ack\":1}");
      var seen = "{\"to\":\"bob\",\"text\":\"psst\",\"id\":1,\"from\":\"alice\"}";
      phone.hears(seen);
      laptop.hears(seen);
      carol.hearsNothing();
      alice.hearsNothing();
    }
  }

  @Test
  void theSendersOtherConnectionsGetACopyAndTheSendingOneDoesNot() {
    try (var sending = node.browser("user=alice");
        var other = node.browser("user=alice");
        var bob = node.browser("user=bob")) {
      sending.say("{\"to\":\"bob\",\"n\":1,\"id\":1}").hears("{\"ack\":1}");
      var seen = "{\"to\":\"bob\",\"n\":1,\"id\":1,\"from\":\"alice\"}";
      bob.hears(seen);
      other.hears(seen);
      sending.hearsNothing();
      other.hearsNothing();
    }
  }

  @Test
  void toOneselfItComesOnceAtEveryConnectionTheSendingOneToo() {
    try (var sending = node.browser("user=alice"); var other = node.browser("user=alice")) {
      sending.say("{\"to\":\"alice\",\"n\":1,\"id\":1}");
      var seen = "{\"to\":\"alice\",\"n\":1,\"id\":1,\"from\":\"alice\"}";
      sending.hearsInAnyOrder("{\"ack\":1}", seen);
      other.hears(seen);
      sending.say("{\"to\":[\"alice\",\"alice\"],\"n\":2}")
          .hears("{\"to\":[\"alice\",\"alice\"],\"n\":2,\"from\":\"alice\"}");
      sending.hearsNothing();
      other.next();
      other.hearsNothing();
    }
  }

  @Test
  void anIntegerNamesTheUserOfItsDecimalText() {
    try (var alice = node.browser("user=alice"); var seven = node.browser("user=7")) {
      alice.say("{\"to\":7,\"n\":1}");
      seven.hears("{\"to\":7,\"n\":1,\"from\":\"alice\"}");
      alice.say("{\"to\":[7,\"7\"],\"n\":2,\"id\":1}").hears("{\"ack\":1}");
      seven.hears("{\"to\":[7,\"7\"],\"n\":2,\"id\":1,\"from\":\"alice\"}");
      seven.hearsNothing();
    }
  }

  @Test
  void anArrayNamesUpToAHundredUsersAndRepeatedOnesGetItOnce() {
    try (var alice = node.browser("user=alice");
        var bob = node.browser("user=u0");
        var carol = node.browser("user=u99")) {
      var hundred = IntStream.range(0, 100).mapToObj(i -> "\"u" + i + "\"")
          .collect(Collectors.joining(","));
      alice.say("{\"to\":[" + hundred + "],\"id\":1}").hears("{\"ack\":1}");
      bob.next();
      carol.next();
      alice.say("{\"to\":[\"u0\",\"u99\",\"u0\"],\"id\":2}").hears("{\"ack\":2}");
      bob.next();
      bob.hearsNothing();
      carol.next();
      var refused = alice.say("{\"id\":3,\"to\":[" + hundred + ",\"u100\"]}").next();
      assertTrue(refused.startsWith("{\"error\":{\"code\":107,") && refused.endsWith("\"id\":3}"),
          refused);
      bob.hearsNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "null", "true", "1.5", "{}", "[[\"bob\"]]", "[\"bob\",1.5]", "\"\"",
      "\"a b\"", "[\"bob\",\"a:b\"]"})
  void anythingElseIsRefusedAndReachesNobody(String to) {
    try (var alice = node.browser("user=alice"); var bob = node.browser("user=bob")) {
      var refused = alice.say("{\"to\":" + to + "}").next();
      assertTrue(refused.startsWith("{\"error\":{\"code\":107,"), refused);
      bob.hearsNothing();
      alice.hearsNothing();
    }
  }

  @Test
  void anAckDoesNotSayWhetherTheReceiverIsThere() {
    try (var alice = node.browser("user=alice")) {
      alice.say("{\"to\":\"nobody\",\"id\":\"x\"}").hears("{\"ack\":\"x\"}");
    }
  }

  @Test
  void aNameInAnotherSpellingIsTheSameUser() {
    try (var alice = node.browser("user=alice"); var eve = node.browser("user=%C3%A9ve")) {
      alice.say("{\"to\":\"e\u0301ve\",\"n\":1}");
      eve.hears("{\"to\":\"e\u0301ve\",\"n\":1,\"from\":\"alice\"}");
    }
  }
}
