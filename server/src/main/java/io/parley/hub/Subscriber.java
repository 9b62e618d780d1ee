package io.parley.hub;

import java.util.UUID;

/// What the hub knows of a connection. The session implements it. All calls come on the loop of the
/// connection's shard.
public interface Subscriber {
  /// The client that this subscriber is, to tell a publisher from the others.
  UUID client();

  /// The encoding in which it gets publications; the same for its life.
  Encoding encoding();

  /// From here on the channel's publications come.
  void onSubscribed(Subscription subscription);

  /// Publications were missed here and can't be had any more; what follows comes after the hole.
  void onLost(Subscription subscription);

  /// Where publications of its channels go, in order; the same for its life.
  Outlet outlet();
}
