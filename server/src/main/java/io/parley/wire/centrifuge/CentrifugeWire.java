package io.parley.wire.centrifuge;

import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Frames;
import io.parley.hub.Entry;
import io.parley.hub.Shard;
import io.parley.loop.Loop;
import io.parley.metric.Limit;
import io.parley.session.CloseCode;
import io.parley.session.ErrorCode;
import io.parley.session.Identity;
import io.parley.session.Peer;
import io.parley.session.Session;
import io.parley.session.SessionEvents;
import io.parley.session.SubscribeRequest;
import io.parley.wire.Wire;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One connection of the centrifuge protocol:
///
///     NEW -> CONNECTING (its token is checked, its own channels are subscribed) -> CONNECTED
///     NEW, CONNECTING -> REFUSED: it got an error for an answer, and should close
///
/// Commands are begun in their order, so what comes while it is connecting waits, and nothing more
/// is read from it.
///
/// Confined to the connection's loop.
final class CentrifugeWire implements Wire, SessionEvents {
  private enum State {
    NEW, CONNECTING, CONNECTED, REFUSED
  }

  private final CentrifugeProtocol protocol;
  private final Dialect dialect;
  private final Shard shard;
  private final Peer peer;
  /// When it was opened; or, once it is connecting, when that began.
  private long sinceNanos;
  private State state = State.NEW;

  /// Null unless it is connecting.
  private @Nullable Connecting connecting;

  /// What was asked while it was connecting; null before and after that.
  private @Nullable ArrayDeque<Request> held;

  /// Null before it is known who the client is.
  private @Nullable Session session;

  /// Null until it is connected.
  private @Nullable Subscribing subscribing;
  private @Nullable Questioning questioning;
  private final Expiry expiry;

  /// Whom tokens that the client shows have to name; empty: nobody, since it is a guest.
  private String subject = "";
  private boolean isClosed;

  CentrifugeWire(CentrifugeProtocol protocol, Dialect dialect, Shard shard, Peer peer) {
    this.protocol = protocol;
    this.dialect = dialect;
    this.shard = shard;
    this.peer = peer;
    this.expiry = new Expiry(protocol.login());
    this.sinceNanos = protocol.context().nanoClock().getAsLong();
  }

  @Override
  public void onText(byte[] message) {
    if (dialect.isText()) {
      onFrame(message);
    } else {
      peer.close(CloseCode.UNSUPPORTED_DATA, "expected: binary frames");
    }
  }

  @Override
  public void onBinary(byte[] message) {
    if (dialect.isText()) {
      peer.close(CloseCode.UNSUPPORTED_DATA, "");
    } else {
      onFrame(message);
    }
  }

  private void onFrame(byte[] frame) {
    var commands = dialect.commands(frame);
    try {
      var next = commands.next();
      if (next == null) {
        throw new MalformedException("a frame without a command");
      }
      while (next != null && !isClosed) {
        accept(next);
        next = commands.next();
      }
    } catch (MalformedException bad) {
      refuse(String.valueOf(bad.getMessage()));
    }
  }

  /// What the client did is against the protocol.
  private void refuse(String found) {
    peer.close(CloseCode.BAD_REQUEST, found);
  }

  private void accept(Request request) {
    boolean isExpected = state == State.CONNECTING || state == State.CONNECTED;
    if (isExpected && request.command() instanceof Command.Pong) {
      peer.onPong();
      return;
    }
    switch (state) {
      case NEW -> {
        if (request.command() instanceof Command.Connect connect) {
          connect(request.id(), connect);
        } else {
          refuse("a command before connect");
        }
      }
      case CONNECTING -> Objects.requireNonNull(held).add(request);
      case CONNECTED -> run(request);
      case REFUSED -> refuse("a command after connect was refused");
    }
  }

  private void connect(long id, Command.Connect connect) {
    state = State.CONNECTING;
    sinceNanos = protocol.context().nanoClock().getAsLong();
    peer.pauseReading();
    held = new ArrayDeque<>(0);
    connecting = new Connecting(this, protocol, id, connect);
    connecting.start();
  }

  /// The client is somebody; what it says next is done when it is let in.
  Session open(Identity identity) {
    var opened = new Session(protocol.context(), shard, peer, identity,
        protocol.encoding(peer), this);
    // What comes from the first channel waits for the last one, and for the answer.
    opened.hold();
    session = opened;
    subject = identity.isGuest() ? "" : identity.user();
    return opened;
  }

  boolean isConnecting() {
    return state == State.CONNECTING && !isClosed;
  }

  /// The client is let in.
  void onConnected(long id, Map<String, Answer.Subscribed> subs) {
    connecting = null;
    state = State.CONNECTED;
    var opened = opened();
    answer(id, new Answer.Connected(opened.client(), expiry.connectionTtl(), subs,
        protocol.timing().pingSeconds(), peer.stream()));
    opened.release();
    subscribing = new Subscribing(this, opened, protocol, subs.keySet());
    questioning = new Questioning(this, opened);
    var waiting = held;
    held = null;
    while (waiting != null && !waiting.isEmpty() && !isClosed) {
      run(waiting.remove());
    }
    // What it had said already may have filled its window.
    if (!isClosed && !opened.isWindowFull()) {
      peer.resumeReading();
    }
  }

  /// The client isn't let in, and may come back or not, as the error says.
  void onRefused(long id, ErrorCode code, String detail) {
    connecting = null;
    state = State.REFUSED;
    answer(id, new Answer.Failure(code, detail));
    if (session != null) {
      session.onClosed();
    }
    if (held != null && !held.isEmpty()) {
      refuse("a command after connect was refused");
    }
    if (!isClosed) {
      peer.resumeReading();
    }
  }

  @Override
  public @Nullable Session session() {
    return session;
  }

