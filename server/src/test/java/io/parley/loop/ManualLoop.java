package io.parley.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// A loop that the test turns by hand. Any number of them share the test's thread; the one whose
/// task runs just now is the one that `inLoop()` says yes.
///
/// [#tick] does what Netty does in one iteration. [#runTask] and [#endTick] do it in pieces, since
/// Netty may end a tick with posted tasks left.
///
/// Confined to the test's thread.
public final class ManualLoop implements Loop {
  private final ManualTime time;
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private List<Runnable> atTickEnd = new ArrayList<>();
  private final PriorityQueue<Delayed> delayed = new PriorityQueue<>(
      Comparator.comparingLong(Delayed::atNanos).thenComparingLong(Delayed::number));
  private long delayedCount;
  private boolean isRunning;

  private record Delayed(long atNanos, long number, Runnable task) {}

  public ManualLoop(ManualTime time) {
    this.time = time;
  }

  @Override
  public boolean inLoop() {
    return isRunning;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void atTickEnd(Runnable task) {
    atTickEnd.add(task);
  }

  @Override
  public Timer schedule(Runnable task, long delayMillis) {
    var entry = new Delayed(time.getAsLong() + delayMillis * 1_000_000L, delayedCount++, task);
    delayed.add(entry);
    return () -> delayed.remove(entry);
  }

  /// Tasks that wait to be run, those whose time hasn't come left out.
  public int waiting() {
    return tasks.size();
  }

  /// Forgets all tasks that wait to be run.
  public void dropTasks() {
    tasks.clear();
  }

  /// Tasks whose time hasn't come.
  public int scheduled() {
    return delayed.size();
  }

  /// Runs a piece of the test as if it were a task of this loop.
  public void inside(Runnable task) {
    boolean wasRunning = isRunning;
    isRunning = true;
    try {
      task.run();
    } finally {
      isRunning = wasRunning;
    }
  }

  /// Runs the oldest task.
  ///
  /// @return whether there was one
  public boolean runTask() {
    takeDue();
    var task = tasks.poll();
    if (task == null) {
      return false;
    }
    inside(task);
    return true;
  }

  /// Runs what was asked for at the tick's end.
  ///
  /// @return whether there was anything
  public boolean endTick() {
    var due = atTickEnd;
    atTickEnd = new ArrayList<>();
    due.forEach(this::inside);
    return !due.isEmpty();
  }

  /// Runs all tasks, those that they post included, and then ends the tick.
  ///
  /// @return whether there was anything to do
  public boolean tick() {
    boolean busy = false;
    while (runTask()) {
      busy = true;
    }
    return endTick() || busy;
  }

  /// Turns loops, one after the other, until none has anything to do.
  public static void settle(List<ManualLoop> loops) {
    boolean busy = true;
    for (int round = 0; busy; round++) {
      if (round == 100_000) {
        throw new AssertionError("loops keep themselves busy (expected: they come to rest)");
      }
      busy = false;
      for (var loop : loops) {
        busy |= loop.tick();
      }
    }
  }

  private void takeDue() {
    while (!delayed.isEmpty() && delayed.peek().atNanos - time.getAsLong() <= 0) {
      tasks.add(delayed.remove().task);
    }
  }
}
