package io.parley.session;

import io.parley.broker.Broker;
import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishRequest;
import io.parley.channel.Channels;
import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Publication;
import io.parley.channel.Retention;
import io.parley.loop.Loop;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One connection's publishes, from being handed to the broker to their outcome: at the window's
/// end nothing more is read from the client, and a drain waits for the last of them.
///
/// Confined to the connection's loop.
final class Publishing {
  private final Broker broker;
  private final Loop loop;
  private final SessionMeters meters;
  private final CommandRate rate;
  private final Peer peer;
  private final PublishWindow window;

  /// Whether the window is full, and hasn't become half empty since.
  private boolean paused;

  /// Runs once nothing is under way any more; null unless the connection is being drained.
  private @Nullable Runnable whenIdle;

  Publishing(SessionContext context, CommandRate rate, Peer peer, Loop loop) {
    this.broker = context.broker();
    this.loop = loop;
    this.meters = context.meters();
    this.rate = rate;
    this.peer = peer;
    this.window = new PublishWindow(context.settings());
  }

  /// Hands a publication to the broker. The outcome comes on the connection's loop.
  void publish(PublishRequest request, Consumer<PublishOutcome> onOutcome) {
    int bytes = request.publication().data().length;
    begin(1, bytes);
    broker.publish(request, outcome -> loop.execute(() -> end(1, bytes, outcome, onOutcome)));
  }

  /// Hands on a direct message: one publication into each receiver's inbox, then one into the
  /// sender's. The outcome of all comes on the connection's loop.
  void direct(SortedSet<String> receivers, ClientInfo sender, byte[] data, Retention retention,
      @Nullable String id, Consumer<PublishOutcome> onOutcome) {
    var ids = id == null ? null : DirectIds.of(receivers, id);
    boolean toSelf = receivers.contains(sender.user());
    int parts = receivers.size() + (toSelf ? 0 : 1);
    long bytes = (long) parts * data.length;
    begin(parts, bytes);
    var message = new DirectMessage(
        parts, outcome -> loop.execute(() -> end(parts, bytes, outcome, onOutcome)));
    var publication = new Publication(Content.OBJECT, data, sender);
    for (var user : receivers) {
      broker.publish(new PublishRequest(Channels.inbox(user), publication, retention,
          ids == null ? null : ids.part()),
          user.equals(sender.user()) ? message::onOwnOutcome : message);
    }
    if (!toSelf) {
      broker.publish(new PublishRequest(Channels.inbox(sender.user()),
          publication.hiddenFrom(sender.client()), retention,
          ids == null ? null : ids.copy()), message::onOwnOutcome);
    }
  }

  private void begin(int parts, long bytes) {
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

  /// @param onOutcome tells the client
  private void end(
      int parts, long bytes, PublishOutcome outcome, Consumer<PublishOutcome> onOutcome) {
    meters.published(outcome);
    window.remove(parts, bytes);
    onOutcome.accept(outcome);
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

  boolean isPaused() {
    return paused;
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
