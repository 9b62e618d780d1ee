package io.parley.e2e.workload;

import io.parley.e2e.checker.Event;
import io.parley.e2e.checker.JsonObject;
import io.parley.e2e.client.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Sends one message after the other to one target, and waits for the end of each: acknowledged, or
/// refused. Of what neither is known he tries again, with the same id, wherever he gets in.
/// Thread-safe.
final class Writer {
  /// Longer than the server may take for an answer, whatever happens.
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
  private static final Duration GIVES_UP_WITHIN = Duration.ofSeconds(30);
  private static final int BACK_OFF_MAX_MILLIS = 300;
  private static final int UNKNOWN_OUTCOME = 100;

  private final String name;
  private final Target target;
  private final Doors doors;
  private final Journal journal;
  private final Random random;
  private final long intervalNanos;
  private final Loop loop;
  /// How many messages he has begun with. Written by the loop's thread.
  private volatile long seq;
  private long nextNanos = System.nanoTime();
  /// Null while he has none. Used by the loop's thread.
  private @Nullable RawClient client;
  /// When the loop was told to stop; 0 before.
  private volatile long stoppedNanos;

  private Writer(String name, Target target, Doors doors, Journal journal, Pace pace) {
    this.name = name;
    this.target = target;
    this.doors = doors;
    this.journal = journal;
    random = new Random(pace.seed);
    intervalNanos = pace.interval.toNanos();
    loop = Loop.of(name, this::turn);
  }

  /// @param interval from one message to the next, if the answers come in time
  record Pace(Duration interval, long seed) {}

  static Writer start(String name, Target target, Doors doors, Journal journal, Pace pace) {
    var writer = new Writer(name, target, doors, journal, pace);
    writer.loop.begin();
    return writer;
  }

  private void turn() throws InterruptedException {
    loop.rest(Math.max(0, nextNanos - System.nanoTime()));
    if (!loop.isRunning()) {
      return;
    }
    // Whoever was kept waiting doesn't make up for it.
    nextNanos = Math.max(nextNanos, System.nanoTime() - intervalNanos) + intervalNanos;
    var number = seq + 1;
    seq = number;
    var id = name + "-" + number;
    journal.note(
        nanos -> new Event.Invoked(name, target.channel(), number, id, nanos));
    while (!isDone(id) && !isGivenUp()) {
      // Also when the loop has been told to stop: what was begun shall have an end.
      Thread.sleep(1 + random.nextInt(BACK_OFF_MAX_MILLIS));
    }
  }

  private boolean isGivenUp() {
    var stopped = stoppedNanos;
    return stopped != 0 && System.nanoTime() - stopped > GIVES_UP_WITHIN.toNanos();
  }

  /// Tries once.
  private boolean isDone(String id) {
    var connected = connected();
    if (connected == null) {
      return false;
    }
    try {
      connected.text(target.message(id));
      while (true) {
        var frame = connected.readMessage();
        if (frame.closeCode() != 0) {
          drop();
          return onUnknown(id, "closed " + frame.closeCode());
        }
        var answer = JsonObject.parse(frame.text());
        if (id.equals(answer.get("ack"))) {
          return onAcked(id, answer);
        }
        if (answer.has("error") && id.equals(answer.get("id"))) {
          return onError(id, answer.object("error").number("code"));
        }
      }
    } catch (IOException broken) {
      drop();
      return onUnknown(id, broken.toString());
    }
  }

  private boolean onAcked(String id, JsonObject ack) {
    var at = ack.position();
    if (at == null) {
      throw new IllegalStateException("got " + ack + " (expected: with epoch and offset)");
    }
    journal.note(nanos -> new Event.Acked(id, target.channelOfAck(name), at, nanos));
    return true;
  }

  private boolean onError(String id, long code) {
    if (code == UNKNOWN_OUTCOME) {
      return onUnknown(id, "error 100");
    }
    journal.note(nanos -> new Event.Refused(id, code, nanos));
    return true;
  }

  private boolean onUnknown(String id, String why) {
    journal.note(nanos -> new Event.Unknown(id, why, nanos));
    return false;
  }

  private @Nullable RawClient connected() {
    var connected = client;
    if (connected == null) {
      try {
        connected = RawClient.connect(doors.any(random),
            "/?as=json&user=" + name + "&room=desk-of-" + name);
        connected.timeout(ANSWER_WITHIN);
        client = connected;
      } catch (IOException nobodyThere) {
        return null;
      }
    }
    return connected;
  }

  private void drop() {
    var dropped = client;
    client = null;
    if (dropped != null) {
      try {
        dropped.close();
      } catch (IOException goneAnyway) {
        // As it should be.
      }
    }
  }

  /// How many messages he has begun with.
  long begun() {
    return seq;
  }

  /// There will be no other message.
  void stop() {
    stoppedNanos = System.nanoTime();
    loop.stop();
  }

  /// Waits for the end of the last one.
  void awaitEnd() {
    loop.awaitEnd(GIVES_UP_WITHIN.plus(ANSWER_WITHIN.multipliedBy(3)));
    drop();
  }

  /// Ends it in the midst of whatever he does.
  void cut() {
    stop();
    loop.cut();
  }

  /// Fails if he did.
  void check() {
    loop.check();
  }
}
