package io.parley.e2e.client;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// The thread of a user who talks: one message after the other, with a little pause, until it is
/// told to stop. Thread-safe.
final class TalkLoop {
  private static final int PAUSE_MILLIS = 5;

  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;

  /// What the user does again and again.
  interface Turn {
    /// Says one thing, and sees how that ends.
    ///
    /// @param number 1, 2, 3 …
    /// @return whether there may be another
    boolean say(int number) throws InterruptedException;
  }

  private TalkLoop(String user, Turn turn) {
    thread = Thread.ofVirtual().name("talker-" + user).unstarted(() -> run(turn));
  }

  /// A loop that is yet to be begun.
  static TalkLoop of(String user, Turn turn) {
    return new TalkLoop(user, turn);
  }

  void begin() {
    thread.start();
  }

  private void run(Turn turn) {
    try {
      for (int number = 1; !isStopped() && turn.say(number); number++) {
        stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  /// Waits, for the turn that is running, as a client does before it comes back.
  void backOff(int millisMax) throws InterruptedException {
    stopped.await(ThreadLocalRandom.current().nextInt(1, millisMax), TimeUnit.MILLISECONDS);
  }

  /// Ends the talking after the turn that is running; fails if that doesn't end in time.
  void finish(Duration within) {
    stop();
    try {
      if (!thread.join(within)) {
        throw new AssertionError(thread.getName() + " doesn't end");
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends the talking after the turn that is running, and doesn't wait for that.
  void stop() {
    stopped.countDown();
  }

  /// Ends the talking in the middle of a turn.
  void cut() {
    stop();
    thread.interrupt();
  }
}