  @Override
  public void subscribe(SubscribeRequest request) {
    var grant = Objects.requireNonNull(request.grant());
    if (subscribing != null) {
      subscribing.subscribe(request, grant);
    } else if (connecting != null && session != null) {
      connecting.subscribe(request, grant);
    }
  }

  @Override
  public void unsubscribe(String channel) {
    if (subscribing != null && session != null && session.has(channel)) {
      subscribing.end(channel, UnsubscribeCode.SERVER);
    } else if (connecting != null && session != null) {
      connecting.unsubscribe(channel);
    }
  }

  Session opened() {
    if (session == null) {
      throw new IllegalStateException("centrifuge wire: no session (expected: connected)");
    }
    return session;
  }

  private void run(Request request) {
    switch (opened().admitCommand()) {
      case ACCEPTED -> runAdmitted(request.id(), request.command());
      case REFUSED -> {
        if (request.id() != 0) {
          fail(request.id(), ErrorCode.TOO_MANY_REQUESTS, "");
        }
      }
      case CLOSED -> {
        // Nothing is answered any more.
      }
    }
  }

  private void runAdmitted(long id, Command command) {
    var channels = Objects.requireNonNull(subscribing);
    var questions = Objects.requireNonNull(questioning);
    switch (command) {
      case Command.Connect _ -> refuse("connect twice");
      case Command.Subscribe subscribe -> channels.subscribe(id, subscribe);
      case Command.Unsubscribe unsubscribe -> channels.unsubscribe(id, unsubscribe);
      case Command.Publish publish -> channels.publish(id, publish);
      case Command.Presence presence -> questions.presence(id, presence);
      case Command.PresenceStats stats -> questions.presenceStats(id, stats);
      case Command.History history -> questions.history(id, history);
      case Command.Rpc rpc -> channels.rpc(id, rpc);
      case Command.Ping _ -> fail(id, ErrorCode.NOT_AVAILABLE, "");
      case Command.Send _ -> peer.close(CloseCode.NOT_AVAILABLE, "nobody reads what is sent");
      case Command.Refresh refresh -> channels.refreshing().refresh(id, refresh);
      case Command.SubRefresh refresh -> channels.refreshing().refresh(id, refresh);
      case Command.Unknown _ -> refuse("a command of no known method");
      case Command.Pong _ -> throw new IllegalStateException("a pong is no command");
    }
  }

  String subject() {
    return subject;
  }

  Expiry expiry() {
    return expiry;
  }

  Loop loop() {
    return shard.loop();
  }

  boolean isClosed() {
    return isClosed;
  }

  Dialect dialect() {
    return dialect;
  }

  Peer peer() {
    return peer;
  }

  void answer(long id, Answer answer) {
    var out = peer.beginMessage();
    dialect.answer(id, answer, out);
    end(out);
  }

  void fail(long id, ErrorCode code, String detail) {
    if (session != null) {
      session.onRefusal(code);
    }
    answer(id, new Answer.Failure(code, detail));
  }

  void push(String channel, Push push) {
    var out = peer.beginMessage();
    dialect.push(channel, push, out);
    end(out);
  }

  private void end(FrameBuffer out) {
    if (dialect.isText()) {
      peer.endMessage(out);
    } else {
      peer.endBinary(out);
    }
  }

  @Override
  public boolean ping() {
    var out = peer.beginMessage();
    dialect.ping(out);
    end(out);
    return true;
  }

  @Override
  public void disconnect(int code, String reason) {
    push("", new Push.Disconnected(code, reason));
  }

  @Override
  public void onSubscribed(String channel, Entry entry, @Nullable Frames missed) {
    if (connecting != null) {
      connecting.onSubscribed(channel, entry, missed);
    } else if (subscribing != null) {
      subscribing.onSubscribed(channel, entry, missed);
    }
  }

  @Override
  public void onLost(String channel, @Nullable Position position) {
    if (subscribing != null && position != null) {
      subscribing.onLost(channel);
    } else if (connecting != null && position != null) {
      // The answer that is being put together tells a place that is no longer right.
      peer.close(CloseCode.INSUFFICIENT_STATE, "");
    }
  }

  @Override
  public void onMoved(String channel, @Nullable Position position) {
    if (subscribing != null) {
      subscribing.onMoved(channel, position);
    } else if (connecting != null) {
      peer.close(CloseCode.INSUFFICIENT_STATE, "");
    }
  }

  @Override
  public void onPresence(String channel, PresenceEvent event) {
    // Before the answer to connect: to the client that is before it was there.
    if (subscribing != null) {
      subscribing.onPresence(channel, event);
    }
  }

  @Override
  public void onSweep(long nowNanos, long unixSeconds) {
    long age = nowNanos - sinceNanos;
    if (state == State.CONNECTING) {
      if (age > protocol.timing().answer().toNanos() && connecting != null) {
        connecting.giveUp();
      }
    } else if (state == State.CONNECTED) {
      if (expiry.isConnectionOver(unixSeconds)) {
        peer.close(CloseCode.EXPIRED, "");
      } else {
        Objects.requireNonNull(subscribing).onSweep(nowNanos, unixSeconds);
      }
    } else if (age > protocol.login().timeout().toNanos()) {
      protocol.login().metrics().hit(Limit.AUTH_TIMEOUT);
      peer.close(CloseCode.STALE, "no connect command (expected: one within "
          + protocol.login().timeout().toMillis() + " ms)");
    }
  }

  @Override
  public void onClosed() {
    isClosed = true;
    if (session != null) {
      session.onClosed();
    }
  }

  @Override
  public void whenIdle(Runnable action) {
    if (session == null) {
      action.run();
    } else {
      session.whenIdle(action);
    }
  }
}
