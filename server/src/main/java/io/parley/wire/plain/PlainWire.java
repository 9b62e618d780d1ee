package io.parley.wire.plain;

import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishOutcome.Failed;
import io.parley.broker.PublishOutcome.Stored;
import io.parley.channel.Channels;
import io.parley.channel.Content;
import io.parley.channel.Position;
import io.parley.encoding.Frames;
import io.parley.hub.Entry;
import io.parley.hub.Start;
import io.parley.loop.Loop;
import io.parley.payload.PayloadReader;
import io.parley.session.CloseCode;
import io.parley.session.ErrorCode;
import io.parley.session.Identity;
import io.parley.session.Peer;
import io.parley.session.Session;
import io.parley.session.SessionEvents;
import io.parley.session.SubscribeRequest;
import io.parley.wire.LoginRules;
import io.parley.wire.Wire;
import io.parley.wire.plain.PendingJoins.PendingJoin;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One plain connection. Its answers are the only messages that are not publications.
///
/// Until the client is in its own room nothing is read from it ([RoomWait]).
///
/// Confined to the connection's loop.
final class PlainWire implements Wire, SessionEvents {
  private final String ownRoom;
  private final Peer peer;
  private final Loop loop;
  private final PlainAnswers answers;
  private final PlainLogin login;
  private final PayloadReader payloads;

  /// Null before it is known who the client is.
  private @Nullable Session session;

  private PendingJoins pendingJoins;

  /// Null once the client is in its own room, and before it is known who it is.
  private @Nullable RoomWait roomWait;

  /// When subscriptions end that the server has made for a time; null: there are none.
  private @Nullable Ends ends;

  /// A wire that waits to be told who the client is.
  ///
  /// @param ownRoom where texts go
  PlainWire(String ownRoom, Peer peer, LoginRules rules, PlainOpening opening) {
    this.ownRoom = ownRoom;
    this.peer = peer;
    this.answers = new PlainAnswers(peer);
    this.loop = opening.shard().loop();
    this.payloads = opening.context().payloads();
    this.login = new PlainLogin(this, rules, peer, opening);
    this.pendingJoins = newPendingJoins(opening);
  }

  /// How many joins may be unanswered, the two that the URL can ask for among them.
  private static PendingJoins newPendingJoins(PlainOpening opening) {
    return new PendingJoins(opening.context().settings().roomsPerConnection() + 1);
  }

  PlainLogin login() {
    return login;
  }

  Loop loop() {
    return loop;
  }

  /// Starts the session: the connection joins its room and its user's inbox, and nothing is said
  /// about it, unless the client wants to go on from a position. Whoever it was before leaves.
  void start(PlainOpening opening, Identity identity) {
    if (session != null) {
      session.channels().forEach(session::unsubscribe);
      session.onClosed();
      pendingJoins = newPendingJoins(opening);
    }
    var opened = new Session(
        opening.context(), opening.shard(), peer, identity, opening.encoding(), this);
    session = opened;
    roomWait = new RoomWait(Channels.room(ownRoom), System.nanoTime());
    peer.pauseReading();
    subscribe(opened, Channels.room(ownRoom), opening.since());
    subscribe(opened, Channels.inbox(identity.user()), opening.inboxSince());
    if (roomWait != null && !opened.has(roomWait.channel())) {
      endRoomWait(roomWait);
    }
  }

  private void subscribe(Session opened, String channel, @Nullable Position since) {
    var pending = new PendingJoin(channel, null);
    if (since != null) {
      pendingJoins.add(pending);
    }
    var refusal = opened.subscribe(
        channel, since == null ? Start.Now.ANYWHERE : new Start.After(since));
    if (refusal != null) {
      pendingJoins.takeBack(pending);
      error(refusal, "join '" + Channels.shortName(channel) + "'", null);
    }
  }

  private void endRoomWait(RoomWait over) {
    roomWait = null;
    resumeReading();
    var then = over.then();
    if (then != null) {
      opened().whenIdle(then);
    }
  }

  /// Reads on, unless there is something else to wait for.
  void resumeReading() {
    if (roomWait == null && !login.isPaused()) {
      // Last: frames that were kept may come at once.
      peer.resumeReading();
    }
  }

  /// Whether it is known who the client is.
  boolean isOpen() {
    return session != null;
  }

  String user() {
    return opened().user();
  }

