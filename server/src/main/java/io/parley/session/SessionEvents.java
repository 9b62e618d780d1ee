package io.parley.session;

import io.parley.channel.Position;
import io.parley.hub.Entry;
import org.jspecify.annotations.Nullable;

/// What a session tells its wire, which puts it into the client's protocol. The wire implements it.
/// Called on the connection's loop.
public interface SessionEvents {
  /// Publications of the channel come from here on; or, if they did already, the client is where he
  /// asked to be told that he is.
  void onSubscribed(String channel, Entry entry);

  /// Publications of the channel were missed and can't be had.
  ///
  /// @param position what follows stands behind it; null where the channel has no history
  void onLost(String channel, @Nullable Position position);
}
