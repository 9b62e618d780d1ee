package io.parley.presence.memory;

import io.parley.channel.ClientInfo;
import io.parley.channel.PresenceEvent;
import io.parley.channel.PresenceEvent.Change;
import io.parley.channel.PresenceEvent.Kind;
import io.parley.presence.Clients;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Who is in one channel, and what of it was told. It ends when nobody is there.
///
/// Confined to its presence's loop.
final class Attendance {
  private final String channel;
  private final Map<UUID, ClientInfo> wanted = new HashMap<>(4);

  /// As everybody was told.
  private final Map<UUID, ClientInfo> told = new HashMap<>(4);
  private final Map<String, Integer> users = new HashMap<>(4);

  /// Clients who may be there and untold, or told and not there.
  private final Set<UUID> dirty = new LinkedHashSet<>(4);
  private long version;
  private long notBeforeNanos;

  /// @param version that it goes on from
  Attendance(String channel, long version, long nowNanos) {
    this.channel = channel;
    this.version = version;
    this.notBeforeNanos = nowNanos;
  }

  String channel() {
    return channel;
  }

  /// The client is there; whether it wasn't.
  boolean join(ClientInfo client) {
    dirty.add(client.client());
    return wanted.put(client.client(), client) == null;
  }

  /// The client isn't there; whether it was.
  boolean leave(UUID client) {
    dirty.add(client);
    return wanted.remove(client) != null;
  }

  boolean has(UUID client) {
    return wanted.containsKey(client);
  }

  /// What there is to tell, joins first; null if nothing.
  ///
  /// @param batchFrom with more clients than this no more changes are named than `names`
  @Nullable
  PresenceEvent takeEvent(int batchFrom, int names) {
    int before = told.size();
    var joins = new ArrayList<Change>();
    for (var client : dirty) {
      var info = wanted.get(client);
      if (info != null && told.put(client, info) == null) {
        boolean isFirst = users.merge(info.user(), 1, Integer::sum) == 1;
        joins.add(new Change(isFirst ? Kind.USER_JOINED : Kind.CLIENT_JOINED, info));
      }
    }
    List<Change> changes = new ArrayList<>(joins);
    for (var client : dirty) {
      var info = wanted.containsKey(client) ? null : told.remove(client);
      if (info != null) {
        users.merge(info.user(), -1, Integer::sum);
        boolean isLast = users.remove(info.user(), 0);
        changes.add(new Change(isLast ? Kind.USER_LEFT : Kind.CLIENT_LEFT, info));
      }
    }
    dirty.clear();
    if (changes.isEmpty()) {
      return null;
    }
    version++;
    int shown = Math.max(before, told.size()) > batchFrom
        ? Math.min(changes.size(), names)
        : changes.size();
    return new PresenceEvent(version, null, told.size(), users.size(), changes.subList(0, shown),
        changes.size() - shown);
  }

  Map<String, Integer> users() {
    return users;
  }

  int clients() {
    return told.size();
  }

  /// So many of the clients, as everybody was told.
  Clients some(int most) {
    var some = new ArrayList<ClientInfo>();
    int bytes = 0;
    for (var each : told.values()) {
      bytes += each.infoBytes();
      if (some.size() == most || bytes > Clients.INFO_BYTES_MAX) {
        return new Clients(some, false);
      }
      some.add(each);
    }
    return new Clients(some, true);
  }

  long version() {
    return version;
  }

  /// Whether nobody is there, and nobody was told otherwise.
  boolean isOver() {
    return wanted.isEmpty() && told.isEmpty();
  }

  long notBeforeNanos() {
    return notBeforeNanos;
  }

  /// Before this time nothing more is told.
  void holdUntil(long nanos) {
    notBeforeNanos = nanos;
  }
}
