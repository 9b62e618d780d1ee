package io.parley.e2e.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The thread of a client, which takes turns until it is told to stop or fails. Thread-safe.
final class Loop {
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;
  /// What ended it before its time, which is a bug here or an answer that no client could expect.
  private volatile @Nullable RuntimeException failure;

  /// What the client does again and again.
  interface Turn {
    void take() throws IOException, InterruptedException;
  }

  private Loop(String name, Turn turn) {
    thread = Thread.ofVirtual().name(name).unstarted(() -> run(turn));
  }

  static Loop of(String name, Turn turn) {
    return new Loop(name, turn);
  }

  void begin() {
    thread.start();
  }

  private void run(Turn turn) {
    try {
      while (isRunning()) {
        turn.take();
      }
    } catch (IOException unexpected) {
      failure = new IllegalStateException(thread.getName(), unexpected);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException unexpected) {
      failure = new IllegalStateException(thread.getName(), unexpected);
    }
  }

  boolean isRunning() {
    return stopped.getCount() > 0;
  }

  /// Waits, for the turn that is running, unless it is told to stop.
  void rest(long nanos) throws InterruptedException {
    stopped.await(nanos, TimeUnit.NANOSECONDS);
  }

  /// Waits for a random time, as a client does before it comes back.
  void backOff(Random random, int millisMax) throws InterruptedException {
    rest(TimeUnit.MILLISECONDS.toNanos(1 + random.nextInt(millisMax)));
  }

  /// There will be no other turn.
  void stop() {
    stopped.countDown();
  }

  /// There will be no other turn, and this one ends as soon as it waits for something.
  void cut() {
    stop();
    thread.interrupt();
  }

  /// Waits for the end of the last turn, and fails if one did.
  void awaitEnd(Duration limit) {
    try {
      if (!thread.join(limit)) {
        throw new AssertionError(thread.getName() + " doesn't end within " + limit);
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + thread.getName(), hurried);
    }
    check();
  }

  /// Fails if a turn did.
  void check() {
    var cause = failure;
    if (cause != null) {
      throw new AssertionError(thread.getName() + " failed", cause);
    }
  }
}
