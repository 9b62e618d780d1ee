package io.parley.hub;

import io.parley.hub.Delivery.Run;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The members of one channel on one shard, in an array that has no holes. A run is handed to them
/// in slices, so that a room with many members doesn't stall the others; what comes for the channel
/// meanwhile waits in the backlog.
///
/// Confined to the shard's loop.
final class Members {
  private static final int INITIAL = 1;

  private @Nullable Subscription[] members = new Subscription[INITIAL];
  private int size;

  /// The run that is being handed out; null between runs.
  private @Nullable Run run;

  /// Members before it have got [#run], those from it on have not.
  private int cursor;

  /// What came for the channel while a run was being handed out; null until first needed.
  private @Nullable ArrayDeque<Delivery> backlog;

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
    move(size, hole);
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

  /// Keeps a delivery until the run is done.
  void enqueue(Delivery delivery) {
    if (backlog == null) {
      backlog = new ArrayDeque<>();
    }
    backlog.add(delivery);
  }

  /// The oldest delivery that waits; null if none does.
  @Nullable
  Delivery dequeue() {
    return backlog == null ? null : backlog.poll();
  }

  /// Hands the run to the next members.
  ///
  /// @return whether all have it now
  boolean slice(int most) {
    var current = run;
    if (current == null) {
      return true;
    }
    int end = Math.min(size, cursor + most);
    // A member whose outbox overflows is closed later, in a task of its own: nobody leaves in here.
    for (int i = cursor; i < end; i++) {
      var member = at(i);
      if (current.hiddenFrom == null || !current.hiddenFrom.equals(member.subscriber.client())) {
        member.outlet.send(current.frames(member.encoding));
      }
    }
    cursor = end;
    if (cursor < size) {
      return false;
    }
    run = null;
    return true;
  }

  private Subscription at(int i) {
    var member = members[i];
    if (member == null) {
      throw new IllegalStateException("member " + i + ": none (expected: below " + size + ")");
    }
    return member;
  }

  void forEach(Consumer<Subscription> action) {
    for (int i = 0; i < size; i++) {
      action.accept(at(i));
    }
  }
}
