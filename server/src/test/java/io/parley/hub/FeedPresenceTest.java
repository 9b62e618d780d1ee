package io.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.channel.ClientInfo;
import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.channel.PresenceEvent.Change;
import io.parley.channel.PresenceEvent.Kind;
import io.parley.presence.Who;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Joins and leaves on their way from the broker to the members who want to know, in order with the
/// publications.
class FeedPresenceTest {
  private static final String TOLD = "told:a";

  private final TestHub hub = new TestHub(2, 1);

  private static PresenceEvent event(long version, @Nullable Position top, String change) {
    boolean isJoin = change.startsWith("+");
    return new PresenceEvent(version, top, 1, 1, List.of(new Change(
        isJoin ? Kind.USER_JOINED : Kind.USER_LEFT,
        new ClientInfo(change.substring(1), new UUID(9, version)))), 0);
  }

  private static Who who(long version, String... users) {
    return new Who(version, users.length, users.length,
        Arrays.stream(users).collect(Collectors.toMap(user -> user, user -> 1)), true);
  }

  /// Somebody who wants to know, in a channel of which it is known who is there.
  private Listener watcher(String channel) {
    var listener = hub.listener(0);
    listener.wantsPresence = true;
    listener.join(channel);
    hub.settle();
    hub.broker.answer(channel);
    hub.answerReads();
    hub.presence.answer(who(5, "alice"));
    hub.settle();
    listener.takeHeard();
    return listener;
  }

  private Position top(String channel) {
    return hub.broker.log(channel).top();
  }

  private void happens(String channel, PresenceEvent event) {
    hub.broker.deliver(channel, event);
  }

  @Test
  void onlyWhoWantsToKnowIsTold() {
    var watcher = watcher(TOLD);
    var other = hub.member(1, TOLD);
    happens(TOLD, event(6, top(TOLD), "+bob"));
    happens(TOLD, event(7, top(TOLD), "-alice"));
    hub.settle();
    assertEquals(List.of("+bob", "-alice"), watcher.takeHeard());
    assertEquals(List.of(), other.takeHeard());
  }

  @Test
  void whereNobodyWantsToKnowNothingIsAskedOrKept() {
    var member = hub.member(0, TOLD);
    happens(TOLD, event(6, top(TOLD), "+bob"));
    hub.settle();
    assertEquals(0, hub.presence.asked());
    assertEquals(List.of(), member.takeHeard());
  }

  @Test
  void aChannelThatDoesNotTellDoesNot() {
    var listener = hub.listener(0);
    listener.wantsPresence = true;
    listener.join("kept:a");
    hub.settle();
    hub.broker.answer("kept:a");
    hub.answerReads();
    listener.takeHeard();
    happens("kept:a", event(6, null, "+bob"));
    hub.settle();
    assertEquals(0, hub.presence.asked());
    assertEquals(List.of(), listener.takeHeard());
  }

  @Test
  void eventsComeBetweenThePublicationsBetweenWhichTheyHappened() {
    var watcher = watcher(TOLD);
    hub.say(TOLD, "1");
    happens(TOLD, event(6, top(TOLD), "+bob"));
    hub.say(TOLD, "2", "3");
    happens(TOLD, event(7, top(TOLD), "-bob"));
    hub.say(TOLD, "4");
    hub.settle();
    assertEquals(List.of("1", "+bob", "2", "3", "-bob", "4"), watcher.takeHeard());
  }

  @Test
  void withoutHistoryTheyComeInTheOrderOfTheBroker() {
    var watcher = watcher("untold:a");
    hub.publish("untold:a", "1");
    happens("untold:a", event(6, null, "+bob"));
    hub.publish("untold:a", "2");
    hub.settle();
    assertEquals(List.of("1", "+bob", "2"), watcher.takeHeard());
  }

  @Test
  void aFeedThatIsHeldUpHoldsThemUpWhereTheyBelong() {
    var watcher = watcher(TOLD);
    hub.say(TOLD, "1");
    hub.store(TOLD, "2");
    happens(TOLD, event(6, top(TOLD).at(2), "+bob"));
    hub.say(TOLD, "3", "4");
    happens(TOLD, event(7, top(TOLD), "-bob"));
    hub.say(TOLD, "5");
    hub.settle();
    assertEquals(List.of("1"), watcher.takeHeard());
    hub.answerReads();
    assertEquals(List.of("2", "+bob", "3", "4", "-bob", "5"), watcher.takeHeard());
  }

  @Test
  void anEventShowsThatThePublicationBeforeItWasLost() {
    var watcher = watcher(TOLD);
    hub.say(TOLD, "1");
    hub.store(TOLD, "2");
    happens(TOLD, event(6, top(TOLD), "+bob"));
    hub.settle();
    assertEquals(List.of("1"), watcher.takeHeard());
    hub.answerReads();
    assertEquals(List.of("2", "+bob"), watcher.takeHeard());
  }

