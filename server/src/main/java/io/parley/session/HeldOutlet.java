package io.parley.session;

import io.parley.encoding.Frames;
import io.parley.hub.Outlet;
import java.util.ArrayList;
import java.util.List;

/// What comes for a client that isn't told yet that it is in: its channels are joined one after the
/// other, and publications of the first come while the last is awaited. By reference, as in an
/// outbox, and no more than one may hold.
///
/// Confined to the connection's loop.
final class HeldOutlet implements Outlet {
  private final Peer peer;
  private final List<Frames> held = new ArrayList<>();
  private long bytes;

  /// What will be sent before it, within an answer.
  private long reserved;
  private boolean isOver;

  HeldOutlet(Peer peer) {
    this.peer = peer;
  }

  @Override
  public void send(Frames frames) {
    bytes += frames.length();
    if (bytes > 2L * peer.room()) {
      // It is closed once nobody is being handed anything.
      isOver = true;
      held.clear();
    }
    if (!isOver) {
      held.add(frames);
    }
  }

  /// What it was joined with is kept for an answer.
  void reserve(int missed) {
    reserved += missed;
  }

  @Override
  public int room() {
    return (int) Math.max(0, peer.room() - (bytes + reserved) / 2);
  }

  boolean isEmpty() {
    return bytes == 0;
  }

  /// Whether more came than may wait; then nothing is held any more.
  boolean isOver() {
    return isOver;
  }

  void sendAll() {
    held.forEach(peer::send);
    held.clear();
  }
}
