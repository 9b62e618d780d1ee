package io.parley.session;

import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishRequest;
import io.parley.channel.Channels;
import io.parley.channel.Content;
import io.parley.channel.Publication;
import io.parley.channel.Publication.Audience;
import io.parley.channel.Publisher;
import io.parley.channel.Retention;
import io.parley.hub.Encoding;
import io.parley.hub.Outlet;
import io.parley.hub.Shard;
import io.parley.hub.Subscriber;
import io.parley.hub.Subscription;
import io.parley.log.QuietLog;
import io.parley.metric.Limit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The state machine on one connection: who it is, what it is subscribed to, what it may do. It
/// knows no protocol; its wire turns frames into calls of it.
///
/// Confined to the connection's loop.
public final class Session implements Subscriber {
  private static final QuietLog QUIET = new QuietLog(Session.class, System::nanoTime);

  private final Identity identity;
  private final Publisher publisher;
  private final Encoding encoding;
  private final Peer peer;
  private final SessionEvents wire;
  private final SessionContext context;
  private final Shard shard;
  private final CommandRate rate;
  private final List<Subscription> subscriptions = new ArrayList<>(2);

  private final PublishWindow window;

  /// Whether the window is full, and hasn't become half empty since.
  private boolean paused;
  private boolean closed;

  /// Runs once nothing is under way any more; null unless the connection is being drained.
  private @Nullable Runnable whenIdle;

  public Session(
      SessionContext context, Shard shard, Peer peer, Identity identity, Encoding encoding,
      SessionEvents wire) {
    this.context = context;
    this.shard = shard;
    this.peer = peer;
    this.identity = identity;
    this.publisher = new Publisher(identity.user(), identity.client());
    this.encoding = encoding;
    this.wire = wire;
    this.window = new PublishWindow(context.settings());
    this.rate = new CommandRate(context.settings(), context.nanoClock().getAsLong());
  }

  public String user() {
    return identity.user();
  }

  /// The node that it is on.
  public String node() {
    return context.node();
  }

  /// A command is being answered with an error.
  public void onRefusal(ErrorCode code) {
    context.meters().refused(code);
    QUIET.tell(code, () -> "command refused: error " + code.code() + " " + code.message()
        + ", user " + user());
  }

  /// Counts a command. A client that goes on in spite of its errors is closed.
  ///
  /// @return whether the command may be looked at
  public CommandVerdict admitCommand() {
    assert shard.loop().inLoop();
    context.meters().messagesIn.increment();
    return switch (rate.onCommand(context.nanoClock().getAsLong())) {
      case ACCEPTED -> CommandVerdict.ACCEPTED;
      case REFUSED -> CommandVerdict.REFUSED;
      case HOPELESS -> {
        context.meters().hit(Limit.COMMANDS_PER_SECOND);
        peer.close(CloseCode.TOO_MANY_REQUESTS, "");
        yield CommandVerdict.CLOSED;
      }
    };
  }

  /// What [#admitCommand] says.
  public enum CommandVerdict {
    ACCEPTED,
    /// Answer with error 111.
    REFUSED,
    /// The connection is being closed; answer nothing.
    CLOSED
  }

  /// Asks for a channel; [SessionEvents#onSubscribed] answers. Asking twice is no error.
  ///
  /// @return null, or why not
  public @Nullable ErrorCode subscribe(String channel) {
    assert shard.loop().inLoop();
    var present = find(channel);
    if (present != null) {
      if (present.isJoined()) {
        wire.onSubscribed(channel);
      }
      return null;
    }
    if (subscriptions.size() > context.settings().roomsPerConnection()) {
      context.meters().hit(Limit.ROOMS_PER_CONNECTION);
      return ErrorCode.LIMIT_EXCEEDED;
    }
    subscriptions.add(shard.subscribe(channel, this));
    return null;
  }

  /// Ends a subscription; not having it is no error.
  public void unsubscribe(String channel) {
    assert shard.loop().inLoop();
    var present = find(channel);
    if (present != null) {
      subscriptions.remove(present);
      shard.unsubscribe(present);
    }
  }

  /// Whether the channel was asked for and not left.
  public boolean has(String channel) {
    return find(channel) != null;
  }

