package io.parley.broker;

import static io.parley.broker.PublishOutcome.Failed.ID_CONFLICT;
import static io.parley.broker.PublishOutcome.Stored.NOWHERE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.broker.RecordingEvents.Subscribed;
import io.parley.broker.RecordingEvents.Unsubscribed;
import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Publication;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every broker does. Each kind of broker extends it.
@Timeout(30)
public abstract class BrokerContract extends BrokerNodes {
  /// What was published by then has come, on both nodes, once this has.
  private void flush(String channel) {
    assertEquals(NOWHERE, other().publish(channel, "last").get());
    assertEquals(NOWHERE, node().publish(channel, "last").get());
    RecordingEvents.await("last in " + channel, () -> node().events().texts(channel).stream()
        .filter("last"::equals).count() == 2);
  }

  private List<String> textsOf(String channel) {
    flush(channel);
    return node().events().texts(channel).stream().filter(text -> !text.equals("last")).toList();
  }

  @Test
  void aPublicationReachesWhoIsSubscribedOnAnyNode() {
    node().subscribe("room:a");
    assertEquals(NOWHERE, other().publish("room:a", "from the other").get());
    node().events().awaitTexts("room:a", 1);
    assertEquals(NOWHERE, node().publish("room:a", "from here").get());
    node().events().awaitTexts("room:a", 2);
    assertEquals(List.of("from the other", "from here"), node().events().texts("room:a"));
  }

  @Test
  void publicationsOfOnePublisherKeepTheirOrder() {
    node().subscribe("room:a");
    node().subscribe("room:b");
    for (int i = 0; i < 2_000; i++) {
      // With and without an id, mixed: they go different ways.
      other().publish("room:a", text("alice", "a" + i), i % 3 == 0 ? "id" + i : null);
      other().publish("room:b", text("alice", "b" + i), null);
    }
    node().events().awaitTexts("room:a", 2_000);
    node().events().awaitTexts("room:b", 2_000);
    assertEquals(IntStream.range(0, 2_000).mapToObj(i -> "a" + i).toList(),
        node().events().texts("room:a"));
    assertEquals(IntStream.range(0, 2_000).mapToObj(i -> "b" + i).toList(),
        node().events().texts("room:b"));
  }

  @Test
  void whatWasPublishedBeforeAFenceHasComeOnceItIsPassed() {
    node().subscribe("room:a");
    for (int round = 1; round <= 20; round++) {
      for (int i = 0; i < 50; i++) {
        other().publish("room:a", "text");
      }
      assertEquals(NOWHERE, other().publish("room:a", "last").get());
      var atTheFence = new CompletableFuture<Integer>();
      node().broker().fence(
          hasPassed -> atTheFence.complete(
              hasPassed ? node().events().texts("room:a").size() : -1));
      assertEquals(round * 51, atTheFence.orTimeout(10, TimeUnit.SECONDS).join());
    }
  }

  @Test
  void nothingComesOfChannelsThatNobodyAskedFor() {
    node().subscribe("room:a");
    assertEquals(NOWHERE, other().publish("room:b", "1").get());
    assertEquals(NOWHERE, other().publish("room:", "2").get());
    assertEquals(NOWHERE, other().publish("room:aa", "3").get());
    assertEquals(List.of(), textsOf("room:a"));
    assertEquals(2, node().events().published().size());
  }

  @Test
  void nothingComesAfterUnsubscribing() {
    node().subscribe("room:a");
    node().subscribe("room:b");
    assertEquals(NOWHERE, other().publish("room:a", "1").get());
    node().events().awaitTexts("room:a", 1);
    node().unsubscribe("room:a");
    assertEquals(NOWHERE, other().publish("room:a", "2").get());
    flush("room:b");
    assertEquals(List.of("1"), node().events().texts("room:a"));

    node().events().clear();
    node().subscribe("room:a");
    assertEquals(NOWHERE, other().publish("room:a", "3").get());
    node().events().awaitTexts("room:a", 1);
    assertEquals(List.of("3"), node().events().texts("room:a"));
  }

  @Test
  void eachRequestIsConfirmedOnce() {
    node().subscribe("room:a");
    node().unsubscribe("room:a");
    node().subscribe("room:b");
    flush("room:b");
    assertEquals(1, node().events().count(new Subscribed("room:a")));
    assertEquals(1, node().events().count(new Unsubscribed("room:a")));
    assertEquals(0, node().events().count(new RecordingEvents.Interrupted()));
  }

  @Test
  void publicationsWithoutAnIdAreAllNew() {
    node().subscribe("room:a");
    node().publish("room:a", text("alice", "same"), null);
    node().publish("room:a", text("alice", "same"), null);
    node().events().awaitTexts("room:a", 2);
  }

  @Test
  void aRetryIsStoredButNotDeliveredAgainOnAnyNode() {
    node().subscribe("room:a");
    assertEquals(NOWHERE, node().publish("room:a", text("alice", "1"), "id").get());
    assertEquals(NOWHERE, node().publish("room:a", text("alice", "1"), "id").get());
    assertEquals(NOWHERE, other().publish("room:a", text("alice", "1"), "id").get());
    assertEquals(List.of("1"), textsOf("room:a"));
  }

  @Test
  void aRetryMayComeOverAnotherConnection() {
    node().subscribe("room:a");
    assertEquals(NOWHERE, node().publish("room:a", text("alice", "1"), "id").get());
    var again = new Publication(Content.TEXT, text("alice", "1").data(),
        new ClientInfo("alice", new UUID(8, 8)));
    assertEquals(NOWHERE, other().publish("room:a", again, "id").get());
    assertEquals(List.of("1"), textsOf("room:a"));
  }

