package io.parley.wire.centrifuge;

import io.parley.auth.token.ConnectionClaims;
import io.parley.auth.token.SubscriptionClaims;
import io.parley.auth.token.TokenCheck;
import io.parley.auth.token.Tokens;
import io.parley.session.CloseCode;
import io.parley.session.ErrorCode;
import io.parley.session.Session;

/// The fresh tokens that one client shows before the old ones end: for its connection, and for
/// channels.
///
/// Confined to the connection's loop.
final class Refreshing {
  /// The keys can't be had, or too many tokens wait.
  static final String NOT_NOW = "tokens can't be checked now, try again";

  private final CentrifugeWire wire;
  private final Session session;
  private final Tokens tokens;

  Refreshing(CentrifugeWire wire, Session session, Tokens tokens) {
    this.wire = wire;
    this.session = session;
    this.tokens = tokens;
  }

  void refresh(long id, Command.Refresh command) {
    if (command.token().isEmpty()) {
      wire.peer().close(CloseCode.BAD_REQUEST, "refresh: no token");
      return;
    }
    tokens.checkConnection(command.token(), found -> wire.loop().run(() -> {
      if (!wire.isClosed()) {
        onFresh(id, found);
      }
    }));
  }

  private void onFresh(long id, TokenCheck<ConnectionClaims> found) {
    switch (found) {
      case TokenCheck.Valid<ConnectionClaims>(var claims) -> {
        if (claims.user().equals(wire.subject())) {
          wire.expiry().connectionEnds(claims.expireAt());
          wire.answer(id,
              new Answer.Refreshed(session.client(), wire.expiry().connectionTtl()));
        } else {
          wire.peer().close(CloseCode.INVALID_TOKEN, "another user's");
        }
      }
      case TokenCheck.Expired<ConnectionClaims> _ -> wire.peer().close(CloseCode.EXPIRED, "");
      case TokenCheck.Invalid<ConnectionClaims>(var detail) -> wire.peer().close(
          CloseCode.INVALID_TOKEN, detail);
      case TokenCheck.Unavailable<ConnectionClaims> _ -> wire.fail(
          id, ErrorCode.INTERNAL, NOT_NOW);
    }
  }

  void refresh(long id, Command.SubRefresh command) {
    var channel = command.channel();
    if (channel.isEmpty() || command.token().isEmpty()) {
      wire.peer().close(CloseCode.BAD_REQUEST, "sub_refresh: no channel, or no token");
      return;
    }
    if (!session.has(channel)) {
      wire.fail(id, ErrorCode.PERMISSION_DENIED, "not subscribed");
      return;
    }
    tokens.checkSubscription(command.token(), found -> wire.loop().run(() -> {
      if (!wire.isClosed()) {
        onFresh(id, channel, found);
      }
    }));
  }

  private void onFresh(long id, String channel, TokenCheck<SubscriptionClaims> found) {
    if (!session.has(channel)) {
      // He has left while the token was checked.
      wire.fail(id, ErrorCode.PERMISSION_DENIED, "not subscribed");
      return;
    }
    switch (found) {
      case TokenCheck.Valid<SubscriptionClaims>(var claims) -> {
        if (isHis(claims, channel)) {
          wire.expiry().channelEnds(channel, claims.expireAt());
          wire.answer(id, new Answer.SubRefreshed(wire.expiry().channelTtl(channel)));
        }
      }
      case TokenCheck.Expired<SubscriptionClaims> _ -> wire.fail(
          id, ErrorCode.TOKEN_EXPIRED, "");
      case TokenCheck.Invalid<SubscriptionClaims>(var detail) -> wire.fail(
          id, ErrorCode.PERMISSION_DENIED, detail);
      case TokenCheck.Unavailable<SubscriptionClaims> _ -> wire.fail(
          id, ErrorCode.INTERNAL, NOT_NOW);
    }
  }

  /// Whether a token is for this user and this channel; who shows another is thrown out.
  boolean isHis(SubscriptionClaims claims, String channel) {
    boolean isHis = claims.user().equals(wire.subject()) && claims.channel().equals(channel);
    if (!isHis) {
      wire.peer().close(CloseCode.INVALID_TOKEN, "for another user or another channel");
    }
    return isHis;
  }
}