  /// Whether the channel's publications come.
  public boolean isJoined(String channel) {
    var present = find(channel);
    return present != null && present.isJoined();
  }

  /// The channels that were asked for and not left, in the order of asking.
  public List<String> channels() {
    return subscriptions.stream().map(Subscription::channel).toList();
  }

  /// Publishes in a channel. The outcome comes on this loop, unless the connection is gone by then.
  public void publish(
      String channel, Content content, byte[] data, @Nullable String id,
      Consumer<PublishOutcome> onOutcome) {
    startPublish(1, data.length);
    var publication = new Publication(content, data, publisher, Audience.ALL);
    context.broker().publish(new PublishRequest(channel, publication, Retention.NONE, id),
        outcome -> shard.loop().execute(
            () -> onOutcome(1, data.length, outcome, onOutcome)));
  }

  /// Sends a direct message: one publication into each receiver's inbox, then one into the
  /// sender's, which his other devices read. To oneself it is one publication, for every device.
  ///
  /// The id holds for the message, that is for its receivers and its bytes together: the sender's
  /// copies of two messages to different users never meet.
  ///
  /// It counts as many times as there are inboxes, for every limit.
  public void direct(
      Collection<String> receivers, byte[] data, @Nullable String id,
      Consumer<PublishOutcome> onOutcome) {
    var users = new TreeSet<>(receivers);
    var ids = id == null ? null : DirectIds.of(users, id);
    var toSelf = users.contains(user());
    int parts = users.size() + (toSelf ? 0 : 1);
    long bytes = (long) parts * data.length;
    startPublish(parts, bytes);
    var message = new DirectMessage(parts, outcome -> shard.loop().execute(
        () -> onOutcome(parts, bytes, outcome, onOutcome)));
    var publication = new Publication(Content.JSON, data, publisher, Audience.ALL);
    for (var user : users) {
      context.broker().publish(new PublishRequest(
          Channels.inbox(user), publication, Retention.NONE,
          ids == null ? null : ids.part()),
          user.equals(user()) ? message::onOwnOutcome : message);
    }
    if (!toSelf) {
      var copy = new Publication(Content.JSON, data, publisher, Audience.ALL_BUT_PUBLISHER);
      context.broker().publish(new PublishRequest(
          Channels.inbox(user()), copy, Retention.NONE,
          ids == null ? null : ids.copy()), message::onOwnOutcome);
    }
  }

  private void startPublish(int parts, long bytes) {
    assert shard.loop().inLoop();
    window.add(parts, bytes);
    // The sender's own copy is free.
    rate.onMore(Math.max(0, parts - 2));
    var reached = window.reached();
    if (reached != null && !paused) {
      paused = true;
      context.meters().hit(reached);
      peer.pauseReading();
    }
  }

  private void onOutcome(
      int parts, long bytes, PublishOutcome outcome, Consumer<PublishOutcome> onOutcome) {
    context.meters().published(outcome);
    window.remove(parts, bytes);
    if (!closed) {
      onOutcome.accept(outcome);
    }
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

  /// Runs an action once every publish has its answer; now, if none is under way.
  public void whenIdle(Runnable action) {
    assert shard.loop().inLoop();
    if (window.isEmpty()) {
      action.run();
    } else {
      whenIdle = action;
    }
  }

  /// The connection is gone: leaves everything.
  public void onClosed() {
    assert shard.loop().inLoop();
    if (closed) {
      return;
    }
    closed = true;
    subscriptions.forEach(shard::unsubscribe);
    subscriptions.clear();
    context.onLeft(user());
  }

  private @Nullable Subscription find(String channel) {
    for (int i = 0; i < subscriptions.size(); i++) {
      if (subscriptions.get(i).channel().equals(channel)) {
        return subscriptions.get(i);
      }
    }
    return null;
  }

  @Override
  public UUID client() {
    return identity.client();
  }

  @Override
  public Encoding encoding() {
    return encoding;
  }

  @Override
  public void onSubscribed(Subscription subscription) {
    wire.onSubscribed(subscription.channel());
  }

  @Override
  public void onLost(Subscription subscription) {
    wire.onLost(subscription.channel());
  }

  @Override
  public Outlet outlet() {
    return peer;
  }
}
