package io.parley.presence.redis;

import io.parley.channel.ClientInfo;
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
  /// What tokens say of the clients of one call, at most, but for the last one of them.
  private static final int INFO_BYTES_MAX = 65_536;

  final String channel;

  /// Who is there.
  final Map<UUID, ClientInfo> wanted = new HashMap<>(4);

  /// Clients whose state in Redis may differ from what is wanted.
  private final Set<UUID> dirty = new LinkedHashSet<>(4);

  /// Whether everybody who is there counts among them, too.
  private boolean isAllDirty;

  /// Whether it waits for its turn to be written.
  boolean isQueued;

  /// Whether that turn comes only after a while.
  boolean isHeld;

  /// Whether a command of it is under way.
  boolean isBusy;

  /// What waits for its turn, or for that command's answer and for what is to be written next.
  final List<Runnable> behind = new ArrayList<>(0);

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

  /// Takes some clients that have to be written: no more than a limit, and no more than so that
  /// what tokens say of them stays within one, too.
  List<UUID> takeDirty(int limit) {
    if (isAllDirty) {
      isAllDirty = false;
      dirty.addAll(wanted.keySet());
    }
    var taken = new ArrayList<UUID>(Math.min(limit, dirty.size()));
    int bytes = 0;
    Iterator<UUID> each = dirty.iterator();
    while (each.hasNext() && taken.size() < limit && bytes < INFO_BYTES_MAX) {
      var client = each.next();
      var info = wanted.get(client);
      bytes += info == null ? 0 : info.infoBytes();
      taken.add(client);
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
