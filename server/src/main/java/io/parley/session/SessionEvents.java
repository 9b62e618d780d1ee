package io.parley.session;

/// What a session tells its wire, which puts it into the client's protocol. The wire implements it.
/// Called on the connection's loop.
public interface SessionEvents {
  /// Publications of the channel come from here on.
  void onSubscribed(String channel);

  /// Publications of the channel were missed and can't be had.
  void onLost(String channel);
}
