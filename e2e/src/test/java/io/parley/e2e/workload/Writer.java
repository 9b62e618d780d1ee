package io.parley.e2e.workload;

import io.parley.e2e.checker.Event;
import io.parley.e2e.checker.Position;
import io.parley.e2e.line.Line;
import io.parley.e2e.line.Line.Said;
import io.parley.e2e.line.Target;
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
  private final Line.Protocol protocol;
  private final Random random;
  private final long intervalNanos;
  private final Loop loop;
  /// How many messages he has begun with. Written by the loop's thread.
  private volatile long seq;
  private long nextNanos = System.nanoTime();
  /// Null while he has none. Used by the loop's thread.
  private @Nullable Line line;
  /// When the loop was told to stop; 0 before.
  private volatile long stoppedNanos;

  private Writer(String name, Target target, Doors doors, Journal journal, Pace pace) {
    this.name = name;
    this.target = target;
    this.doors = doors;
    this.journal = journal;
    protocol = pace.protocol;
    random = new Random(pace.seed);
    intervalNanos = pace.interval.toNanos();
    loop = Loop.of(name, this::turn);
  }

  /// @param interval from one message to the next, if the answers come in time
  /// @param protocol that he speaks
  record Pace(Duration interval, Line.Protocol protocol, long seed) {}

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
      connected.send(target, id);
      while (true) {
        for (var said : connected.next()) {
          switch (said) {
            case Said.Ended(var code) -> {
              drop();
              return onUnknown(id, "closed " + code);
            }
            case Said.Acked(var acked, var at) -> {
              if (acked.equals(id)) {
                return onAcked(id, at);
              }
            }
            case Said.Failed(var failed, var code) -> {
              if (failed.equals(id)) {
                return onError(id, code);
              }
            }
            case Said.Message _,Said.Joined _,Said.Lost _ -> throw new IllegalStateException(
                name + " got " + said + " (expected: what writers are told)");
          }
        }
      }
    } catch (IOException broken) {
      drop();
      return onUnknown(id, broken.toString());
    }
  }

  private boolean onAcked(String id, Position at) {
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

  private @Nullable Line connected() {
    var connected = line;
    if (connected == null) {
      try {
        connected = Line.toWrite(protocol, doors.any(random), name);
        connected.timeout(ANSWER_WITHIN);
        line = connected;
      } catch (IOException nobodyThere) {
        return null;
      }
    }
    return connected;
  }

  private void drop() {
    var dropped = line;
    line = null;
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
