package io.parley.hub;

import io.parley.channel.ClientInfo;
import io.parley.channel.PresenceEvent;
import io.parley.channel.PresenceEvent.Change;
import io.parley.channel.PresenceEvent.Kind;
import io.parley.loop.Loop;
import io.parley.presence.Presence;
import io.parley.presence.Roster;
import io.parley.presence.Who;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who is in the channels of which somebody on this node wants to be told who joins and leaves. Of
/// the others nothing is known here.
///
/// Who is there is read when the first such member comes; then the events follow on it. Where one
/// is missing, and whenever the broker's connection was gone, it is read again. What changed is
/// told by the events that have come meanwhile, or come at once; what changed unseen is told as one
/// event: of users, since nobody knows of which clients.
///
/// Confined to its feed loop.
final class Watches {
  private static final int HELD_MAX = 256;
  private static final long RETRY_MILLIS = 1_000;

  /// How long events may take that were sent before an answer came.
  private static final long SETTLE_MILLIS = 100;

  private final Loop loop;
  private final Presence presence;
  private final Outgoing outgoing;
  private final Map<Feed, Watch> watches = new HashMap<>();

  /// One feed's. Confined to the loop.
  private static final class Watch {
    final Roster roster = new Roster();

    /// Events that came during the reading.
    final List<PresenceEvent> held = new ArrayList<>(0);
    boolean isReading;

    /// Whether what is being read may be too old.
    boolean mustReadAgain;
  }

  Watches(Loop loop, Presence presence, Outgoing outgoing) {
    this.loop = loop;
    this.presence = presence;
    this.outgoing = outgoing;
  }

  /// Somebody has become a member.
  void onAdmitted(Feed feed) {
    if (feed.watchers > 0 && !watches.containsKey(feed)) {
      var watch = new Watch();
      watches.put(feed, watch);
      read(feed, watch);
    }
  }

  /// Somebody has left.
  void onDismissed(Feed feed) {
    if (feed.watchers == 0) {
      watches.remove(feed);
    }
  }

  /// Events may have been missed, or were: who is there has to be read again.
  void readAgain(Feed feed) {
    var watch = watches.get(feed);
    if (watch != null) {
      watch.roster.interrupt();
      read(feed, watch);
    }
  }

  /// The channel has been silent for a while: the last event before that may have been lost, and
  /// then no later one shows it.
  void compare(Feed feed) {
    var watch = watches.get(feed);
    if (watch != null && !watch.isReading) {
      read(feed, watch);
    }
  }

  /// An event whose turn it is.
  void onEvent(Feed feed, PresenceEvent event) {
    var watch = watches.get(feed);
    if (watch == null) {
      return;
    }
    if (watch.isReading) {
      hold(watch, event);
      return;
    }
    long before = watch.roster.version();
    if (watch.roster.onEvent(event).mustRead()) {
      hold(watch, event);
      read(feed, watch);
    } else if (watch.roster.version() != before) {
      outgoing.present(feed, event);
    }
  }

  private static void hold(Watch watch, PresenceEvent event) {
    if (watch.held.size() < HELD_MAX) {
      watch.held.add(event);
    } else {
      watch.held.clear();
      watch.mustReadAgain = true;
    }
  }

  private void read(Feed feed, Watch watch) {
    if (watch.isReading) {
      watch.mustReadAgain = true;
      return;
    }
    watch.isReading = true;
    watch.mustReadAgain = false;
    presence.who(feed.channel, who -> loop.execute(() -> onRead(feed, watch, who)));
  }

  private void onRead(Feed feed, Watch watch, @Nullable Who who) {
    if (watches.get(feed) != watch) {
      return;
    }
    if (who == null) {
      loop.schedule(() -> {
        watch.isReading = false;
        if (watches.get(feed) == watch) {
          read(feed, watch);
        }
      }, RETRY_MILLIS);
      return;
    }
    explain(feed, watch, who);
    if (watch.roster.differsFrom(who)) {
      loop.schedule(() -> {
        if (watches.get(feed) == watch) {
          explain(feed, watch, who);
          conclude(feed, watch, who);
        }
      }, SETTLE_MILLIS);
    } else {
      conclude(feed, watch, who);
    }
  }

  /// Tells what is known of what a reading shows.
  private void explain(Feed feed, Watch watch, Who who) {
    for (var event : watch.held) {
      if (event.version() <= who.version() && watch.roster.explain(event)) {
        outgoing.present(feed, event);
      }
    }
  }

  private void conclude(Feed feed, Watch watch, Who who) {
    watch.isReading = false;
    var news = watch.roster.onRead(who);
    if (!news.joined().isEmpty() || !news.left().isEmpty()) {
      outgoing.present(feed, healed(who, news));
    }
    var held = List.copyOf(watch.held);
    watch.held.clear();
    if (news.mustRead() || watch.mustReadAgain) {
      read(feed, watch);
    }
    held.forEach(event -> onEvent(feed, event));
  }

  private static PresenceEvent healed(Who who, Roster.News news) {
    var changes = new ArrayList<Change>();
    news.joined().forEach(user -> changes.add(
        new Change(Kind.USER_JOINED, someClientOf(user))));
    news.left().forEach(user -> changes.add(
        new Change(Kind.USER_LEFT, someClientOf(user))));
    return new PresenceEvent(who.version(), null, who.clients(), who.users(), changes, 0);
  }

  /// Who is there was read by user: which client came or went isn't known.
  private static ClientInfo someClientOf(String user) {
    return new ClientInfo(user, PresenceEvent.UNKNOWN_CLIENT);
  }
}
