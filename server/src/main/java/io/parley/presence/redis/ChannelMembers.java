package io.parley.presence.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// One channel's members on this node: who should be in Redis, and of whom that isn't sure.
///
/// Confined to its presence's loop.
final class ChannelMembers {
  final String channel;

  /// Who is there: client and user.
  final Map<UUID, String> wanted = new HashMap<>(4);

  /// Clients whose state in Redis may differ from what is wanted.
  private final Set<UUID> dirty = new LinkedHashSet<>(4);

  /// Whether everybody who is there counts among them, too.
  private boolean isAllDirty;

  /// Whether it waits for its turn to be written.
  boolean isQueued;

  /// Whether a command of it is under way.
  boolean isBusy;

  /// Whether Redis has noted that this node has members here, so that they are found if it dies.
  boolean isNoted;

  /// Whether anything may be in Redis under this node's id.
  boolean mayBeWritten;

  /// Before this time nothing is written: changes are gathered.
  long notBeforeNanos;

  ChannelMembers(String channel, long nowNanos) {
    this.channel = channel;
    this.notBeforeNanos = nowNanos;
  }

  void soil(UUID client) {
    dirty.add(client);
  }

  void soil(List<UUID> clients) {
    dirty.addAll(clients);
  }

  /// They are gone through when it is the channel's turn, so that all channels of a node aren't in
  /// one task.
  void soilAll() {
    isAllDirty = true;
  }

  /// Nobody is there any more.
  void leaveAll() {
    dirty.addAll(wanted.keySet());
    wanted.clear();
  }

  /// Takes some clients that have to be written.
  List<UUID> takeDirty(int limit) {
    if (isAllDirty) {
      isAllDirty = false;
      dirty.addAll(wanted.keySet());
    }
    var taken = new ArrayList<UUID>(Math.min(limit, dirty.size()));
    Iterator<UUID> each = dirty.iterator();
    while (each.hasNext() && taken.size() < limit) {
      taken.add(each.next());
      each.remove();
    }
    return taken;
  }

  int dirtyCount() {
    return dirty.size() + (isAllDirty ? wanted.size() : 0);
  }

  /// Another id: nothing is in Redis under it.
  void startAnew(long nowNanos) {
    isBusy = false;
    isNoted = false;
    mayBeWritten = false;
    notBeforeNanos = nowNanos;
    dirty.clear();
    soilAll();
  }

  /// Whether nobody is here and Redis knows it.
  boolean isOver() {
    return wanted.isEmpty() && dirty.isEmpty() && !isBusy;
  }
}
