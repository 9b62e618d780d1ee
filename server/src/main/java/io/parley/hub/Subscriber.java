package io.parley.hub;

import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.encoding.Encoding;
import io.parley.encoding.Frames;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What the hub knows of a connection. The session implements it. All calls come on the loop of the
/// connection's shard.
public interface Subscriber {
  /// The client that this subscriber is, to tell a publisher from the others.
  UUID client();

  /// The encoding in which it gets publications; the same for its life.
  Encoding encoding();

  /// From here on the channel's publications come.
  ///
  /// @param missed what comes first, which the subscriber passes on; null: nothing. In an encoding
  ///   that has it as a part of the answer, these are no frames
  void onSubscribed(Subscription subscription, Entry entry, @Nullable Frames missed);

  /// Publications were missed here and can't be had any more; what follows comes after the hole.
  ///
  /// @param position the hole's end; null where the channel has no history
  void onLost(Subscription subscription, @Nullable Position position);

  /// The channel goes on in another epoch, and nothing was missed. Where publications tell their
  /// epoch, that says it all.
  ///
  /// @param position behind which what follows stands; null where the subscriber can't know, since
  ///   something that belongs before it comes later
  default void onMoved(Subscription subscription, @Nullable Position position) {}

  /// Who is in a channel has changed, of which it wanted to be told.
  void onPresence(Subscription subscription, PresenceEvent event);

  /// Where publications of its channels go, in order; the same for its life.
  Outlet outlet();
}