  @Test
  void anotherPayloadUnderAUsedIdIsRefused() {
    node().subscribe("room:a");
    assertEquals(NOWHERE, node().publish("room:a", text("alice", "1"), "id").get());
    assertEquals(ID_CONFLICT, other().publish("room:a", text("alice", "2"), "id").get());
    var asJson = new Publication(Content.OBJECT, text("alice", "1").data(),
        text("alice", "1").publisher());
    assertEquals(ID_CONFLICT, node().publish("room:a", asJson, "id").get());
    assertEquals(NOWHERE, node().publish("room:a", text("alice", "1"), "id").get());
    assertEquals(List.of("1"), textsOf("room:a"));
  }

  @Test
  void anIdBelongsToItsUserAndChannel() {
    node().subscribe("room:a");
    node().subscribe("room:b");
    assertEquals(NOWHERE, node().publish("room:a", text("alice", "alice's"), "1").get());
    assertEquals(NOWHERE, node().publish("room:a", text("bob", "bob's"), "1").get());
    assertEquals(NOWHERE, other().publish("room:b", text("alice", "in b"), "1").get());
    assertEquals(List.of("alice's", "bob's"), textsOf("room:a"));
    assertEquals(List.of("in b"), textsOf("room:b"));
  }

  /// However a user and an id are put together, no two pairs of them meet.
  @Test
  void noUserCanMeetAnothersId() {
    node().subscribe("room:a");
    assertEquals(NOWHERE, node().publish("room:a", text("a:b", "1"), "c").get());
    assertEquals(NOWHERE, node().publish("room:a", text("a", "2"), "b:c").get());
    assertEquals(NOWHERE, node().publish("room:a", text("a%3ab", "3"), "c").get());
    assertEquals(NOWHERE, node().publish("room:a", text("a", "4"), "b%3ac").get());
    assertEquals(List.of("1", "2", "3", "4"), textsOf("room:a"));
  }

  @Test
  void everyCallbackComesExactlyOnce() {
    var outcomes = new ArrayList<Outcome>();
    for (int i = 0; i < 500; i++) {
      outcomes.add(node().publish("room:a", text("alice", "t" + i % 7),
          i % 2 == 0 ? "id" + i % 10 : null));
    }
    outcomes.forEach(Outcome::get);
    node().subscribe("room:a");
    flush("room:a");
    outcomes.forEach(outcome -> assertEquals(1, outcome.calls()));
  }

  static Stream<Publication> publications() {
    var some = new ArrayList<Publication>();
    for (var data : List.of(new byte[0], new byte[]{0}, "grüße 🙂 \r\n".getBytes(
        StandardCharsets.UTF_8), new byte[]{(byte) 0xff, (byte) 0xfe, 13, 10, 0},
        new byte[100_000])) {
      for (var content : Content.values()) {
        var sender = new ClientInfo("jürgen 🙂 %", UUID.randomUUID());
        var sent = new Publication(content, data, sender);
        some.add(sent);
        some.add(sent.hiddenFrom(sender.client()));
        some.add(sent.hiddenFrom(UUID.randomUUID()));
        some.add(new Publication(content, data, new ClientInfo("a", UUID.randomUUID(),
            "{\"n\":1}".getBytes(StandardCharsets.UTF_8), new byte[]{'1'}), null,
            Map.of("a", "1", "ü", "\n"), null));
        some.add(new Publication(content, data, null));
        some.add(new Publication(content, data, null, UUID.randomUUID(), Map.of("", ""), null));
      }
    }
    some.add(new Publication(Content.TEXT, new byte[]{1}, new ClientInfo("", new UUID(0, 0))));
    some.add(new Publication(Content.TEXT, new byte[]{1},
        new ClientInfo("u".repeat(255), new UUID(-1, -1))));
    return some.stream();
  }

  @ParameterizedTest
  @MethodSource("publications")
  void everythingOfAPublicationSurvivesTheTrip(Publication sent) {
    node().subscribe("room:a");
    assertEquals(NOWHERE, other().publish("room:a", sent, "with id").get());
    node().events().awaitTexts("room:a", 1);
    assertEquals(NOWHERE, other().publish("room:a", sent, null).get());
    node().events().awaitTexts("room:a", 2);
    for (var published : node().events().published()) {
      var got = published.publication();
      assertEquals(sent.content(), got.content());
      assertSameOrigin(sent, got);
      assertArrayEquals(sent.data(), got.data());
    }
  }

  /// All but content, data and position is the same.
  static void assertSameOrigin(Publication sent, Publication got) {
    assertEquals(sent.hiddenFrom(), got.hiddenFrom());
    assertEquals(sent.tags(), got.tags());
    var from = sent.publisher();
    var by = got.publisher();
    if (from == null || by == null) {
      assertEquals(from, by);
      return;
    }
    assertEquals(from.user(), by.user());
    assertEquals(from.client(), by.client());
    assertArrayEquals(from.connInfo(), by.connInfo());
    assertArrayEquals(from.chanInfo(), by.chanInfo());
  }

  @ParameterizedTest
  @ValueSource(strings = {"room:grüße", "room:🙂", "room:日本語", "inbox:#a%20b", "room:*?[a]\\",
      "room:a\"'", "x"})
  void channelsMayHaveAnyName(String channel) {
    node().subscribe(channel);
    assertEquals(NOWHERE, other().publish(channel, text("alice", "1"), "id").get());
    assertEquals(NOWHERE, other().publish(channel, text("alice", "1"), "id").get());
    assertEquals(List.of("1"), textsOf(channel));
    node().unsubscribe(channel);
  }
}
