package io.parley.wire.centrifuge;

import io.parley.encoding.Encoding;
import io.parley.hub.Shard;
import io.parley.session.Peer;
import io.parley.session.SessionContext;
import io.parley.wire.LoginRules;
import io.parley.wire.Wire;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// Opens connections of the centrifuge protocol.
///
/// Immutable.
public final class CentrifugeProtocol {
  static final Dialect JSON = new JsonDialect();

  private final SessionContext context;
  private final LoginRules login;
  private final CentrifugeEncodings encodings;
  private final Timing timing;

  /// How long things may take.
  ///
  /// @param ping how often a quiet client is pinged
  /// @param answer how long it may take to let it in, or to subscribe it
  public record Timing(Duration ping, Duration answer) {}

  public CentrifugeProtocol(SessionContext context, LoginRules login,
      CentrifugeEncodings encodings, Timing timing) {
    this.context = context;
    this.login = login;
    this.encodings = encodings;
    this.timing = timing;
  }

  /// Starts a connection that has just been upgraded; who it is it says in its first command.
  public Wire open(Shard shard, Peer peer) {
    return new CentrifugeWire(this, JSON, shard, peer);
  }

  /// A random UUID (RFC 9562, version 4). It only has to be unique: knowing it gives no right.
  UUID newClient() {
    var random = ThreadLocalRandom.current();
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() >>> 2) | 0x8000000000000000L;
    return new UUID(high, low);
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

  Encoding encoding(Dialect dialect, Peer peer) {
    return encodings.of(peer);
  }
}
