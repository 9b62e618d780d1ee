package io.parley.outbox;

import io.parley.loop.Loop;
import java.util.LinkedHashSet;

/// The connections of a shard whose sockets are full, and what waits for them of the node's memory.
///
/// # The budget
///
/// counts memory, not bytes of messages: each frame with its array and what manages it, from when
/// its socket is full until the socket has taken the last byte of it, and the chunk that Netty has
/// of it. Frames that many wait for are there once and counted for each, because nobody knows who
/// will be the last to hold them: so the truth is never more than what is counted. Nothing is
/// counted while a socket has room.
///
/// # Who has to go
///
/// when the budget is exceeded: those whose sockets have taken nothing for the longest time. They
/// are closed with 3008, one by one, which drops all but what they have begun. Who is being closed
/// is cut before another one has to go: what it still holds must not cost others their connection.
/// Each shard does so with its own connections.
///
/// Confined to the shard's loop.
public final class FullSockets {
  private final Loop loop;
  private final Budget budget;

  /// In the order in which their sockets have last taken something; the longest ago first.
  private final LinkedHashSet<Outbox.Socket> open = new LinkedHashSet<>();
  private final LinkedHashSet<Outbox.Socket> closing = new LinkedHashSet<>();

  private boolean isShedAsked;

  public FullSockets(Loop loop, Budget budget) {
    this.loop = loop;
    this.budget = budget;
  }

  /// The socket is full, or is full again after it has taken a part.
  public void touch(Outbox.Socket socket) {
    var those = socket.isOpen() ? open : closing;
    those.remove(socket);
    those.add(socket);
    look();
  }

  /// Sees to it that connections are shed if the budget is exceeded: soon, not now, since whoever
  /// calls may be handing something to all of them.
  public void look() {
    if (!isShedAsked && budget.isExceeded()) {
      isShedAsked = true;
      loop.execute(this::shed);
    }
  }

  /// The connection is being closed; what it has begun still waits.
  public void onClosing(Outbox.Socket socket) {
    if (open.remove(socket)) {
      closing.add(socket);
    }
  }

  /// Nothing waits for the socket any more.
  public void remove(Outbox.Socket socket) {
    open.remove(socket);
    closing.remove(socket);
  }

  private void shed() {
    isShedAsked = false;
    while (budget.isExceeded()) {
      // Even if a bug keeps one from closing, the next one's turn comes.
      if (!closing.isEmpty()) {
        closing.removeFirst().abort();
      } else if (!open.isEmpty()) {
        var oldest = open.removeFirst();
        closing.add(oldest);
        oldest.shed();
      } else {
        return;
      }
    }
  }
}