  @Override
  public @Nullable Session session() {
    return session;
  }

  private Session opened() {
    if (session == null) {
      throw new IllegalStateException("plain wire: not open (expected: start() before anything)");
    }
    return session;
  }

  @Override
  public void onText(byte[] message) {
    if (session == null) {
      onFirstFrame(message);
    } else {
      onCommand(message);
    }
    login.onFrame();
  }

  /// The first frame of a client who hasn't said who he is.
  private void onFirstFrame(byte[] message) {
    try {
      if (PlainParser.parse(message, payloads) instanceof PlainCommand.Token token) {
        login.onToken(token.token(), token.id());
        return;
      }
    } catch (PlainSyntaxException bad) {
      // Whatever else it is, it is no token.
    }
    peer.close(CloseCode.INVALID_TOKEN, "a token is required");
  }

  private void onCommand(byte[] message) {
    var verdict = opened().admitCommand();
    if (verdict == Session.CommandVerdict.CLOSED) {
      return;
    }
    PlainCommand command;
    try {
      command = PlainParser.parse(message, payloads);
    } catch (PlainSyntaxException bad) {
      error(ErrorCode.BAD_REQUEST, String.valueOf(bad.getMessage()), bad.id());
      return;
    }
    if (verdict == Session.CommandVerdict.REFUSED) {
      error(ErrorCode.TOO_MANY_REQUESTS, "", command.id());
    } else {
      run(command);
    }
  }

  private void run(PlainCommand command) {
    switch (command) {
      case PlainCommand.Text text -> publish(ownRoom, Content.TEXT, text.text(), null, true);
      case PlainCommand.RoomMessage message -> publish(
          message.room() == null ? ownRoom : message.room(),
          Content.OBJECT, message.object(), message.id(), message.room() == null);
      case PlainCommand.DirectMessage message -> {
        var id = message.id();
        refuse(opened().direct(message.receivers(), message.object(),
            id == null ? null : id.text(), outcome -> onPublished(outcome, id)), "to users", id);
      }
      case PlainCommand.Join join -> join(join);
      case PlainCommand.History history -> history(history);
      case PlainCommand.Who who -> refuse(opened().questions().who(channelOf(who.room()),
          found -> onFound(found, "who is there", who.id(), () -> answers.who(who.room(),
              Objects.requireNonNull(found), opened().historyBytes(), who.id()))),
          "who is in '" + who.room() + "'", who.id());
      case PlainCommand.Leave leave -> leave(leave);
      case PlainCommand.WhoAmI whoAmI -> answers.you(opened(), whoAmI.id());
      case PlainCommand.Token token -> login.onToken(token.token(), token.id());
    }
  }

  private void publish(
      String room, Content content, byte[] data, @Nullable CommandId id, boolean mustBeIn) {
    var channel = Channels.room(room);
    if (mustBeIn && !opened().has(channel)) {
      error(ErrorCode.PERMISSION_DENIED, "this connection left its room '" + room + "'", id);
      return;
    }
    refuse(opened().publish(channel, content, data, id == null ? null : id.text(),
        outcome -> onPublished(outcome, id)), "to room '" + room + "'", id);
  }

  private void refuse(@Nullable ErrorCode code, String what, @Nullable CommandId id) {
    if (code != null) {
      error(code, what, id);
    }
  }

  private void onPublished(PublishOutcome outcome, @Nullable CommandId id) {
    switch (outcome) {
      case Stored stored -> {
        if (id != null) {
          answers.ack(id, stored.position());
        }
      }
      case Failed.ID_CONFLICT -> error(
          ErrorCode.BAD_REQUEST, "the id was used for another message", id);
      case Failed.REFUSED -> error(
          ErrorCode.NOT_AVAILABLE, "the broker refuses messages now; it is not stored", id);
      case Failed.UNKNOWN -> error(
          ErrorCode.INTERNAL, "it may or may not be stored, try again with the same id", id);
    }
  }

  private void join(PlainCommand.Join join) {
    var channel = channelOf(join.room());
    var pending = new PendingJoin(channel, join.id());
    if (pendingJoins.isFull()) {
      error(ErrorCode.LIMIT_EXCEEDED, "too many unanswered joins", join.id());
      return;
    }
    pendingJoins.add(pending);
    var refusal = opened().subscribe(channel, join.since() == null
        ? Start.Now.AT_A_POSITION
        : new Start.After(join.since()));
    if (refusal != null) {
      pendingJoins.takeBack(pending);
      error(refusal, "join '" + join.room() + "'", join.id());
    }
  }

