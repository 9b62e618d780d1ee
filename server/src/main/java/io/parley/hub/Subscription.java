package io.parley.hub;

/// One subscriber's wish for one channel, from asking to leaving. Asking again after leaving makes
/// a new one, so that nothing that is still on its way can be taken for the new one's.
///
/// Confined to the shard's loop, but for what is the feed loop's.
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
  Outlet outlet;
  final int encoding;
  final Shard shard;

  /// Whether the subscriber wants to be told who joins and leaves.
  final boolean wantsPresence;
  private final String channel;
  State state = State.JOINING;

  /// From where on its publications are wanted.
  final Start start;

  /// Whether the feed counts it as a member. The feed loop's.
  boolean isAdmitted;

  /// Whether it has left, admitted or not. The feed loop's.
  boolean hasLeft;

  /// Its place among the members of the channel on this shard; -1 while it isn't one of them.
  int index = -1;

  Subscription(Shard shard, String channel, Subscriber subscriber, Start start,
      boolean wantsPresence) {
    this.shard = shard;
    this.channel = channel;
    this.start = start;
    this.subscriber = subscriber;
    this.wantsPresence = wantsPresence;
    this.outlet = subscriber.outlet();
    this.encoding = subscriber.encoding().index();
  }

  public String channel() {
    return channel;
  }

  /// From where on its publications are wanted.
  public Start start() {
    return start;
  }

  /// The subscriber has another outlet from here on.
  public void moveOutlet() {
    outlet = subscriber.outlet();
  }

  /// Whether publications come.
  public boolean isJoined() {
    return state == State.JOINED;
  }
}
