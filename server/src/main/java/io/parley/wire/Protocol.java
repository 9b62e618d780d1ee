package io.parley.wire;

import io.parley.hub.Shard;
import io.parley.session.Peer;
import org.jspecify.annotations.Nullable;

/// What a connection speaks, and with whom, as its request asked for.
@FunctionalInterface
public interface Protocol {
  /// Starts a connection that has just been upgraded.
  ///
  /// @return null if it was refused; the peer is then being closed
  @Nullable
  Wire open(Shard shard, Peer peer);
}