  @Test
  void whatIsReadAheadOfAnEventDoesNotHoldItUp() {
    var watcher = watcher(TOLD);
    hub.say(TOLD, "1");
    hub.store(TOLD, "2");
    hub.store(TOLD, "3");
    hub.say(TOLD, "4");
    hub.answerReads();
    happens(TOLD, event(6, top(TOLD).at(2), "+bob"));
    hub.settle();
    assertEquals(List.of("1", "2", "3", "4", "+bob"), watcher.takeHeard());
  }

  @Test
  void aLostEventIsMadeUpForByReadingAgain() {
    var watcher = watcher(TOLD);
    happens(TOLD, event(7, top(TOLD), "+carol"));
    happens(TOLD, event(8, top(TOLD), "+dave"));
    hub.settle();
    assertEquals(List.of(), watcher.takeHeard());
    assertEquals(1, hub.presence.asked());
    hub.presence.answer(who(7, "bob", "carol"));
    hub.settle();
    assertEquals(List.of("+carol"), watcher.takeHeard());
    hub.passMillis(100);
    assertEquals(List.of("+bob?", "+dave", "-alice?"),
        watcher.takeHeard().stream().sorted().toList());
    assertEquals(0, hub.presence.asked());
  }

  @Test
  void whatChangedWhileTheBrokerWasAwayIsToldWhenItIsBack() {
    var watcher = watcher(TOLD);
    hub.broker.interrupt();
    hub.settle();
    hub.broker.resubscribe(TOLD);
    hub.answerReads();
    hub.presence.answer(who(3, "alice", "bob"));
    hub.settle();
    hub.passMillis(100);
    assertEquals(List.of("+bob?"), watcher.takeHeard());
    happens(TOLD, event(4, top(TOLD), "-bob"));
    hub.settle();
    assertEquals(List.of("-bob"), watcher.takeHeard());
  }

  /// A reading and an event go different ways.
  @Test
  void whatAReadingShowsIsToldByItsEventIfThatComesSoon() {
    var watcher = watcher(TOLD);
    hub.broker.interrupt();
    hub.settle();
    hub.broker.resubscribe(TOLD);
    hub.answerReads();
    hub.presence.answer(who(6, "alice", "bob"));
    hub.settle();
    happens(TOLD, event(6, top(TOLD), "+bob"));
    hub.settle();
    assertEquals(List.of(), watcher.takeHeard());
    hub.passMillis(100);
    assertEquals(List.of("+bob"), watcher.takeHeard());
  }

  @Test
  void aReadingThatFailsIsTriedAgain() {
    var watcher = watcher(TOLD);
    happens(TOLD, event(7, top(TOLD), "+carol"));
    hub.settle();
    hub.presence.answer(null);
    hub.settle();
    assertEquals(0, hub.presence.asked());
    hub.passMillis(1_000);
    hub.presence.answer(who(7, "alice", "carol"));
    hub.settle();
    assertEquals(List.of("+carol"), watcher.takeHeard());
  }

  @Test
  void eventsThatWaitAreBoundedAndMadeUpFor() {
    var watcher = watcher(TOLD);
    hub.say(TOLD, "1");
    hub.store(TOLD, "2");
    var at = top(TOLD);
    IntStream.range(0, 300).forEach(i -> happens(TOLD, event(6 + i, at, "+user" + i)));
    hub.settle();
    hub.answerReads();
    var users = IntStream.range(0, 300).mapToObj(i -> "user" + i).toList();
    var all = new ArrayList<>(users);
    all.add("alice");
    hub.presence.answer(who(305, all.toArray(String[]::new)));
    hub.settle();
    hub.passMillis(100);
    var heard = watcher.takeHeard();
    assertEquals(List.of("1", "2"), heard.subList(0, 2));
    // Of the first 257 events no more than that is known: they were too many to wait.
    assertEquals(IntStream.range(0, 300).mapToObj(i -> "+user" + i + (i < 257 ? "?" : ""))
        .sorted().toList(),
        heard.stream().skip(2).sorted().toList());
  }

  @Test
  void onceNobodyWantsToKnowNothingIsKept() {
    var watcher = watcher(TOLD);
    var stays = hub.member(1, TOLD);
    watcher.leave(TOLD);
    hub.settle();
    happens(TOLD, event(9, top(TOLD), "+bob"));
    hub.settle();
    assertEquals(0, hub.presence.asked());
    assertEquals(List.of(), stays.takeHeard());
    assertEquals(Map.of(), hub.broker.underWay);
  }

  @Test
  void theLastOneBeforeASilenceIsFoundMissing() {
    var watcher = watcher(TOLD);
    for (int i = 0; i < 300 && hub.presence.asked() == 0; i++) {
      hub.passMillis(100);
      hub.answerReads();
    }
    hub.presence.answer(who(6, "alice", "bob"));
    hub.settle();
    hub.passMillis(100);
    assertEquals(List.of("+bob?"), watcher.takeHeard());
  }
}