  private String channelOf(String roomOrInbox) {
    return roomOrInbox.equals(Channels.INBOX)
        ? Channels.inbox(opened().user())
        : Channels.room(roomOrInbox);
  }

  private void history(PlainCommand.History history) {
    var channel = channelOf(history.room());
    refuse(opened().questions().history(channel, history.limit(), history.before(),
        page -> onFound(page, "the history", history.id(), () -> answers.history(
            channel, Objects.requireNonNull(page), opened().historyBytes(), history.id()))),
        "history of '" + history.room() + "'", history.id());
  }

  private void onFound(
      @Nullable Object found, String what, @Nullable CommandId id, Runnable answer) {
    if (found == null) {
      error(ErrorCode.INTERNAL, what + " can't be read now, try again", id);
    } else {
      answer.run();
    }
  }

  private void leave(PlainCommand.Leave leave) {
    var channel = Channels.room(leave.room());
    opened().unsubscribe(channel);
    if (ends != null) {
      ends.forget(channel);
    }
    // Joins that were under way have come to nothing; each command still gets its answer.
    pendingJoins.take(channel).forEach(pending -> error(
        ErrorCode.PERMISSION_DENIED, "left before it was joined", pending.id()));
    answers.left(leave.room(), leave.id());
  }

  /// Answers a command that has nothing else to say.
  void acknowledge(CommandId id) {
    answers.ack(id, null);
  }

  void error(ErrorCode code, String detail, @Nullable CommandId id) {
    opened().onRefusal(code);
    answers.error(code, detail, id);
  }

  @Override
  public void onSubscribed(String channel, Entry entry, @Nullable Frames missed) {
    for (var pending : pendingJoins.take(channel)) {
      answers.joined(channel, entry, pending.id());
    }
    if (missed != null) {
      peer.send(missed);
    }
    if (roomWait != null && channel.equals(roomWait.channel())) {
      endRoomWait(roomWait);
    }
  }

  @Override
  public void onLost(String channel, @Nullable Position position) {
    answers.lost(channel, position);
  }

  @Override
  public void onBinary(byte[] message) {
    peer.close(CloseCode.UNSUPPORTED_DATA, "");
  }

  /// As if the client had joined, but for the id.
  @Override
  public void subscribe(SubscribeRequest request) {
    var channel = request.channel();
    if (session == null || session.has(channel)) {
      return;
    }
    if (!Channels.hasShortName(channel)) {
      // There are no words for it here.
      session.onRefusal(ErrorCode.NOT_AVAILABLE);
      return;
    }
    var pending = new PendingJoin(channel, null);
    pendingJoins.add(pending);
    var refusal = session.subscribe(request);
    if (refusal != null) {
      pendingJoins.takeBack(pending);
      session.onRefusal(refusal);
    } else if (request.grant() != null && request.grant().expireAt() != 0) {
      ends = ends == null ? new Ends() : ends;
      ends.add(channel, request.grant().expireAt());
    }
  }

  /// As if the client had left, but for the id.
  @Override
  public void unsubscribe(String channel) {
    if (session != null && session.has(channel)) {
      opened().unsubscribe(channel);
      if (ends != null) {
        ends.forget(channel);
      }
      pendingJoins.take(channel).forEach(pending -> error(ErrorCode.PERMISSION_DENIED,
          "the server ended it before it was joined", pending.id()));
      answers.left(Channels.shortName(channel), null);
    }
  }

  @Override
  public void onSweep(long nowNanos, long unixSeconds) {
    login.onSweep(nowNanos, unixSeconds);
    if (ends != null) {
      ends.takeOver(unixSeconds).forEach(this::unsubscribe);
    }
    if (roomWait != null && roomWait.isLong(nowNanos)) {
      endRoomWait(roomWait);
    }
  }

  @Override
  public void onClosed() {
    roomWait = null;
    login.onClosed();
    if (session != null) {
      session.onClosed();
    }
  }

  @Override
  public void whenIdle(Runnable action) {
    if (session == null) {
      action.run();
    } else if (roomWait != null) {
      // What was read before has still to be looked at.
      roomWait.then(action);
    } else {
      session.whenIdle(action);
    }
  }
}
