package io.parley.hub;

import io.micrometer.core.instrument.Counter;
import io.parley.hub.Delivery.Run;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The members of one channel on one shard, in an array that has no holes. A run is handed to them
/// in slices, so that a room with many members doesn't stall the others; what comes for the channel
/// meanwhile waits in the queue, where runs that follow each other become one.
///
/// Confined to the shard's loop.
final class Members {
  private static final int INITIAL = 1;

  private final String channel;
  private @Nullable Subscription[] members = new Subscription[INITIAL];
  private int size;

  /// The run that is being handed out; null between runs.
  private @Nullable Run run;

  /// Members before it have got [#run], those from it on have not.
  private int cursor;

  /// What waits for the tick's end or for the run that is being handed out; null when nothing does.
  private @Nullable ArrayDeque<Delivery> queue;

  /// Whether the shard will look at the queue at the end of this tick.
  boolean isDue;

  Members(String channel) {
    this.channel = channel;
  }

  String channel() {
    return channel;
  }

  int size() {
    return size;
  }

  void add(Subscription subscription) {
    assert run == null : "a member joins between runs";
    if (size == members.length) {
      members = Arrays.copyOf(members, size * 2);
    }
    subscription.index = size;
    members[size++] = subscription;
  }

  /// Removes a member in constant time. In the midst of a run the hole is filled from the members
  /// who have got it, and theirs from those who haven't, so that nobody is passed over or
  /// served twice.
  void remove(Subscription subscription) {
    int hole = subscription.index;
    if (run != null && hole < cursor) {
      cursor--;
      move(cursor, hole);
      hole = cursor;
    }
    size--;
    if (hole < size) {
      move(size, hole);
    }
    members[size] = null;
    subscription.index = -1;
  }

  private void move(int from, int to) {
    var moved = at(from);
    members[to] = moved;
    moved.index = to;
  }

  /// Starts to hand out a run; [#slice] does the work.
  void begin(Run next) {
    assert run == null : "one run at a time";
    run = next;
    cursor = 0;
  }

  boolean isBusy() {
    return run != null;
  }

  /// Keeps a delivery until its turn.
  void enqueue(Delivery delivery) {
    if (queue == null) {
      queue = new ArrayDeque<>(2);
    }
    queue.add(delivery);
  }

  /// What is next: one delivery, or all runs up to the next thing that isn't one, as a single run.
  /// Null if nothing waits.
  @Nullable
  Delivery dequeue() {
    if (queue == null) {
      return null;
    }
    var next = queue.poll();
    if (next instanceof Run first && first.canBeMerged()
        && queue.peek() instanceof Run second && second.canBeMerged()) {
      var runs = new ArrayList<Run>();
      runs.add(first);
      while (queue.peek() instanceof Run more && more.canBeMerged()) {
        runs.add(more);
        queue.remove();
      }
      next = Run.merged(runs);
    }
    if (queue.isEmpty()) {
      queue = null;
    }
    return next;
  }

  /// Hands the run to the next members.
  ///
  /// @param delivered counts its publications, for each member who gets them
  /// @return whether all have it now
  boolean slice(int most, Counter delivered) {
    var current = run;
    if (current == null) {
      return true;
    }
    int end = Math.min(size, cursor + most);
    // A member whose outbox overflows is closed later, in a task of its own: nobody leaves in here.
    int served = 0;
    for (int i = cursor; i < end; i++) {
      var member = at(i);
      if (current.hiddenFrom == null || !current.hiddenFrom.equals(member.subscriber.client())) {
        member.outlet.send(current.frames(member.encoding));
        served++;
      }
    }
    delivered.increment((double) served * current.publications());
    cursor = end;
    if (cursor < size) {
      return false;
    }
    run = null;
    return true;
  }

  boolean hasQueued() {
    return queue != null && !queue.isEmpty();
  }

  private Subscription at(int i) {
    var member = members[i];
    if (member == null) {
      throw new IllegalStateException("member " + i + ": none (expected: below " + size + ")");
    }
    return member;
  }

  /// Those to whom the action is done may leave in it: backwards, so that who takes a leaver's
  /// place has had his turn.
  void forEach(Consumer<Subscription> action) {
    for (int i = size - 1; i >= 0; i--) {
      action.accept(at(i));
    }
  }
}
