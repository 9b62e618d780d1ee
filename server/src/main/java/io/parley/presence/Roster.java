package io.parley.presence;

import io.parley.channel.PresenceEvent;
import io.parley.channel.PresenceEvent.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Who is in one channel, as one who watches it knows it: from a reading ([Who]), and from the
/// events that follow on it. It says what to tell of users who come and go.
///
/// An event that doesn't follow on the last is a sign that one was lost: the watcher reads again,
/// and the difference is told as if it had just happened. In a channel with very many, or with
/// changes that nobody named, names aren't followed any more: then what an event names is told,
/// and nothing is made up for what it doesn't.
///
/// Confined to its owner's loop.
public final class Roster {
  private static final long UNKNOWN = -1;

  private final Map<String, Integer> connections = new HashMap<>();

  /// Of the last reading or event.
  private long version = UNKNOWN;

  /// Whether the connections are those of the version.
  private boolean isNamed;

  /// Of the last reading or event that the connections have in them, interrupted or not.
  private long followed = UNKNOWN;
  private int clients;
  private int users;

  /// What there is to tell. Immutable.
  ///
  /// @param joined users, none of whom left
  /// @param left users
  /// @param mustRead whether who is there has to be read again
  public record News(List<String> joined, List<String> left, boolean mustRead) {
    private static final News NONE = new News(List.of(), List.of(), false);
    private static final News GAP = new News(List.of(), List.of(), true);

    public News {
      joined = List.copyOf(joined);
      left = List.copyOf(left);
    }
  }

  /// What was known may not be so any more: whatever comes next has to be read.
  public void interrupt() {
    version = UNKNOWN;
  }

  /// An event has come.
  public News onEvent(PresenceEvent event) {
    if (version == UNKNOWN) {
      return News.GAP;
    }
    if (event.version() <= version) {
      // The reading had it already.
      return News.NONE;
    }
    if (event.version() != version + 1) {
      version = UNKNOWN;
      return News.GAP;
    }
    version = event.version();
    followed = version;
    clients = event.clients();
    users = event.users();
    if (event.hidden() > 0) {
      isNamed = false;
      connections.clear();
    }
    var joined = new ArrayList<String>();
    var left = new ArrayList<String>();
    for (var change : event.changes()) {
      apply(change, joined, left);
    }
    return new News(joined, left, false);
  }

  /// An event has come while who is there was being read: what it says needn't be found as a
  /// difference.
  ///
  /// @return whether that wasn't known
  public boolean explain(PresenceEvent event) {
    if (!isNamed || event.hidden() > 0 || event.version() <= followed) {
      return false;
    }
    followed = event.version();
    var ignored = new ArrayList<String>();
    event.changes().forEach(change -> apply(change, ignored, ignored));
    return true;
  }

  /// Whether users have come or gone by a reading of whom nothing was told.
  public boolean differsFrom(Who who) {
    return isNamed && who.isWhole()
        && !who.connections().keySet().equals(connections.keySet());
  }

  private void apply(Change change, List<String> joined, List<String> left) {
    if (isNamed) {
      connections.merge(change.user(), change.kind().isJoin() ? 1 : -1, Integer::sum);
      connections.remove(change.user(), 0);
    }
    switch (change.kind()) {
      case USER_JOINED -> joined.add(change.user());
      case USER_LEFT -> left.add(change.user());
      case CLIENT_JOINED, CLIENT_LEFT -> {}
    }
  }

  /// Who is there was read. What differs from before has happened unseen.
  public News onRead(Who who) {
    if (version != UNKNOWN && who.version() < version) {
      // An event that came meanwhile is newer.
      return News.GAP;
    }
    var joined = new ArrayList<String>();
    var left = new ArrayList<String>();
    if (isNamed && who.isWhole()) {
      who.connections().keySet().stream().filter(user -> !connections.containsKey(user))
          .forEach(joined::add);
      connections.keySet().stream().filter(user -> !who.connections().containsKey(user))
          .forEach(left::add);
    }
    version = who.version();
    followed = version;
    clients = who.clients();
    users = who.users();
    isNamed = who.isWhole();
    connections.clear();
    if (isNamed) {
      connections.putAll(who.connections());
    }
    return new News(joined, left, false);
  }

  /// Of the last reading or event; negative: nothing is known.
  public long version() {
    return version;
  }

  /// The users and their connections; empty if they aren't followed by name.
  public Map<String, Integer> connections() {
    return Map.copyOf(connections);
  }

  /// Whether all users are known by name.
  public boolean isNamed() {
    return isNamed;
  }

  public int clients() {
    return clients;
  }

  public int users() {
    return users;
  }
}
