package io.parley.session;

import io.parley.broker.PublishOutcome;
import org.jspecify.annotations.Nullable;

/// One connection's publishes, from being handed to the broker to their outcome: at the window's
/// end nothing more is read from the client, and a drain waits for the last of them.
///
/// Confined to the connection's loop.
final class Publishing {
  private final SessionMeters meters;
  private final CommandRate rate;
  private final Peer peer;
  private final PublishWindow window;

  /// Whether the window is full, and hasn't become half empty since.
  private boolean paused;

  /// Runs once nothing is under way any more; null unless the connection is being drained.
  private @Nullable Runnable whenIdle;

  Publishing(SessionContext context, CommandRate rate, Peer peer) {
    this.meters = context.meters();
    this.rate = rate;
    this.peer = peer;
    this.window = new PublishWindow(context.settings());
  }

  void begin(int parts, long bytes) {
    window.add(parts, bytes);
    // The sender's own copy is free.
    rate.onMore(Math.max(0, parts - 2));
    var reached = window.reached();
    if (reached != null && !paused) {
      paused = true;
      meters.hit(reached);
      peer.pauseReading();
    }
  }

  /// @param tell tells the client
  void end(int parts, long bytes, PublishOutcome outcome, Runnable tell) {
    meters.published(outcome);
    window.remove(parts, bytes);
    tell.run();
    if (paused && window.isHalfEmpty()) {
      paused = false;
      peer.resumeReading();
    }
    if (window.isEmpty() && whenIdle != null) {
      var action = whenIdle;
      whenIdle = null;
      action.run();
    }
  }

  /// Runs an action once every publish has its outcome; now, if none is under way.
  void whenIdle(Runnable action) {
    if (window.isEmpty()) {
      action.run();
    } else {
      whenIdle = action;
    }
  }
}
