package io.parley.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.broker.HistoryRequest.End;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.channel.Retention;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every broker keeps, and how it tells it. Each kind of broker extends it.
@Timeout(30)
public abstract class HistoryContract extends BrokerNodes {
  private static final Retention HUNDRED = new Retention(100, Duration.ofHours(1));
  private static final int PLENTY = 1 << 20;

  private static List<String> texts(History history) {
    return history.publications().stream()
        .map(publication -> new String(publication.data(), StandardCharsets.UTF_8)).toList();
  }

  private static List<Long> offsets(List<Publication> publications) {
    return publications.stream().map(HistoryContract::positionOf).map(Position::offset).toList();
  }

  private static Position positionOf(Publication publication) {
    var position = publication.position();
    if (position == null) {
      throw new AssertionError("position: none (expected: one)");
    }
    return position;
  }

  private static HistoryRequest stretch(
      Retention retention, long after, long before, int limit, End end) {
    return new HistoryRequest("room:a", retention, after, before, limit, PLENTY, end, null);
  }

  private History newest(Retention retention, int limit) {
    return node().read(stretch(retention, 0, Long.MAX_VALUE, limit, End.NEWEST));
  }

  /// Stores `1`, `2`, `3` …
  private Position storeSome(Retention retention, int count) {
    var last = new Position(1, 0);
    for (int i = 1; i <= count; i++) {
      last = (i % 2 == 0 ? node() : other()).store("room:a", retention, Integer.toString(i));
    }
    return last;
  }

  @Test
  void offsetsCountFromOneInOneEpochWhicheverNodePublishes() {
    node().subscribe("room:a");
    var first = node().store("room:a", HUNDRED, "1");
    assertEquals(1, first.offset());
    assertNotEquals(Position.NO_EPOCH, first.epoch());
    assertEquals(first.at(2), other().store("room:a", HUNDRED, "2"));
    assertEquals(first.at(3), node().store("room:a", HUNDRED, text("bob", "3"), "id"));
    node().events().awaitTexts("room:a", 3);
    assertEquals(List.of(first, first.at(2), first.at(3)), node().events().published().stream()
        .map(published -> positionOf(published.publication())).toList());
  }

  @Test
  void eachChannelCountsForItself() {
    assertEquals(1, node().store("room:a", HUNDRED, "1").offset());
    assertEquals(1, node().store("room:b", HUNDRED, "1").offset());
    assertEquals(2, other().store("room:a", HUNDRED, "2").offset());
  }

  @Test
  void whatIsNotKeptHasNoPosition() {
    node().subscribe("typing:a");
    assertEquals(PublishOutcome.Stored.NOWHERE, node().publish("typing:a", "1").get());
    node().events().awaitTexts("typing:a", 1);
    assertNull(node().events().published().getFirst().publication().position());
  }

  @Test
  void b57_aRetryGetsTheFirstOnesPositionAndIsKeptOnce() {
    node().subscribe("room:a");
    var first = node().store("room:a", HUNDRED, text("alice", "1"), "id");
    node().store("room:a", HUNDRED, "2");
    assertEquals(first, other().store("room:a", HUNDRED, text("alice", "1"), "id"));
    var conflict = new Outcome();
    other().broker().publish(
        new PublishRequest("room:a", text("alice", "another"), HUNDRED, "id"), conflict);
    assertEquals(PublishOutcome.Failed.ID_CONFLICT, conflict.get());
    assertEquals(first.at(3), node().store("room:a", HUNDRED, "3"));
    assertEquals(List.of("1", "2", "3"), texts(newest(HUNDRED, 10)));
    node().events().awaitTexts("room:a", 3);
    assertEquals(List.of("1", "2", "3"), node().events().texts("room:a"));
  }

  @Test
  void aHistoryThatIsRemovedLeavesTheCountAsItWas() {
    var last = storeSome(HUNDRED, 3);
    assertTrue(removed("room:a"));
    assertEquals(List.of(), newest(HUNDRED, 10).publications());
    assertEquals(last, newest(HUNDRED, 10).top());
    assertEquals(last.at(4), other().store("room:a", HUNDRED, "4"));
    assertEquals(List.of("4"), texts(newest(HUNDRED, 10)));
    assertEquals(last.at(4), newest(HUNDRED, 10).top());
    assertTrue(removed("room:a"));
    assertTrue(removed("room:a"));
    assertTrue(removed("room:none"));
    assertEquals(last.at(5), node().store("room:a", HUNDRED, "5"));
    assertEquals(1, other().store("room:none", HUNDRED, "1").offset());
  }

