package io.parley.channel;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What has changed in who is in a channel, and how many are there now. Events of a channel have
/// versions that rise by one: who sees a gap has missed something and reads again. Immutable.
///
/// @param version of who is there, after this
/// @param top where the channel stood when it happened: behind what it has to come. Null where it
/// has no history
/// @param clients that are in the channel now
/// @param users that are in it now, each with one client or more
/// @param changes joins before leaves, so that whoever changes his client doesn't leave in between
/// @param hidden further changes that aren't named: there are too many, in a channel that is large
public record PresenceEvent(
    long version, @Nullable Position top, int clients, int users, List<Change> changes,
    int hidden) implements ChannelEvent {
  /// In place of a client: it isn't known which.
  public static final UUID UNKNOWN_CLIENT = new UUID(0, 0);

  public PresenceEvent {
    changes = List.copyOf(changes);
  }

  /// Whether it happened later than at an offset, in the same epoch. Of another epoch nobody knows.
  public boolean isBehind(long epoch, long offset) {
    return top != null && top.epoch() == epoch && top.offset() > offset;
  }

  /// The same, told where the channel stands.
  public PresenceEvent at(@Nullable Position place) {
    return new PresenceEvent(version, place, clients, users, changes, hidden);
  }

  /// What happened to a client, and with it to its user.
  public enum Kind {
    /// The first client of its user has joined: the user has.
    USER_JOINED,
    /// A further client of a user who is there.
    CLIENT_JOINED,
    /// The last client of its user has left: the user has.
    USER_LEFT,
    /// A client has left, and its user is there with another.
    CLIENT_LEFT;

    /// Whether a client has joined, or else left.
    public boolean isJoin() {
      return this == USER_JOINED || this == CLIENT_JOINED;
    }
  }

  /// One client's join or leave.
  ///
  /// @param info as it was said when the client joined; of a leave that comes with many others, and
  /// of one that was made up, what tokens say may be missing
  public record Change(Kind kind, ClientInfo info) {
    public UUID client() {
      return info.client();
    }

    public String user() {
      return info.user();
    }
  }
}
