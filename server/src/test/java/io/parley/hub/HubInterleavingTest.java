package io.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Thousands of random steps over three shards, two feed loops and a broker that breaks, in an
/// order that a seed decides. What must hold whatever the order:
///
/// - the broker never has two requests for a channel under way ([ScriptedBroker] sees to it);
/// - a member gets the publications between its joining and its leaving, in order, without holes
/// but
///   those that it was told of;
/// - in the end the broker is subscribed to exactly the channels that somebody is in.
class HubInterleavingTest {
  private static final int STEPS = 6_000;
  private static final int CHANNELS = 5;
  private static final int CLIENTS = 24;

  private final Map<String, Integer> published = new HashMap<>();
  /// Publications that one client alone doesn't get: "channel number" to the client.
  private final Map<String, UUID> hidden = new HashMap<>();

  /// What one client has been given in a channel, from asking to leaving.
  private static final class Visit {
    final int publishedAtAsking;
    int publishedAtJoining = -1;
    /// The last number it got, or was told to be lost; -1: not joined.
    int last = -1;
    boolean mayJump;

    Visit(int publishedAtAsking) {
      this.publishedAtAsking = publishedAtAsking;
    }
  }

  private final class Client {
    final Listener listener;
    final Map<String, Visit> visits = new HashMap<>();

    Client(Listener listener) {
      this.listener = listener;
    }

    void toggle(String channel) {
      check();
      if (visits.remove(channel) == null) {
        visits.put(channel, new Visit(count(channel)));
        listener.join(channel);
      } else {
        listener.leave(channel);
      }
    }

    /// Holds what it has heard since the last look against what it should hear.
    void check() {
      for (var line : listener.takeHeard()) {
        var words = line.split(" ", 3);
        var channel = words[1];
        var visit = visits.get(channel);
        assertTrue(visit != null, line + ": heard after leaving");
        switch (words[0]) {
          case "joined" -> {
            assertEquals(-1, visit.publishedAtJoining, "joined twice");
            visit.publishedAtJoining = count(channel);
          }
          case "lost" -> visit.mayJump = true;
          default -> onPublication(visit, channel, Integer.parseInt(words[2]));
        }
      }
    }

    private void onPublication(Visit visit, String channel, int number) {
      var at = channel + " " + number + " after " + visit.last;
      assertTrue(visit.publishedAtJoining >= 0, at + ": before joining");
      if (visit.last < 0) {
        assertTrue(number > visit.publishedAtAsking, at + ": older than the wish to join");
        assertTrue(visit.mayJump
            || next(channel, visit.publishedAtJoining) >= number, at + ": not from the beginning");
      } else {
        assertTrue(number > visit.last, at + ": not in order");
        assertTrue(visit.mayJump || number == next(channel, visit.last), at + ": a hole");
      }
      visit.last = number;
      visit.mayJump = false;
    }

    /// The number that it should get after another.
    int next(String channel, int after) {
      int next = after + 1;
      while (listener.client().equals(hidden.get(channel + " " + next))) {
        next++;
      }
      return next;
    }
  }

  private int count(String channel) {
    return published.getOrDefault(channel, 0);
  }

  @ParameterizedTest
  @CsvSource({"1, 1000000", "2, 1000000", "3, 1000000", "4, 1000000", "5, 1000000", "6, 1000000",
      "7, 120", "8, 120", "9, 200", "10, 200"})
  void whateverTheOrderNothingIsLostInSilence(long seed, long shardQueueBytes) {
    var random = new Random(seed);
    var hub = new TestHub(3, 2, shardQueueBytes);
    var clients = new ArrayList<Client>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client(hub.listener(i % 3, random.nextInt(2))));
    }
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(16)) {
        case 0, 1 -> pick(random, clients).toggle("c" + random.nextInt(CHANNELS));
        case 2, 3 -> publish(random, hub, clients);
        case 4 -> answerOne(random, hub);
        case 5 -> {
          if (random.nextInt(20) == 0) {
            hub.broker.interrupt();
          }
        }
        case 6 -> {
          if (random.nextInt(4) == 0) {
            hub.time.passMillis(random.nextInt(800));
          }
        }
        case 7 -> {
          // Quiet for a while, so that feeds come to their end.
          if (random.nextInt(100) == 0) {
            clients.forEach(client -> List.copyOf(client.visits.keySet()).forEach(client::toggle));
          }
        }
        case 8, 9, 10 -> pick(random, hub.loops).endTick();
        default -> pick(random, hub.loops).runTask();
      }
      clients.forEach(Client::check);
    }
    comeToRest(hub);
    clients.forEach(Client::check);
    everybodyHasWhatIsDue(hub, clients);
    theBrokerHasExactlyWhatIsWanted(hub, clients);
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private void publish(Random random, TestHub hub, List<Client> clients) {
    var channel = "c" + random.nextInt(CHANNELS);
    int number = published.merge(channel, 1, Integer::sum);
    var by = pick(random, clients).listener.client();
    boolean isHidden = random.nextInt(8) == 0;
    if (isHidden) {
      hidden.put(channel + " " + number, by);
    }
    hub.broker.deliver(channel, TestHub.publication("p " + channel + " " + number, by)
        .hiddenFrom(isHidden ? by : null));
  }

  private static void answerOne(Random random, TestHub hub) {
    var broker = hub.broker;
    if (random.nextBoolean() && !broker.resubscribing.isEmpty()) {
      broker.resubscribe(pick(random, List.copyOf(broker.resubscribing)));
    } else if (!broker.underWay.isEmpty()) {
      broker.answer(pick(random, List.copyOf(broker.underWay.keySet())));
    }
  }

  private static void comeToRest(TestHub hub) {
    for (int i = 0; i < 10; i++) {
      hub.passMillis(1_001);
      List.copyOf(hub.broker.underWay.keySet()).forEach(hub.broker::answer);
      List.copyOf(hub.broker.resubscribing).forEach(hub.broker::resubscribe);
    }
    hub.passMillis(10);
  }

  private void everybodyHasWhatIsDue(TestHub hub, List<Client> clients) {
    for (int c = 0; c < CHANNELS; c++) {
      var channel = "c" + c;
      published.merge(channel, 1, Integer::sum);
      hub.broker.deliver(channel, TestHub.publication("p " + channel + " " + count(channel),
          TestHub.SOMEBODY));
    }
    hub.passMillis(10);
    for (var client : clients) {
      client.check();
      client.visits.forEach((channel, visit) -> assertTrue(
          visit.last == count(channel), channel + ": ends at " + visit.last));
    }
  }

  private static void theBrokerHasExactlyWhatIsWanted(TestHub hub, List<Client> clients) {
    var wanted = new HashSet<String>();
    clients.forEach(client -> wanted.addAll(client.visits.keySet()));
    assertEquals(wanted, hub.broker.subscribed);
    assertEquals(Map.of(), hub.broker.underWay);
    @Nullable
    String left = hub.broker.resubscribing.stream().findAny().orElse(null);
    assertEquals(null, left);
    hub.hub.shards().forEach(shard -> assertEquals(0, shard.queuedBytes()));
  }
}
