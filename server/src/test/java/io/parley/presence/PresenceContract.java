package io.parley.presence;

import static io.parley.presence.RecordedChanges.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.channel.ClientInfo;
import io.parley.channel.PresenceEvent;
import io.parley.channel.PresenceEvent.Change;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every presence does. Each kind of presence extends it.
@Timeout(60)
public abstract class PresenceContract {
  protected static final String ROOM = "room:a";
  protected static final PresenceRules RULES = new PresenceRules(
      channel -> !channel.startsWith("quiet:"), Duration.ofMillis(300), 20, 5, 50, 100);

  /// Null outside of a test.
  private @Nullable NodePresence first;
  private @Nullable NodePresence second;

  /// A node. Nothing that another test did can be seen from it.
  protected abstract NodePresence openNode();

  /// Another node of the same cluster; the same one where a cluster has only one.
  protected abstract NodePresence openOther(NodePresence first);

  protected abstract void closeNodes();

  @BeforeEach
  void open() {
    var opened = openNode();
    first = opened;
    second = openOther(opened);
  }

  @AfterEach
  void close() {
    closeNodes();
  }

  protected NodePresence node() {
    return opened(first);
  }

  protected NodePresence other() {
    return opened(second);
  }

  private static NodePresence opened(@Nullable NodePresence of) {
    if (of == null) {
      throw new IllegalStateException("node: none (expected: called within a test)");
    }
    return of;
  }

  protected static UUID client(int number) {
    return new UUID(0x1234_0000_0000_0000L, number);
  }

  @Test
  void whoJoinsIsSeenByAllAndWhoLeavesIsNot() {
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    node().told().awaitChanges(ROOM, List.of("+alice"));
    other().presence().join(ROOM, new ClientInfo("bob", client(2)));
    node().told().awaitChanges(ROOM, List.of("+alice", "+bob"));
    node().awaitWho(ROOM, Map.of("alice", 1, "bob", 1));
    assertEquals(node().who(ROOM), other().who(ROOM));
    assertEquals(2, node().who(ROOM).clients());
    assertTrue(node().who(ROOM).isWhole());

    node().presence().leave(ROOM, client(1));
    node().told().awaitChanges(ROOM, List.of("+alice", "+bob", "-alice"));
    assertEquals(Map.of("bob", 1), other().who(ROOM).connections());
    node().told().assertNoGap(ROOM);
    var last = node().told().events(ROOM).getLast();
    assertEquals(last.version(), node().who(ROOM).version());
    assertEquals(1, last.clients());
    assertEquals(1, last.users());
    assertEquals(List.of(client(2)), node().told().present(ROOM));
  }

  @Test
  void theClientsOfAllNodesAreTold() {
    assertEquals(Map.of(), users(other().clients(ROOM, 10)));
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    node().presence().join(ROOM, new ClientInfo("bob", client(2)));
    other().presence().join(ROOM, new ClientInfo("alice", client(3)));
    node().awaitWho(ROOM, Map.of("alice", 2, "bob", 1));
    assertEquals(Map.of(client(1), "alice", client(2), "bob", client(3), "alice"),
        users(other().clients(ROOM, 3)));
    assertEquals(Map.of(), users(other().clients("room:b", 10)));
    node().presence().leave(ROOM, client(1));
    node().awaitWho(ROOM, Map.of("alice", 1, "bob", 1));
    assertEquals(Map.of(client(2), "bob", client(3), "alice"), users(other().clients(ROOM, 10)));
  }

  /// Of all clients, which those must be.
  private static Map<UUID, String> users(Clients clients) {
    assertTrue(clients.isWhole());
    return clients.infos().stream().collect(
        Collectors.toMap(ClientInfo::client, ClientInfo::user));
  }

