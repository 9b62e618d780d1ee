package io.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.history.Ring;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Thousands of random steps with channels that have a history: publications that are lost on the
/// way, late or twice; reads that are answered late or fail; a broker that breaks, and that forgets
/// its tail; clients that leave and resume. What must hold whatever the order:
///
/// - what a client gets goes on, offset by offset, from the position that it was told last, or from
///   the one that it resumed from;
/// - in the end everybody is where the channel is.
class HistoryInterleavingTest {
  private static final int STEPS = 4_000;
  private static final int CLIENTS = 16;
  private static final List<String> CHANNELS = List.of("kept:a", "kept:b", "short:a", "own:#a");
  private static final Pattern JOINED = Pattern.compile(
      "joined (\\S+)(?: at (\\d+):(\\d+))?( recovered| not recovered)?");
  private static final Pattern LOST = Pattern.compile("lost (\\S+) at (\\d+):(\\d+)");

  private static final Pattern TEXT = Pattern.compile("(.+) at (\\d+):(\\d+)");

  /// The offset of each publication, by its text, which is never said twice.
  private final Map<String, Long> offsets = new HashMap<>();
  /// The text at a place: "channel epoch:offset".
  private final Map<String, String> truth = new HashMap<>();
  private final List<Late> late = new ArrayList<>();
  private int said;

  private record Late(String channel, Publication publication) {}

  /// A client of one channel, which remembers where it is while it is away.
  private final class Client {
    private final Listener listener;
    private final String channel;
    private boolean isIn;
    private boolean isJoined;
    /// Where it is; null: it doesn't know.
    private @Nullable Position at;
    private @Nullable Position resumedFrom;
    /// What it heard there; null: nothing yet.
    private @Nullable String lastText;

    Client(Listener listener, String channel) {
      this.listener = listener;
      this.channel = channel;
    }

    void toggle(Random random) {
      look();
      if (isIn) {
        listener.leave(channel);
        isIn = false;
        isJoined = false;
        return;
      }
      isIn = true;
      resumedFrom = at != null && random.nextInt(4) > 0 ? at : null;
      listener.join(channel, resumedFrom != null
          ? new Start.After(resumedFrom)
          : random.nextBoolean() ? Start.Now.AT_A_POSITION : Start.Now.ANYWHERE);
    }

    void look() {
      for (var heard : listener.takeHeard()) {
        var joined = JOINED.matcher(heard);
        var lost = LOST.matcher(heard);
        if (joined.matches()) {
          onJoined(joined.group(2) == null ? null : position(joined.group(2), joined.group(3)),
              joined.group(4));
        } else if (lost.matches()) {
          at = position(lost.group(2), lost.group(3));
          lastText = null;
        } else {
          var text = TEXT.matcher(heard);
          assertTrue(text.matches(), heard);
          onText(position(text.group(2), text.group(3)), text.group(1));
        }
      }
    }

    private void onJoined(@Nullable Position position, @Nullable String recovered) {
      isJoined = true;
      assertEquals(resumedFrom == null, recovered == null, this::toString);
      if (" recovered".equals(recovered)) {
        assertTrue(position != null && resumedFrom != null);
        assertEquals(resumedFrom.offset(), position.offset(), this::toString);
      }
      at = position;
      lastText = null;
    }

    private void onText(Position next, String text) {
      if (at != null) {
        assertEquals(at.offset() + 1, next.offset(), () -> text + " to " + this);
      }
      assertEquals(offsets.get(text), next.offset(), () -> text + " to " + this);
      if (at != null && lastText != null && next.epoch() != at.epoch()) {
        // It was told of no loss: what it had is what the channel had when the epoch began.
        assertEquals(truth.get(channel + " " + next.epoch() + ":" + at.offset()), lastText,
            () -> text + " to " + this);
      }
      at = next;
      lastText = text;
    }

    @Override
    public String toString() {
      return "client of " + channel + " at " + at;
    }
  }

  private static Position position(String epoch, String offset) {
    return new Position(Long.parseLong(epoch), Long.parseLong(offset));
  }

