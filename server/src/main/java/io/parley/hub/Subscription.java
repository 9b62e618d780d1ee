package io.parley.hub;

/// One subscriber's wish for one channel, from asking to leaving. Asking again after leaving makes
/// a new one, so that nothing that is still on its way can be taken for the new one's.
///
/// Confined to the shard's loop; the feed loop only carries references.
public final class Subscription {
  enum State {
    /// On its way to the feed and back.
    JOINING,
    /// Among the members.
    JOINED,
    /// Gone; whatever arrives for it is dropped.
    LEFT
  }

  final Subscriber subscriber;

  /// The subscriber's, close at hand.
  final Outlet outlet;
  final int encoding;
  final Shard shard;
  private final String channel;
  State state = State.JOINING;

  /// Its place among the members of the channel on this shard; -1 while it isn't one of them.
  int index = -1;

  Subscription(Shard shard, String channel, Subscriber subscriber) {
    this.shard = shard;
    this.channel = channel;
    this.subscriber = subscriber;
    this.outlet = subscriber.outlet();
    this.encoding = subscriber.encoding().index();
  }

  public String channel() {
    return channel;
  }

  /// Whether publications come.
  public boolean isJoined() {
    return state == State.JOINED;
  }
}