  private static byte[] json(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatTokensSayOfAClientGoesWithIt() {
    var alice = new ClientInfo("alice", client(1), json("{\"n\":\"ü\"}"), null);
    var bob = new ClientInfo("bob", client(2), null, json("[1]"));
    var again = new ClientInfo("alice", client(3), json("1"), json("\"\""));
    var carol = new ClientInfo("carol", client(4));
    node().presence().join(ROOM, alice);
    node().told().awaitChanges(ROOM, List.of("+alice"));
    other().presence().join(ROOM, bob);
    node().told().awaitChanges(ROOM, List.of("+alice", "+bob"));
    node().presence().join(ROOM, again);
    node().presence().join(ROOM, carol);
    node().told().awaitChanges(ROOM, List.of("+alice", "+bob", "(+alice)", "+carol"));
    assertEquals(Set.of(alice, bob, again, carol), Set.copyOf(other().clients(ROOM, 4).infos()));
    assertEquals(Map.of("alice", 2, "bob", 1, "carol", 1), node().who(ROOM).connections());

    other().presence().leave(ROOM, bob.client());
    node().told().awaitChanges(ROOM, List.of("+alice", "+bob", "(+alice)", "+carol", "-bob"));
    node().presence().leave(ROOM, alice.client());
    await("6 changes", () -> node().told().changes(ROOM).size() == 6);
    assertEquals(List.of(alice, bob, again, carol, bob, alice), node().told().events(ROOM)
        .stream().flatMap(event -> event.changes().stream()).map(Change::info).toList());
    assertEquals(Map.of("alice", 1, "carol", 1), node().who(ROOM).connections());
  }

  @Test
  void whatTokensSayAnewIsKnownAndNoJoin() {
    var before = new ClientInfo("alice", client(1), null, json("1"));
    var after = new ClientInfo("alice", client(1), null, json("2"));
    node().presence().join(ROOM, before);
    assertEquals(List.of(before), clientsOnce(1));
    node().presence().join(ROOM, after);
    await("the new one", () -> clientsOnce(1).equals(List.of(after)));
    assertEquals(List.of("+alice"), node().told().changes(ROOM));
    node().presence().leave(ROOM, client(1));
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    await("none", () -> clientsOnce(1).equals(List.of(new ClientInfo("alice", client(1)))));
    assertEquals(Map.of("alice", 1), node().who(ROOM).connections());
  }

  /// The clients, once there are so many.
  private List<ClientInfo> clientsOnce(int count) {
    await(count + " clients", () -> other().clients(ROOM, 10).infos().size() == count);
    return other().clients(ROOM, 10).infos();
  }

  @Test
  void muchThatTokensSayIsBounded() {
    var much = json("\"" + "x".repeat(20_000) + "\"");
    IntStream.range(0, 60).forEach(i -> node().presence().join("quiet:a",
        new ClientInfo("u" + i, client(i), much, null)));
    await("60 clients", () -> node().who("quiet:a").clients() == 60);
    var some = other().clients("quiet:a", 60);
    assertEquals(Clients.INFO_BYTES_MAX / much.length, some.infos().size());
    assertTrue(!some.isWhole());
    IntStream.range(0, 19).forEach(i -> node().presence().join(ROOM,
        new ClientInfo("u" + i, client(i), much, null)));
    await("19 joins", () -> node().told().changes(ROOM).size() == 19);
    IntStream.range(0, 19).forEach(i -> node().presence().leave(ROOM, client(i)));
    await("19 leaves", () -> node().told().changes(ROOM).size() == 38);
    assertEquals(Map.of(), other().who(ROOM).connections());
    node().told().assertNoGap(ROOM);
  }

  @Test
  void noMoreClientsAreToldThanAreAskedFor() {
    for (int i = 0; i < 1_200; i++) {
      (i % 2 == 0 ? node() : other()).presence().join(ROOM, new ClientInfo("u" + i % 7, client(i)));
    }
    await("1,200 clients", () -> other().clients(ROOM, 2_000).infos().size() == 1_200);
    assertTrue(other().clients(ROOM, 1_200).isWhole());
    var some = other().clients(ROOM, 1_100);
    assertEquals(1_100, some.infos().size());
    assertTrue(!some.isWhole());
  }

  @Test
  void aSecondDeviceIsNoSecondJoinOfTheUser() {
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    node().told().awaitChanges(ROOM, List.of("+alice"));
    other().presence().join(ROOM, new ClientInfo("alice", client(2)));
    node().told().awaitChanges(ROOM, List.of("+alice", "(+alice)"));
    assertEquals(Map.of("alice", 2), node().who(ROOM).connections());
    assertEquals(1, node().who(ROOM).users());
    node().presence().leave(ROOM, client(1));
    node().told().awaitChanges(ROOM, List.of("+alice", "(+alice)", "(-alice)"));
    other().presence().leave(ROOM, client(2));
    node().told().awaitChanges(ROOM, List.of("+alice", "(+alice)", "(-alice)", "-alice"));
    assertEquals(Map.of(), node().who(ROOM).connections());
  }

  @Test
  void whoAsksRightAfterJoiningIsThere() {
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    assertEquals(Map.of("alice", 1), node().who(ROOM).connections());
  }

  @Test
  void joiningOrLeavingTwiceIsOnce() {
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    assertEquals(Map.of("alice", 1), node().who(ROOM).connections());
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    node().presence().leave(ROOM, client(1));
    node().presence().leave(ROOM, client(1));
    node().presence().leave("room:b", client(1));
    node().awaitWho(ROOM, Map.of());
    node().presence().join(ROOM, new ClientInfo("bob", client(2)));
    node().told().awaitChanges(ROOM, List.of("+alice", "-alice", "+bob"));
  }

  @Test
  void whoIsGoneLeavesAfterAWhile() {
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    node().told().awaitChanges(ROOM, List.of("+alice"));
    long since = System.nanoTime();
    node().presence().leaveLater(ROOM, client(1));
    node().presence().leaveLater("room:b", client(1));
    assertEquals(Map.of("alice", 1), node().who(ROOM).connections());
    node().told().awaitChanges(ROOM, List.of("+alice", "-alice"));
    assertTrue(System.nanoTime() - since >= RULES.leaveDelay().toNanos());
  }

  @Test
  void aReloadIsNoLeaveOfTheUser() {
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    node().told().awaitChanges(ROOM, List.of("+alice"));
    node().presence().leaveLater(ROOM, client(1));
    other().presence().join(ROOM, new ClientInfo("alice", client(2)));
    node().told().awaitChanges(ROOM, List.of("+alice", "(+alice)", "(-alice)"));
    assertEquals(Map.of("alice", 1), node().who(ROOM).connections());
  }

  @Test
  void whoComesBackAsTheSameClientStays() {
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    node().presence().leaveLater(ROOM, client(1));
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    // By the time that he has left, the one before would have, too.
    node().presence().join(ROOM, new ClientInfo("bob", client(2)));
    node().presence().leaveLater(ROOM, client(2));
    await("bob left", () -> node().told().changes(ROOM).contains("-bob"));
    assertEquals(Map.of("alice", 1), node().who(ROOM).connections());
  }

  @Test
  void whoLeavesAsHeWishesLeavesAtOnce() {
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    node().presence().leaveLater(ROOM, client(1));
    node().presence().leave(ROOM, client(1));
    node().awaitWho(ROOM, Map.of());
  }

  @Test
  void channelsAreApart() {
    node().presence().join("room:a", new ClientInfo("alice", client(1)));
    node().presence().join("room:b", new ClientInfo("alice", client(1)));
    node().presence().leave("room:a", client(1));
    node().awaitWho("room:a", Map.of());
    assertEquals(Map.of("alice", 1), node().who("room:b").connections());
    assertEquals(0, node().who("room:nobody").clients());
  }

  @Test
  void whereNobodyMayHearOfItNothingIsToldAndAllIsKnown() {
    node().presence().join("quiet:a", new ClientInfo("alice", client(1)));
    other().presence().join("quiet:a", new ClientInfo("bob", client(2)));
    node().awaitWho("quiet:a", Map.of("alice", 1, "bob", 1));
    long version = other().who("quiet:a").version();
    node().presence().leave("quiet:a", client(1));
    other().awaitWho("quiet:a", Map.of("bob", 1));
    assertEquals(version + 1, other().who("quiet:a").version());
    // Whatever was told before this would have come before it.
    node().presence().join(ROOM, new ClientInfo("carol", client(3)));
    other().presence().join(ROOM, new ClientInfo("dave", client(4)));
    await("both told", () -> node().told().changes(ROOM).size() == 2);
    assertEquals(List.of(), node().told().events("quiet:a"));
  }

  @Test
  void namesAreAnyText() {
    var strange = "ü {x}:*%00\n☃ \" +-";
    node().presence().join(ROOM, new ClientInfo(strange, client(1)));
    node().told().awaitChanges(ROOM, List.of("+" + strange));
    assertEquals(Map.of(strange, 1), other().who(ROOM).connections());
  }

  @Test
  void aLargeChannelIsToldOfInBatchesWithCounts() {
    IntStream.range(0, 200)
        .forEach(i -> node().presence().join(ROOM, new ClientInfo("user" + i, client(i))));
    await("all there", () -> node().who(ROOM).clients() == 200);
    IntStream.range(200, 230).forEach(i -> {
      node().presence().join(ROOM, new ClientInfo("user" + i, client(i)));
      // Each in a tick of its own.
      node().who("room:b");
    });
    await("all told", () -> node().told().events(ROOM).getLast().clients() == 230);
    var events = node().told().events(ROOM);
    assertTrue(events.size() < 15, events.size() + " events");
    node().told().assertNoGap(ROOM);
    int changes = events.stream().mapToInt(e -> e.changes().size() + e.hidden()).sum();
    assertEquals(230, changes);
    assertTrue(events.stream().filter(e -> e.clients() > RULES.batchFrom())
        .mapToInt(e -> e.changes().size()).max().orElse(0) <= RULES.batchNames(), events::toString);
    var who = other().who(ROOM);
    assertEquals(230, who.users());
    assertEquals(RULES.whoUsers(), who.connections().size());
    assertEquals(false, who.isWhole());
  }

  @Test
  void manyWhoAskAllGetAnAnswer() {
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    var answers = IntStream.range(0, 90).mapToObj(i -> {
      var answer = new CompletableFuture<@Nullable Who>();
      node().presence().who(ROOM, answer::complete);
      return answer;
    }).toList();
    answers.forEach(answer -> assertEquals(Map.of("alice", 1),
        answer.orTimeout(20, TimeUnit.SECONDS).join().connections()));
  }

  @Test
  void anObserverWhoHearsAllKnowsWhoIsThere() {
    var roster = new Roster();
    roster.onRead(node().who(ROOM));
    IntStream.range(0, 15).forEach(i -> (i % 2 == 0 ? node() : other()).presence()
        .join(ROOM, new ClientInfo("user" + i % 5, client(i))));
    IntStream.range(0, 15).filter(i -> i % 3 == 0).forEach(
        i -> (i % 2 == 0 ? node() : other()).presence().leave(ROOM, client(i)));
    await("10 there", () -> node().who(ROOM).clients() == 10);
    await("all told", () -> !node().told().events(ROOM).isEmpty()
        && node().told().events(ROOM).getLast().version() == node().who(ROOM).version());
    if (roster.onEvent(node().told().events(ROOM).getFirst()).mustRead()) {
      // The first version of a channel is any.
      roster.onRead(new Who(node().told().events(ROOM).getFirst().version() - 1, 0, 0, Map.of(),
          true));
    }
    for (PresenceEvent event : node().told().events(ROOM)) {
      assertEquals(false, roster.onEvent(event).mustRead());
    }
    assertEquals(node().who(ROOM).connections(), roster.connections());
  }

  @Test
  void whoClosesLeavesEverywhereAtOnce() {
    node().presence().join(ROOM, new ClientInfo("alice", client(1)));
    node().presence().join("room:b", new ClientInfo("bob", client(2)));
    node().presence().leaveLater("room:b", client(2));
    assertEquals(1, node().who("room:b").clients());
    node().presence().close().orTimeout(20, TimeUnit.SECONDS).join();
    assertEquals(Map.of(), other().who(ROOM).connections());
    assertEquals(Map.of(), other().who("room:b").connections());
    node().presence().join(ROOM, new ClientInfo("late", client(3)));
    assertEquals(Map.of(), other().who(ROOM).connections());
  }
}