  private void say(TestHub hub, Random random, String channel) {
    var publication = hub.store(channel, "text " + ++said);
    offsets.put("text " + said, Ring.offsetOf(publication));
    var top = hub.broker.log(channel).top();
    truth.put(channel + " " + top.epoch() + ":" + top.offset(), "text " + said);
    int fate = random.nextInt(20);
    if (fate == 0) {
      return;
    }
    if (fate == 1) {
      late.add(new Late(channel, publication));
      return;
    }
    hub.broker.deliver(channel, publication);
    if (fate == 2) {
      late.add(new Late(channel, publication));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void everybodyGetsEverythingOnceOrIsTold(long seed) {
    var random = new Random(seed);
    var hub = new TestHub(2, 2);
    hub.showsPositions = true;
    var clients = new ArrayList<Client>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client(hub.listener(i % 2), CHANNELS.get(i % CHANNELS.size())));
    }
    for (int step = 0; step < STEPS; step++) {
      step(hub, random, clients);
    }
    late.clear();
    bringBack(hub);
    // Two whole rounds in which also the light ones are looked at.
    for (int i = 0; i < 250; i++) {
      hub.passMillis(1_000);
      hub.broker.underWay.keySet().stream().toList().forEach(hub.broker::answer);
      hub.answerReads();
    }
    for (var client : clients) {
      client.look();
      if (client.isIn) {
        assertTrue(client.isJoined, client::toString);
        if (client.at != null) {
          assertEquals(hub.broker.log(client.channel).top().offset(), client.at.offset(),
              client::toString);
        }
      }
    }
  }

  private void step(TestHub hub, Random random, List<Client> clients) {
    var channel = CHANNELS.get(random.nextInt(CHANNELS.size()));
    int kind = random.nextInt(100);
    if (kind < 45) {
      say(hub, random, channel);
    } else if (kind < 60) {
      var client = clients.get(random.nextInt(clients.size()));
      client.toggle(random);
    } else if (kind < 70 && hub.broker.readsUnderWay() > 0) {
      hub.broker.answerRead();
    } else if (kind == 71 && hub.broker.hasFences()) {
      hub.broker.passFences();
    } else if (kind == 70 && hub.broker.readsUnderWay() > 0) {
      hub.broker.failRead();
    } else if (kind < 75 && !hub.broker.underWay.isEmpty()) {
      hub.broker.answer(hub.broker.underWay.keySet().iterator().next());
    } else if (kind < 78 && !late.isEmpty()) {
      var one = late.remove(random.nextInt(late.size()));
      hub.broker.deliver(one.channel, one.publication);
    } else if (kind == 78 && random.nextInt(4) == 0) {
      hub.broker.interrupt();
    } else if (kind < 82 && !hub.broker.resubscribing.isEmpty()) {
      hub.broker.resubscribe(hub.broker.resubscribing.iterator().next());
    } else if (kind == 82 && random.nextInt(3) == 0) {
      forgetTail(hub, random, channel);
    } else if (kind < 86) {
      hub.passMillis(random.nextInt(400));
    } else {
      hub.loops.get(random.nextInt(hub.loops.size())).tick();
    }
  }

  /// A broker forgets its tail when it restarts, so that all connections to it break, and what is
  /// on its way is gone.
  private void forgetTail(TestHub hub, Random random, String channel) {
    hub.settle();
    var log = hub.broker.log(channel);
    hub.broker.interrupt();
    hub.settle();
    var before = log.top();
    log.newEpoch(Math.max(0, before.offset() - random.nextInt(3)));
    for (long offset = 1; offset <= log.top().offset(); offset++) {
      var text = truth.get(channel + " " + before.epoch() + ":" + offset);
      if (text != null) {
        truth.put(channel + " " + log.top().epoch() + ":" + offset, text);
      }
    }
  }

  private static void bringBack(TestHub hub) {
    for (var channel : List.copyOf(hub.broker.resubscribing)) {
      hub.broker.resubscribe(channel);
    }
    hub.settle();
  }
}