  private boolean removed(String channel) {
    var answer = new CompletableFuture<Boolean>();
    other().broker().removeHistory(channel, answer::complete);
    return answer.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void everythingOfAPublicationIsKept() {
    BrokerContract.publications().forEach(sent -> {
      var at = node().store("room:a", HUNDRED, sent, null);
      var kept = newest(HUNDRED, 1).publications().getFirst();
      assertEquals(at, kept.position());
      assertEquals(sent.content(), kept.content());
      BrokerContract.assertSameOrigin(sent, kept);
      assertEquals(List.of(sent.data().length, java.util.Arrays.hashCode(sent.data())),
          List.of(kept.data().length, java.util.Arrays.hashCode(kept.data())));
    });
  }

  @Test
  void aChannelWithoutPublicationsHasAnEpochToGoOnFrom() {
    var before = node().read(HistoryRequest.top("room:a", HUNDRED, null));
    assertEquals(0, before.top().offset());
    assertEquals(List.of(), before.publications());
    assertEquals(before.top().at(1), other().store("room:a", HUNDRED, "1"));
    assertEquals(before.top().at(1), node().read(
        HistoryRequest.top("room:a", HUNDRED, before.top())).top());
  }

  @Test
  void askingForTheTopReadsNoPublications() {
    var last = storeSome(HUNDRED, 3);
    var history = other().read(HistoryRequest.top("room:a", HUNDRED, last));
    assertEquals(last, history.top());
    assertEquals(List.of(), history.publications());
  }

  @Test
  void limitsCountFromTheEndThatWasAskedFor() {
    storeSome(HUNDRED, 10);
    assertEquals(List.of("8", "9", "10"), texts(newest(HUNDRED, 3)));
    assertEquals(List.of("1", "2", "3"), texts(node().read(
        stretch(HUNDRED, 0, Long.MAX_VALUE, 3, End.OLDEST))));
    assertEquals(List.of("5", "6"), texts(node().read(
        stretch(HUNDRED, 4, Long.MAX_VALUE, 2, End.OLDEST))));
    assertEquals(List.of("5", "6"), texts(other().read(stretch(HUNDRED, 0, 7, 2, End.NEWEST))));
    assertEquals(List.of("5", "6"), texts(other().read(stretch(HUNDRED, 4, 7, 100, End.NEWEST))));
    assertEquals(List.of(), texts(node().read(stretch(HUNDRED, 10, Long.MAX_VALUE, 5,
        End.OLDEST))));
    assertEquals(List.of(), texts(node().read(stretch(HUNDRED, 1_000, Long.MAX_VALUE, 5,
        End.OLDEST))));
    assertEquals(List.of(), texts(node().read(stretch(HUNDRED, 0, 1, 5, End.NEWEST))));
  }

  @Test
  void bytesAreLimitedButOneIsAlwaysAnswered() {
    for (int i = 0; i < 5; i++) {
      node().store("room:a", HUNDRED, i + "x".repeat(999));
    }
    var two = new HistoryRequest("room:a", HUNDRED, 0, Long.MAX_VALUE, 100, 2_500, End.NEWEST,
        null);
    assertEquals(List.of(4L, 5L), offsets(node().read(two).publications()));
    var oldest = new HistoryRequest("room:a", HUNDRED, 1, Long.MAX_VALUE, 100, 2_500, End.OLDEST,
        null);
    assertEquals(List.of(2L, 3L), offsets(node().read(oldest).publications()));
    var little = new HistoryRequest("room:a", HUNDRED, 0, Long.MAX_VALUE, 100, 1, End.NEWEST,
        null);
    assertEquals(List.of(5L), offsets(node().read(little).publications()));
  }

  @Test
  void tinyOnesCountMoreThanTheirData() {
    storeSome(HUNDRED, 50);
    for (var end : End.values()) {
      var request = new HistoryRequest("room:a", HUNDRED, 0, Long.MAX_VALUE, 100,
          10 * (HistoryRequest.OVERHEAD_BYTES + 2), end, null);
      assertEquals(10, node().read(request).publications().size());
    }
  }

  @Test
  void retentionIsExact() {
    var five = new Retention(5, Duration.ofHours(1));
    var last = storeSome(five, 300);
    assertEquals(300, last.offset());
    var history = newest(five, 1_000);
    assertEquals(IntStream.rangeClosed(296, 300).mapToObj(Integer::toString).toList(),
        texts(history));
    assertEquals(LongStream.rangeClosed(296, 300).boxed().toList(),
        offsets(history.publications()));
    assertEquals(List.of("296"), texts(node().read(
        stretch(five, 0, Long.MAX_VALUE, 1, End.OLDEST))));
    var one = new Retention(1, Duration.ofHours(1));
    node().store("room:a", one, "301");
    assertEquals(List.of("301"), texts(newest(one, 1_000)));
  }

  @Test
  void whatIsReadHasThePositionsOfWhatWasHeard() {
    node().subscribe("room:a");
    storeSome(HUNDRED, 50);
    node().events().awaitTexts("room:a", 50);
    var heard = node().events().published().stream()
        .map(published -> positionOf(published.publication())).toList();
    assertEquals(heard, other().read(HistoryRequest.after("room:a", HUNDRED,
        heard.getFirst().at(0), PLENTY)).publications().stream()
        .map(HistoryContract::positionOf).toList());
  }

  @Test
  void whatHasExpiredIsGoneButTheCountGoesOn() {
    var last = storeSome(HUNDRED, 3);
    expire("room:a");
    var history = newest(HUNDRED, 10);
    assertEquals(last, history.top());
    assertEquals(List.of(), texts(history));
    assertEquals(last.at(4), node().store("room:a", HUNDRED, "4"));
    assertEquals(List.of("4"), texts(newest(HUNDRED, 10)));
  }

  /// Makes what a channel keeps expire now.
  protected abstract void expire(String channel);
}
