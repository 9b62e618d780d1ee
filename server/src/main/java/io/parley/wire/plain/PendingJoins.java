package io.parley.wire.plain;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The joins of one connection that have to be answered once their channel's publications come.
/// While Redis is away that may take long, so there is a limit.
///
/// Confined to the connection's loop.
final class PendingJoins {
  private final int limit;

  /// In the order of asking; null when there are none, as for most of a connection's life.
  private @Nullable List<PendingJoin> pending;

  PendingJoins(int limit) {
    this.limit = limit;
  }

  /// A join that isn't answered.
  record PendingJoin(String channel, @Nullable CommandId id) {}

  /// Whether no more joins may wait.
  boolean isFull() {
    return pending != null && pending.size() >= limit;
  }

  void add(PendingJoin join) {
    if (pending == null) {
      pending = new ArrayList<>(1);
    }
    pending.add(join);
  }

  /// Takes back what was added last.
  void takeBack(PendingJoin join) {
    if (pending != null) {
      pending.remove(join);
      forgetIfEmpty();
    }
  }

  /// Takes out the joins of one channel, in the order of asking.
  List<PendingJoin> take(String channel) {
    if (pending == null) {
      return List.of();
    }
    var taken = new ArrayList<PendingJoin>(1);
    for (var join : pending) {
      if (join.channel().equals(channel)) {
        taken.add(join);
      }
    }
    if (!taken.isEmpty()) {
      pending.removeIf(join -> join.channel().equals(channel));
      forgetIfEmpty();
    }
    return taken;
  }

  private void forgetIfEmpty() {
    if (pending != null && pending.isEmpty()) {
      pending = null;
    }
  }
}
