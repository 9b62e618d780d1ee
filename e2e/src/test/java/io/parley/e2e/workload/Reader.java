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

/// Reads one target, and keeps his position as an application does: by what is delivered, and by
/// where the server says that he starts. When his connection ends he comes back, anywhere, and
/// resumes. A restless one ends it himself now and then, often in the midst of what he missed.
/// Thread-safe.
final class Reader {
  /// Longer than from one ping to the next.
  private static final Duration SILENCE_MAX = Duration.ofSeconds(40);
  private static final Duration END_WITHIN = Duration.ofSeconds(30);
  private static final int BACK_OFF_MAX_MILLIS = 300;
  private static final int AWAY_MAX_MILLIS = 2_000;
  private static final int STAYS_FOR_FRAMES = 25;
  private static final int BROKEN = 1006;

  private final String name;
  private final Target target;
  private final Doors doors;
  private final Journal journal;
  private final Temper temper;
  private final Random random;
  private final Loop loop;
  /// Whether he leaves of his own accord.
  private volatile boolean isRestless;
  /// Where he is; null before he was told. Written by the loop's thread.
  private volatile @Nullable Position position;
  /// Null while he has none. Written by the loop's thread.
  private volatile @Nullable Line line;
  /// Whether the present connection was confirmed to be in the channel.
  private volatile boolean isThere;
  private volatile long lastFrameNanos = System.nanoTime();

  private Reader(String name, Target target, Doors doors, Journal journal, Temper temper) {
    this.name = name;
    this.target = target;
    this.doors = doors;
    this.journal = journal;
    this.temper = temper;
    random = new Random(temper.seed);
    isRestless = temper.isRestless;
    loop = Loop.of(name, this::live);
  }

  /// @param isRestless whether he leaves of his own accord
  /// @param protocol that he speaks
  record Temper(boolean isRestless, Line.Protocol protocol, long seed) {}

  static Reader start(String name, Target target, Doors doors, Journal journal, Temper temper) {
    var reader = new Reader(name, target, doors, journal, temper);
    reader.loop.begin();
    return reader;
  }

  /// One connection, from its beginning to its end.
  private void live() throws InterruptedException {
    var pauseMillis = BACK_OFF_MAX_MILLIS;
    var port = doors.any(random);
    try (var connected = Line.toRead(temper.protocol, port, name, target, position, random)) {
      connected.timeout(SILENCE_MAX);
      line = connected;
      journal.note(nanos -> new Event.Connected(name, target.channel(), port, nanos));
      connected.begin();
      pauseMillis = read(connected);
    } catch (IOException broken) {
      noteClosed(BROKEN);
    }
    loop.backOff(random, pauseMillis);
  }

  /// Returns how long he may stay away.
  private int read(Line connected) throws IOException {
    while (loop.isRunning()) {
      var all = connected.next();
      lastFrameNanos = System.nanoTime();
      for (var said : all) {
        if (said instanceof Said.Ended(var code)) {
          noteClosed(code);
          return BACK_OFF_MAX_MILLIS;
        }
        on(said);
      }
      if (isRestless && random.nextInt(STAYS_FOR_FRAMES) == 0) {
        leave(connected);
        return AWAY_MAX_MILLIS;
      }
    }
    return 1;
  }

  private void leave(Line connected) throws IOException {
    if (random.nextBoolean()) {
      connected.reset();
    }
    noteClosed(BROKEN);
  }

  private void noteClosed(int code) {
    isThere = false;
    if (line != null && loop.isRunning()) {
      journal.note(nanos -> new Event.Closed(name, target.channel(), code, nanos));
    }
    line = null;
  }

  private void on(Said said) {
    switch (said) {
      case Said.Message(var at, var id) -> {
        journal.note(nanos -> new Event.Delivered(name, target.channel(), at, id, nanos));
        position = at;
      }
      case Said.Joined(var at, var isRecovered) -> onJoined(at, isRecovered);
      case Said.Lost(var at) -> {
        journal.note(nanos -> new Event.Lost(name, target.channel(), at, nanos));
        position = at;
      }
      case Said.Acked _,Said.Failed _,Said.Ended _ -> throw new IllegalStateException(
          name + " got " + said + " (expected: what readers are told)");
    }
  }

  private void onJoined(@Nullable Position at, @Nullable Boolean isRecovered) {
    var was = position;
    isThere = true;
    if (isRecovered == null) {
      journal.note(nanos -> new Event.Joined(name, target.channel(), at, nanos));
      // With an inbox, messages may have come before.
      if (was == null) {
        position = at;
      }
      return;
    }
    journal.note(
        nanos -> new Event.Resumed(name, target.channel(), at, isRecovered, nanos));
    // Of what he missed, he has got nothing yet; but the same place may have a new epoch.
    if (!isRecovered || (at != null && was != null && at.offset() == was.offset())) {
      position = at;
    }
  }

  /// Whether he is connected and was let in.
  boolean isThere() {
    check();
    return isThere;
  }

  boolean isRestless() {
    return isRestless;
  }

  /// Whether he has read that far; a reader who doesn't know where he is has nothing to wait for.
  boolean hasReached(long offset) {
    check();
    var at = position;
    return isThere && (at == null || at.offset() >= offset);
  }

  /// How long nothing has come.
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - lastFrameNanos);
  }

  /// From now on he stays.
  void calm() {
    isRestless = false;
  }

  /// Ends it; nothing more was to come.
  void finish() {
    var wasThere = isThere;
    cut();
    loop.awaitEnd(END_WITHIN);
    if (wasThere) {
      journal.note(nanos -> new Event.Ended(name, target.channel(), nanos));
    }
  }

  /// Ends it in the midst of whatever he does.
  void cut() {
    loop.stop();
    var connected = line;
    if (connected != null) {
      try {
        connected.close();
      } catch (IOException goneAnyway) {
        // As it should be.
      }
    }
  }

  /// Fails if he did.
  void check() {
    loop.check();
  }

  @Override
  public String toString() {
    return name + " of " + target.channel() + " at " + position + (isThere ? "" : ", away");
  }
}
