package io.parley.session;

import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.encoding.Frames;
import io.parley.hub.Entry;
import org.jspecify.annotations.Nullable;

/// What a session tells its wire, which puts it into the client's protocol. The wire implements it.
/// Called on the connection's loop.
public interface SessionEvents {
  /// Publications of the channel come from here on; or, if they did already, the client is where he
  /// asked to be told that he is.
  ///
  /// @param missed what comes before them, which the wire passes on in its own way; null: nothing
  void onSubscribed(String channel, Entry entry, @Nullable Frames missed);

  /// Publications of the channel were missed and can't be had.
  ///
  /// @param position what follows stands behind it; null where the channel has no history
  void onLost(String channel, @Nullable Position position);

  /// The channel goes on in another epoch, and nothing was missed. Where publications tell their
  /// epoch, that says it all.
  ///
  /// @param position behind which what follows stands; null where that isn't known
  default void onMoved(String channel, @Nullable Position position) {}

  /// Who is in a channel has changed, of which the wire wanted to be told.
  default void onPresence(String channel, PresenceEvent event) {
    throw new IllegalStateException(
        "presence in " + channel + " (expected: none, it wasn't wanted)");
  }
}
