package io.parley.hub;

import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.encoding.Encoding;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What the hub knows of a connection. The session implements it. All calls come on the loop of the
/// connection's shard.
public interface Subscriber {
  /// The client that this subscriber is, to tell a publisher from the others.
  UUID client();

  /// The encoding in which it gets publications; the same for its life.
  Encoding encoding();

  /// From here on the channel's publications come; what was missed comes first, if it was asked for
  /// and can be had.
  void onSubscribed(Subscription subscription, Entry entry);

  /// Publications were missed here and can't be had any more; what follows comes after the hole.
  ///
  /// @param position the hole's end; null where the channel has no history
  void onLost(Subscription subscription, @Nullable Position position);

  /// Whether it wants to be told who joins and leaves its channels, where these tell; the same for
  /// its life.
  boolean wantsPresence();

  /// Who is in a channel has changed.
  void onPresence(Subscription subscription, PresenceEvent event);

  /// Where publications of its channels go, in order; the same for its life.
  Outlet outlet();
}
