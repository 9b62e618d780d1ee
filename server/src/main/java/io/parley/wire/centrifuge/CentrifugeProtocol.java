package io.parley.wire.centrifuge;

import io.parley.encoding.Encoding;
import io.parley.hub.Shard;
import io.parley.session.Peer;
import io.parley.session.SessionContext;
import io.parley.wire.LoginRules;
import io.parley.wire.Wire;
import java.time.Duration;

/// Opens connections of the centrifuge protocol, all in one dialect.
///
/// Immutable.
public final class CentrifugeProtocol {
  private final SessionContext context;
  private final LoginRules login;
  private final Dialect dialect;
  private final CentrifugeEncodings encodings;
  private final Timing timing;

  /// How long things may take.
  ///
  /// @param ping how often a quiet client is pinged
  /// @param answer how long it may take to let it in, or to subscribe it
  public record Timing(Duration ping, Duration answer) {
    /// Rounded up: 0 would say that there are no pings, and an SDK waits a while longer anyway.
    long pingSeconds() {
      return Math.ceilDiv(ping.toMillis(), 1_000);
    }
  }

  /// Opens them in a dialect.
  ///
  /// @param encodings the dialect's
  public CentrifugeProtocol(SessionContext context, LoginRules login, Dialect dialect,
      CentrifugeEncodings encodings, Timing timing) {
    this.context = context;
    this.login = login;
    this.dialect = dialect;
    this.encodings = encodings;
    this.timing = timing;
  }

  /// Starts a connection that has just been upgraded; who it is it says in its first command.
  public Wire open(Shard shard, Peer peer) {
    return new CentrifugeWire(this, dialect, shard, peer);
  }

  SessionContext context() {
    return context;
  }

  LoginRules login() {
    return login;
  }

  Timing timing() {
    return timing;
  }

  Encoding encoding(Peer peer) {
    return encodings.of(peer);
  }
}
