package io.parley.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.client.ChatClient;
import io.parley.e2e.client.ReturningClient;
import io.parley.e2e.client.Talker;
import io.parley.e2e.client.Talker.Answer;
import io.parley.e2e.harness.Cluster;
import io.parley.e2e.harness.Kept;
import io.parley.e2e.harness.NodeProcess;
import io.parley.e2e.harness.Processes;
import io.parley.e2e.harness.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What users see when something dies. Every test has a room in which members read, and talkers who
/// send to it and note which of their messages were acknowledged.
@Timeout(120)
class FaultsTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  /// No publish waits longer for its answer, whatever happens.
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

  @RegisterExtension
  private final Kept kept = new Kept();
  private final List<Talker> talkers = new ArrayList<>();
  private final List<ChatClient> members = new ArrayList<>();

  /// Before anybody talks.
  private void member(NodeProcess node) {
    var member = kept.keep(ChatClient.connect(node.port(), "room=load"));
    member.join("load");
    members.add(member);
  }

  private Talker talker(NodeProcess node) {
    var talker = kept.keep(Talker.start(node.port(), "t" + talkers.size(), "load"));
    talkers.add(talker);
    return talker;
  }

  /// Waits until each has got so many more answers of a kind.
  private static void awaitMore(List<Talker> talkers, int count, Answer answer) {
    var before = talkers.stream().map(talker -> talker.said(answer).size()).toList();
    await(count + " more " + answer).atMost(SOON).until(() -> {
      for (var i = 0; i < talkers.size(); i++) {
        if (talkers.get(i).said(answer).size() < before.get(i) + count) {
          return false;
        }
      }
      return true;
    });
  }

  @Test
  void whoseNodeIsKilledComesBackElsewhereAndTheOthersDontNotice() {
    var cluster = kept.keep(Cluster.up());
    var clients = new ArrayList<ReturningClient>();
    for (var i = 0; i < 24; i++) {
      clients.add(kept.keep(ReturningClient.start(cluster.port(), "u" + i, "f1")));
    }
    await().atMost(SOON).until(() -> clients.stream().allMatch(each -> each.node() != null));
    var victims = clients.stream().filter(each -> Objects.equals(each.node(), "n1")).toList();
    var others = clients.stream().filter(each -> Objects.equals(each.node(), "n2")).toList();
    assertFalse(victims.isEmpty());
    assertFalse(others.isEmpty());

    Processes.signal("KILL", cluster.nodes().getFirst().pid());
    others.getFirst().send("while they are away");
    await().atMost(SOON).until(
        () -> victims.stream().allMatch(each -> each.connects() > 1 && each.node() != null));
    victims.getFirst().send("back again");

    await().atMost(SOON).until(
        () -> clients.stream().allMatch(each -> each.frames().contains("back again")));
    others.forEach(each -> {
      assertEquals(1, each.connects());
      assertTrue(each.frames().contains("while they are away"));
    });
  }

  @Test
  void aNodeThatIsToldToEndLosesNothingThatWasAcknowledged() {
    var redis = kept.keep(RedisServer.start());
    var leaving = kept.keep(NodeProcess.start("leaving", redis.url()));
    var staying = kept.keep(NodeProcess.start("staying", redis.url()));
    var leavers = new ArrayList<ChatClient>();
    for (var i = 0; i < 3; i++) {
      member(staying);
    }
    for (var i = 0; i < 3; i++) {
      talker(staying);
      leavers.add(talker(leaving).client());
      leavers.add(kept.keep(ChatClient.connect(leaving.port(), "room=load")));
    }
    awaitMore(talkers, 50, Answer.ACKED);

    leaving.program().signal("TERM");
    leavers.forEach(client -> assertEquals(3001, client.awaitClosed(SOON)));
    assertEquals(0, leaving.program().awaitExit(SOON), leaving.program()::toString);
    awaitMore(talkers.stream().filter(talker -> talker.client().isOpen()).toList(), 50,
        Answer.ACKED);

    finish();
    for (var talker : talkers) {
      // Only the last message of somebody whose connection was closed may be without an answer.
      var answered = talker.client().isOpen()
          ? talker.said()
          : talker.said().subList(0, talker.said().size() - 1);
      answered.forEach(said -> assertEquals(Answer.ACKED, said.answer(), said::id));
      talker.said(Answer.ACKED).forEach(said -> members.forEach(
          member -> assertTrue(ids(member.frames()).contains(said.id()), said::id)));
    }
    members.forEach(FaultsTest::assertNoneTwice);
  }

  @Test
  void redisMayBeRestarted() {
    var redis = kept.keep(RedisServer.start());
    var nodes = List.of(kept.keep(NodeProcess.start("n1", redis.url())),
        kept.keep(NodeProcess.start("n2", redis.url())));
    for (var i = 0; i < 6; i++) {
      member(nodes.get(i % 2));
    }
    for (var i = 0; i < 4; i++) {
      talker(nodes.get(i % 2));
    }
    awaitMore(talkers, 100, Answer.ACKED);

    var killedNanos = System.nanoTime();
    redis.kill();
    nodes.forEach(node -> node.health().awaitUnready(ANSWER_WITHIN));
    nodes.forEach(node -> assertTrue(node.health().isAlive()));
    awaitMore(talkers, 20, Answer.UNKNOWN);

    redis.startAgain();
    nodes.forEach(node -> node.health().awaitReady(SOON));
    var readyNanos = System.nanoTime();
    awaitMore(talkers, 50, Answer.ACKED);

    finish();
    assertAllAnsweredInTime();
    members.forEach(member -> {
      assertEquals(1, losses(member), () -> "losses in the room at " + member);
      assertNoneTwice(member);
      assertMissesOnlyWhereAnnounced(member);
      var got = ids(member.frames());
      for (var talker : talkers) {
        for (var said : talker.said()) {
          if (said.sentNanos() - readyNanos > 0) {
            assertEquals(Answer.ACKED, said.answer(), said::id);
            assertTrue(got.contains(said.id()), said::id);
          }
          if (said.answeredNanos() - killedNanos < 0) {
            assertTrue(got.contains(said.id()), said::id);
          }
        }
      }
    });
  }

  @Test
  void redisMayFreeze() {
    var redis = kept.keep(RedisServer.start());
    var nodes = List.of(kept.keep(NodeProcess.start("n1", redis.url())),
        kept.keep(NodeProcess.start("n2", redis.url())));
    for (var i = 0; i < 4; i++) {
      member(nodes.get(i % 2));
    }
    nodes.forEach(this::talker);
    awaitMore(talkers, 50, Answer.ACKED);

    redis.freeze();
    var frozenNanos = System.nanoTime();
    // The first two wait for their timeouts of four seconds.
    awaitMore(talkers, 2, Answer.UNKNOWN);
    var thawedNanos = System.nanoTime();
    redis.thaw();
    nodes.forEach(node -> node.health().awaitReady(SOON));
    awaitMore(talkers, 50, Answer.ACKED);

    talkers.forEach(Talker::finish);
    assertAllAnsweredInTime();
    assertNoneAckedBetween(frozenNanos, thawedNanos);
    // Whoever wasn't sure tries again with the same id, and nobody reads it twice.
    for (var talker : talkers) {
      for (var unsure : talker.said(Answer.UNKNOWN)) {
        talker.client().send(unsure.frame());
        talker.client().awaitFrame(("{\"ack\":\"" + unsure.id() + "\"}")::equals);
      }
    }
    finish();
    members.forEach(member -> {
      assertNoneTwice(member);
      assertMissesOnlyWhereAnnounced(member);
      if (losses(member) == 0) {
        var got = ids(member.frames());
        talkers.forEach(talker -> talker.said(Answer.UNKNOWN)
            .forEach(said -> assertTrue(got.contains(said.id()), said::id)));
      }
    });
  }

  /// Ends the talking, and waits until each member has got what was said until then.
  private void finish() {
    talkers.forEach(Talker::finish);
    members.getFirst().send("the end");
    members.forEach(member -> member.awaitFrame("the end"::equals));
  }

  private void assertAllAnsweredInTime() {
    for (var talker : talkers) {
      assertTrue(talker.client().isOpen());
      for (var said : talker.said()) {
        assertTrue(said.answer() != Answer.NONE, said::id);
        assertTrue(said.waited().compareTo(ANSWER_WITHIN) <= 0,
            () -> said.id() + " waited for " + said.waited());
      }
    }
    members.forEach(member -> assertTrue(member.isOpen(), member::toString));
  }

  /// An ack says that Redis has it, so without Redis there is none.
  private void assertNoneAckedBetween(long fromNanos, long toNanos) {
    for (var talker : talkers) {
      for (var said : talker.said()) {
        if (said.sentNanos() - fromNanos > 0 && said.answeredNanos() - toNanos < 0) {
          assertEquals(Answer.UNKNOWN, said.answer(), said::id);
        }
      }
    }
  }

  /// What was acknowledged at once and a member doesn't have lies, for each talker, in one gap, and
  /// in this gap the member was told of the loss. (What was tried again came out of order.)
  private void assertMissesOnlyWhereAnnounced(ChatClient member) {
    var frames = member.frames();
    var lost = frames.indexOf("{\"lost\":\"load\"}");
    var before = ids(lost < 0 ? frames : frames.subList(0, lost));
    var after = ids(lost < 0 ? List.of() : frames.subList(lost, frames.size()));
    for (var talker : talkers) {
      var said = talker.said(Answer.ACKED);
      var lastBefore = -1;
      var firstAfter = said.size();
      for (var i = 0; i < said.size(); i++) {
        if (before.contains(said.get(i).id())) {
          lastBefore = i;
        } else if (after.contains(said.get(i).id())) {
          firstAfter = Math.min(firstAfter, i);
        }
      }
      for (var i = 0; i < said.size(); i++) {
        var one = said.get(i);
        var got = before.contains(one.id()) || after.contains(one.id());
        assertTrue(got || (lost >= 0 && i > lastBefore && i < firstAfter),
            () -> one.id() + " is missing at " + member);
      }
    }
  }

  private static long losses(ChatClient member) {
    return member.frames().stream().filter("{\"lost\":\"load\"}"::equals).count();
  }

  private static List<String> idList(List<String> frames) {
    return frames.stream().filter(frame -> frame.contains("\"id\":\""))
        .map(frame -> ChatClient.member(frame, "id")).toList();
  }

  private static Set<String> ids(List<String> frames) {
    return new HashSet<>(idList(frames));
  }

  private static void assertNoneTwice(ChatClient member) {
    var seen = new HashSet<String>();
    idList(member.frames()).forEach(id -> assertTrue(seen.add(id), () -> id + " came twice"));
  }
}
