package io.parley.session;

import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishRequest;
import io.parley.channel.Channels;
import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Names;
import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.config.Permission;
import io.parley.encoding.Encoding;
import io.parley.encoding.Frames;
import io.parley.hub.Entry;
import io.parley.hub.Outlet;
import io.parley.hub.Shard;
import io.parley.hub.Start;
import io.parley.hub.Subscriber;
import io.parley.hub.Subscription;
import io.parley.log.QuietLog;
import io.parley.metric.Limit;
import io.parley.rules.Asker;
import io.parley.rules.Namespace;
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
  private final ClientInfo publisher;
  private final Encoding encoding;
  private final Peer peer;
  private final SessionEvents wire;
  private final SessionContext context;
  private final Shard shard;
  private final CommandRate rate;
  private final Subscriptions subscriptions = new Subscriptions();
  private final Publishing publishing;
  private final Questions questions;

  /// Null: what comes for the client is sent at once.
  private @Nullable HeldOutlet held;

  private boolean closed;

  public Session(
      SessionContext context, Shard shard, Peer peer, Identity identity, Encoding encoding,
      SessionEvents wire) {
    this.context = context;
    this.shard = shard;
    this.peer = peer;
    this.identity = identity;
    this.publisher = identity.info();
    this.encoding = encoding;
    this.wire = wire;
    this.rate = new CommandRate(context.settings(), context.nanoClock().getAsLong());
    this.publishing = new Publishing(context, rate, peer, shard.loop());
    this.questions = new Questions(this, context, shard);
  }

  public String user() {
    return identity.user();
  }

  /// Keeps what comes for the client until [#release]: it has to be told something first.
  public void hold() {
    held = new HeldOutlet(peer);
  }

  /// Whether something is kept.
  public boolean holdsAnything() {
    return held != null && !held.isEmpty();
  }

  /// Sends what was kept.
  public void release() {
    var kept = held;
    held = null;
    subscriptions.forEach(Subscription::moveOutlet);
    if (kept != null && kept.isOver()) {
      context.meters().hit(Limit.OUTBOX_BYTES);
      peer.close(CloseCode.SLOW, "");
    } else if (kept != null) {
      kept.sendAll();
    }
  }

  /// The node that it is on.
  public String node() {
    return context.node();
  }

  /// A command is being answered with an error.
  public void onRefusal(ErrorCode code) {
    context.meters().refused(code);
    QUIET.tell(code, () -> "command refused: error " + code.code() + " " + code.message()
        + ", user " + Names.escaped(user()));
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

  /// Asks for a channel; [SessionEvents#onSubscribed] answers. Asking twice is no error; asking for
  /// what comes after a position begins anew there.
  ///
  /// @return null, or why not
  public @Nullable ErrorCode subscribe(String channel, Start start) {
    return subscribe(new SubscribeRequest(channel, start, false, null));
  }

  /// The same, by a wire that knows more of what is wanted.
  ///
  /// @return null, or why not
  public @Nullable ErrorCode subscribe(SubscribeRequest request) {
    var channel = request.channel();
    var start = request.start();
    var grant = request.grant();
    var namespace = context.rules().find(channel);
    if (namespace == null) {
      return ErrorCode.UNKNOWN_CHANNEL;
    }
    if (grant == null && !allows(namespace.subscribe(), channel)) {
      return ErrorCode.PERMISSION_DENIED;
    }
    if (!namespace.admits(channel)) {
      return ErrorCode.BAD_REQUEST;
    }
    var present = subscriptions.find(channel);
    if (present != null && begins(present, start)) {
      // For the others it stays where it is.
      drop(present);
    } else if (present != null) {
      if (present.isJoined()) {
        shard.place(present);
      }
      return null;
    }
    if (subscriptions.size() > context.settings().roomsPerConnection()) {
      context.meters().hit(Limit.ROOMS_PER_CONNECTION);
      return ErrorCode.LIMIT_EXCEEDED;
    }
    boolean seesPresence = (grant != null && grant.seesPresence())
        || (request.wantsPresence() && seesPresence(namespace, channel));
    subscriptions.add(shard.subscribe(channel, this, start, seesPresence),
        grant == null ? null : grant.chanInfo());
    if (namespace.presence() && (grant == null || !grant.isHidden())) {
      context.presence().join(channel, infoIn(channel));
    }
    return null;
  }

  /// Ends a subscription; not having it is no error.
  public void unsubscribe(String channel) {
    assert shard.loop().inLoop();
    var present = subscriptions.find(channel);
    if (present != null) {
      drop(present);
      if (hasPresence(channel)) {
        context.presence().leave(channel, client());
      }
    }
  }

  private void drop(Subscription subscription) {
    subscriptions.remove(subscription);
    shard.unsubscribe(subscription);
  }

  /// Whether it may be told who joins and leaves, once it is in the channel.
  private boolean seesPresence(Namespace namespace, String channel) {
    return new Asker(identity.user(), identity.isGuest())
        .has(namespace.readPresence(), channel, true);
  }

  private boolean hasPresence(String channel) {
    var namespace = context.rules().find(channel);
    return namespace != null && namespace.presence();
  }

  /// Whether the channel was asked for and not left.
  public boolean has(String channel) {
    return subscriptions.find(channel) != null;
  }

  /// The channels that were asked for and not left, in the order of asking.
  public List<String> channels() {
    return subscriptions.channels();
  }

  /// What one answer of history may take.
  public int historyBytes() {
    return context.settings().historyBytes();
  }

  /// Whether a subscription has to begin anew to be what is asked for now.
  private static boolean begins(Subscription present, Start start) {
    return start instanceof Start.After
        || (!present.isJoined() && present.start() == Start.Now.ANYWHERE
            && start != Start.Now.ANYWHERE);
  }

  boolean allows(Permission permission, String channel) {
    if (context.rules().isClosed(channel) && !has(channel)) {
      return false;
    }
    return permission == Permission.ANYONE || new Asker(identity.user(), identity.isGuest())
        .has(permission, channel, has(channel));
  }

  /// Publishes in a channel. The outcome comes on this loop, unless the connection is gone by then.
  ///
  /// @return null, or why not
  public @Nullable ErrorCode publish(
      String channel, Content content, byte[] data, @Nullable String id,
      Consumer<PublishOutcome> onOutcome) {
    var namespace = context.rules().find(channel);
    if (namespace == null) {
      return ErrorCode.UNKNOWN_CHANNEL;
    }
    if (!allows(namespace.publish(), channel)) {
      return ErrorCode.PERMISSION_DENIED;
    }
    if (namespace.namePattern() != null && !has(channel) && !namespace.admits(channel)) {
      return ErrorCode.BAD_REQUEST;
    }
    var publication = new Publication(content, data, infoIn(channel));
    publishing.publish(new PublishRequest(channel, publication, namespace.history(), id),
        whileOpen(onOutcome));
    return null;
  }

  /// Who this is, as others in a channel see it.
  private ClientInfo infoIn(String channel) {
    var chanInfo = subscriptions.chanInfo(channel);
    return chanInfo == null
        ? publisher
        : new ClientInfo(publisher.user(), publisher.client(), publisher.connInfo(), chanInfo);
  }

  /// Nothing is told to a client who is gone.
  private <T extends @Nullable Object> Consumer<T> whileOpen(Consumer<T> answer) {
    return found -> {
      if (!closed) {
        answer.accept(found);
      }
    };
  }

  /// Sends a direct message: one publication into each receiver's inbox, then one into the
  /// sender's, which his other devices read. To oneself it is one publication, for every device.
  ///
  /// The id holds for the message, that is for its receivers and its bytes together: the sender's
  /// copies of two messages to different users never meet.
  ///
  /// It counts as many times as there are inboxes, for every limit.
  ///
  /// @return null, or why not
  public @Nullable ErrorCode direct(
      Collection<String> receivers, byte[] data, @Nullable String id,
      Consumer<PublishOutcome> onOutcome) {
    var own = Channels.inbox(user());
    var inboxes = context.rules().find(own);
    if (inboxes == null || !allows(inboxes.direct(), own)) {
      return ErrorCode.PERMISSION_DENIED;
    }
    publishing.direct(
        new TreeSet<>(receivers), publisher, data, inboxes.history(), id, whileOpen(onOutcome));
    return null;
  }

  /// What the client asks for that takes a while.
  public Questions questions() {
    return questions;
  }

  boolean isClosed() {
    return closed;
  }

  /// Whether so much is under way that nothing more is read from the client for now.
  public boolean isWindowFull() {
    return publishing.isPaused();
  }

  /// Runs an action once every publish has its answer; now, if none is under way.
  public void whenIdle(Runnable action) {
    assert shard.loop().inLoop();
    publishing.whenIdle(action);
  }

  /// The connection is gone: leaves everything.
  public void onClosed() {
    assert shard.loop().inLoop();
    if (closed) {
      return;
    }
    closed = true;
    for (var subscription : subscriptions.takeAll()) {
      shard.unsubscribe(subscription);
      if (hasPresence(subscription.channel())) {
        context.presence().leaveLater(subscription.channel(), client());
      }
    }
    context.onLeft(user());
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
  public void onSubscribed(
      Subscription subscription, Entry entry, @Nullable Frames missed) {
    if (held != null && missed != null) {
      held.reserve(missed.length());
    }
    wire.onSubscribed(subscription.channel(), entry, missed);
  }

  @Override
  public void onLost(Subscription subscription, @Nullable Position position) {
    wire.onLost(subscription.channel(), position);
  }

  @Override
  public void onMoved(Subscription subscription, @Nullable Position position) {
    wire.onMoved(subscription.channel(), position);
  }

  @Override
  public void onPresence(Subscription subscription, PresenceEvent event) {
    wire.onPresence(subscription.channel(), event);
  }

  @Override
  public Outlet outlet() {
    return held == null ? peer : held;
  }
}
