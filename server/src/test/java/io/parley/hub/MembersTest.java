package io.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.hub.Delivery.Run;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Slices and removals, against a model that is two sets.
class MembersTest {
  private final Counter delivered = new SimpleMeterRegistry().counter("delivered");
  private final TestHub hub = new TestHub(1, 1);
  private final Members members = new Members("news");

  private Subscription add() {
    var subscription = new Subscription(hub.shard(0), "news", hub.listener(0), Start.Now.ANYWHERE,
        false);
    members.add(subscription);
    return subscription;
  }

  private Run run(String text, @Nullable UUID hiddenFrom) {
    var encoding = hub.listener(0).encoding();
    var run = new Run("news", List.of(encoding), 1, hiddenFrom, 0, 8);
    run.append(TestHub.publication(text, TestHub.SOMEBODY));
    run.seal();
    return run;
  }

  private static List<String> heard(Subscription subscription) {
    return ((Listener) subscription.subscriber).heard;
  }

  @Test
  void aSliceServesSoManyAndNoMore() {
    var all = List.of(add(), add(), add(), add(), add());
    members.begin(run("a", null));
    assertFalse(members.slice(2, delivered));
    assertTrue(members.isBusy());
    assertEquals(2, all.stream().filter(s -> heard(s).size() == 1).count());
    assertFalse(members.slice(2, delivered));
    assertTrue(members.slice(2, delivered));
    assertFalse(members.isBusy());
    all.forEach(s -> assertEquals(List.of("a"), heard(s)));
  }

  @Test
  void whoARunIsHiddenFromDoesNotGetIt() {
    var all = List.of(add(), add(), add());
    members.begin(run("a", all.get(1).subscriber.client()));
    assertTrue(members.slice(10, delivered));
    assertEquals(List.of(1, 0, 1), all.stream().map(s -> heard(s).size()).toList());
    assertEquals(2, delivered.count());
  }

  @Test
  void whoLeavesWhenToldKeepsNobodyFromBeingTold() {
    var all = new HashSet<Subscription>();
    for (int i = 0; i < 9; i++) {
      all.add(add());
    }
    var told = new HashSet<Subscription>();
    members.forEach(member -> {
      told.add(member);
      if (member.index % 3 != 1) {
        members.remove(member);
      }
    });
    assertEquals(all, told);
    assertEquals(3, members.size());
  }

  @Test
  void removingTheLastInTheMidstOfARunEndsIt() {
    var first = add();
    var second = add();
    members.begin(run("a", null));
    assertFalse(members.slice(1, delivered));
    members.remove(second);
    members.remove(first);
    assertTrue(members.slice(1, delivered));
    assertEquals(0, members.size());
    assertEquals(List.of("a"), heard(first));
    assertEquals(List.of(), heard(second));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nobodyIsPassedOverOrServedTwiceWhoeverLeaves(long seed) {
    var random = new Random(seed);
    var present = new ArrayList<Subscription>();
    for (int round = 0; round < 400; round++) {
      int coming = random.nextInt(6);
      for (int i = 0; i < coming; i++) {
        present.add(add());
      }
      serveOneRun(random, present, "run" + round);
      assertEquals(present.size(), members.size());
      var indexes = new HashSet<Integer>();
      present.forEach(s -> assertTrue(indexes.add(s.index) && s.index < present.size()));
    }
  }

  private void serveOneRun(Random random, List<Subscription> present, String text) {
    var due = Set.copyOf(present);
    var gone = new ArrayList<Subscription>();
    var heardAtLeaving = new ArrayList<Integer>();
    members.begin(run(text, null));
    boolean done = false;
    while (!done) {
      if (!present.isEmpty() && random.nextInt(3) == 0) {
        var leaver = present.remove(random.nextInt(present.size()));
        members.remove(leaver);
        assertEquals(-1, leaver.index);
        gone.add(leaver);
        heardAtLeaving.add(heard(leaver).size());
      } else {
        done = members.slice(1 + random.nextInt(4), delivered);
      }
    }
    for (var member : due) {
      int times = heard(member).stream().filter(text::equals).toList().size();
      assertTrue(times == 1 || (times == 0 && gone.contains(member)),
          text + " " + times + " times (expected: once)");
    }
    for (int i = 0; i < gone.size(); i++) {
      assertEquals(heardAtLeaving.get(i), heard(gone.get(i)).size(), "served after leaving");
    }
  }
}
