package io.parley.loop;

import java.util.concurrent.Executor;

/// One thread that owns things. It works in ticks: it takes what its sockets brought, runs the
/// tasks that were posted to it in the order of posting, and then what was asked for at the tick's
/// end.
///
/// Netty's event loops are the real ones; tests own loops that they turn by hand.
public interface Loop extends Executor {
  /// Whether the calling thread is this loop's.
  boolean inLoop();

  /// Posts a task from any thread. Tasks of one thread run in the order in which it posted them.
  @Override
  void execute(Runnable task);

  /// Runs a task once this tick's reads and posted tasks are done, so that it can write what they
  /// gathered in one go. May be called from any thread; the caller sees to it that a task isn't
  /// asked for twice in a tick.
  void atTickEnd(Runnable task);

  /// Runs a task on the loop after a delay.
  Timer schedule(Runnable task, long delayMillis);

  /// A task that waits for its time.
  interface Timer {
    /// Forgets the task, unless it has run.
    void cancel();
  }

  /// Runs the task now if the caller is the loop, else posts it.
  default void run(Runnable task) {
    if (inLoop()) {
      task.run();
    } else {
      execute(task);
    }
  }
}
