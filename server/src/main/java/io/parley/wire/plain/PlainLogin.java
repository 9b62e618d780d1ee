package io.parley.wire.plain;

import io.parley.auth.Access;
import io.parley.auth.token.ConnectionClaims;
import io.parley.auth.token.TokenCheck;
import io.parley.channel.InvalidNameException;
import io.parley.metric.Limit;
import io.parley.session.CloseCode;
import io.parley.session.ErrorCode;
import io.parley.session.Identity;
import io.parley.session.Peer;
import io.parley.wire.LoginRules;
import org.jspecify.annotations.Nullable;

/// Who one plain connection is, from its request to its end.
///
///     a token in the request             -> CHECKING -> IN
///     none, and none is needed           -> IN, as a guest or under a claimed name
///     none, but one is needed            -> AWAITED, until the first frame shows one -> CHECKING
///
/// Where none is needed, a token in the first frame still says who the client is: his session
/// begins anew then. Any later one is a fresh token of the same user.
///
/// While a token is checked nothing is read from the client, so that nothing has to be kept.
///
/// Confined to the connection's loop.
final class PlainLogin {
  /// The keys can't be had, or too many tokens wait.
  private static final String NOT_NOW = "tokens can't be checked now";

  private enum Phase {
    AWAITED, CHECKING, IN, CLOSED
  }

  private final PlainWire wire;
  private final LoginRules rules;
  private final Peer peer;
  private Phase phase = Phase.AWAITED;

  /// Null once the first frame has come, and where it can change nothing.
  private @Nullable PlainOpening opening;

  /// Whose token was shown last, as it names him; null: none was.
  private @Nullable String subject;

  /// When a fresh token is due, in seconds since 1970; 0: never.
  private long expireAt;

  /// Until when the first frame is waited for, by the monotonic clock; only in [Phase#AWAITED].
  private long deadlineNanos;

  /// Whether reading waits for the check of a token.
  private boolean isPaused;

  PlainLogin(PlainWire wire, LoginRules rules, Peer peer, PlainOpening opening) {
    this.wire = wire;
    this.rules = rules;
    this.peer = peer;
    this.opening = opening;
  }

  /// Begins with what the request says.
  ///
  /// @param token null: it has none
  /// @param claimed the name that is claimed; null: none
  /// @throws InvalidNameException if the claimed name is believed in principle, but is none
  void begin(@Nullable String token, @Nullable String claimed) throws InvalidNameException {
    if (token != null) {
      check(token, null);
      return;
    }
    var user = rules.access().withoutToken(claimed);
    if (user.isPresent()) {
      enter(user.get(), user.get().startsWith(Access.GUEST_PREFIX));
      if (!rules.tokens().canCheck()) {
        opening = null;
      }
    } else if (rules.tokens().canCheck()) {
      deadlineNanos = System.nanoTime() + rules.timeout().toNanos();
    } else {
      peer.close(CloseCode.INVALID_TOKEN, "a token is required");
    }
  }

  /// The client shows a token.
  void onToken(String token, @Nullable CommandId id) {
    if (opening != null && subject == null) {
      check(token, id);
    } else {
      rules.tokens().checkConnection(
          token, found -> wire.loop().run(() -> onFresh(found, id)));
    }
  }

  /// A frame has been dealt with: none that comes now is the first.
  void onFrame() {
    if (phase == Phase.IN) {
      opening = null;
    }
  }

  void onClosed() {
    phase = Phase.CLOSED;
    opening = null;
  }

  /// Whether nothing is to be read until a token is checked.
  boolean isPaused() {
    return isPaused;
  }

  private void check(String token, @Nullable CommandId id) {
    phase = Phase.CHECKING;
    rules.tokens().checkConnection(token, found -> wire.loop().run(() -> onChecked(found, id)));
    if (phase == Phase.CHECKING) {
      isPaused = true;
      peer.pauseReading();
    }
  }

  private void onChecked(TokenCheck<ConnectionClaims> found, @Nullable CommandId id) {
    if (phase == Phase.CLOSED) {
      return;
    }
    switch (found) {
      case TokenCheck.Valid<ConnectionClaims> valid -> {
        accept(valid.claims());
        if (phase == Phase.IN && id != null) {
          wire.acknowledge(id);
        }
      }
      case TokenCheck.Unavailable<ConnectionClaims> _ -> peer.close(
          CloseCode.TRY_LATER, NOT_NOW);
      case TokenCheck.Expired<ConnectionClaims> _ -> peer.close(CloseCode.EXPIRED, "");
      case TokenCheck.Invalid<ConnectionClaims> bad -> peer.close(
          CloseCode.INVALID_TOKEN, bad.detail());
    }
    if (isPaused && phase == Phase.IN) {
      isPaused = false;
      wire.resumeReading();
    }
  }

  private void accept(ConnectionClaims claims) {
    subject = claims.user();
    expireAt = claims.expireAt();
    if (wire.isOpen() && wire.user().equals(subject)) {
      phase = Phase.IN;
    } else if (subject.isEmpty()) {
      enter(rules.access().newGuest(), true);
    } else {
      enter(subject, false);
    }
    opening = null;
  }

  private void enter(String user, boolean isGuest) {
    var start = opening;
    if (start == null) {
      throw new IllegalStateException("login in " + phase + " (expected: before a second frame)");
    }
    if (start.context().admits(user)) {
      phase = Phase.IN;
      wire.start(start, new Identity(user, Identity.newClient(), isGuest));
    } else {
      peer.close(CloseCode.CONNECTION_LIMIT, "");
    }
  }

  private void onFresh(TokenCheck<ConnectionClaims> found, @Nullable CommandId id) {
    if (phase == Phase.CLOSED) {
      return;
    }
    switch (found) {
      case TokenCheck.Valid<ConnectionClaims> valid -> {
        var claims = valid.claims();
        if (!claims.user().equals(subject == null ? wire.user() : subject)) {
          peer.close(CloseCode.INVALID_TOKEN, "another user's");
          return;
        }
        subject = claims.user();
        expireAt = claims.expireAt();
        if (id != null) {
          wire.acknowledge(id);
        }
      }
      // It isn't over yet, so there is time to try again.
      case TokenCheck.Unavailable<ConnectionClaims> _ -> wire.error(
          ErrorCode.INTERNAL, NOT_NOW + ", try again", id);
      case TokenCheck.Expired<ConnectionClaims> _ -> peer.close(CloseCode.EXPIRED, "");
      case TokenCheck.Invalid<ConnectionClaims> bad -> peer.close(
          CloseCode.INVALID_TOKEN, bad.detail());
    }
  }

  /// Ends a connection that has shown no token in time, or no fresh one.
  void onSweep(long nowNanos, long unixSeconds) {
    if (phase == Phase.AWAITED && nowNanos - deadlineNanos >= 0) {
      rules.metrics().hit(Limit.AUTH_TIMEOUT);
      peer.close(CloseCode.STALE, "no token (expected: {\"token\":…} within "
          + rules.timeout().toMillis() + " ms)");
    } else if (phase == Phase.IN && expireAt != 0
        && unixSeconds >= expireAt + rules.tokens().graceSeconds()) {
      rules.metrics().hit(Limit.TOKEN_GRACE);
      peer.close(CloseCode.EXPIRED, "");
    }
  }
}
