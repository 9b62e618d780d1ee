package io.parley.arrival;

import io.micrometer.core.instrument.Counter;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.parley.arrival.Handshake.Refusal;
import io.parley.auth.Quota;
import io.parley.config.LimitSettings;
import io.parley.log.QuietLog;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// How many clients a node takes: so many sockets in all, from the moment they are accepted, and so
/// many from one address.
///
/// A few more than that are let in far enough to be told why they aren't served ([Verdict#TOLD]).
/// Whoever comes beyond is cut without a word, because to tell everybody would take the very
/// descriptors and time that the limit is to save.
///
/// Thread-safe.
public final class Admission {
  /// How many more than a limit allows are told so at a time.
  static final int TOLD_MAX = 50;

  private static final QuietLog QUIET = new QuietLog(Admission.class, System::nanoTime);

  private final int socketsMax;
  private final Quota<Long> addresses;
  private final ClientAddress trust;
  private final Metrics metrics;
  private final Counter accepted;

  /// Every socket of a client that isn't closed yet.
  private final AtomicInteger sockets = new AtomicInteger();

  /// What becomes of who comes.
  enum Verdict {
    SERVED, TOLD, CUT
  }

  /// Why a client is cut without an answer, as the metric calls it.
  enum Cut {
    FULL, ADDRESS, TIMEOUT, GARBAGE
  }

  public Admission(LimitSettings limits, ClientAddress trust, Metrics metrics) {
    this.socketsMax = limits.connections();
    this.addresses = new Quota<>(limits.connectionsPerAddress());
    this.trust = trust;
    this.metrics = metrics;
    this.accepted = metrics.counter(Metric.ACCEPTED);
    metrics.sum(Metric.SOCKETS, sockets::get);
    for (var cut : Cut.values()) {
      cuts(cut);
    }
  }

  ClientAddress trust() {
    return trust;
  }

  /// Counts a socket. Unless it is cut, [#onSocketClosed] has to follow.
  Verdict onSocket() {
    accepted.increment();
    int tooMany = sockets.incrementAndGet() - socketsMax;
    if (tooMany <= 0) {
      return Verdict.SERVED;
    }
    metrics.hit(Limit.CONNECTIONS);
    if (tooMany <= TOLD_MAX) {
      return Verdict.TOLD;
    }
    sockets.decrementAndGet();
    return Verdict.CUT;
  }

  void onSocketClosed() {
    sockets.decrementAndGet();
  }

  /// Counts a client of an address. Unless it is cut, [#onGone] has to follow.
  Verdict onClient(InetAddress address) {
    int tooMany = addresses.enter(key(address));
    if (tooMany == 0) {
      return Verdict.SERVED;
    }
    metrics.hit(Limit.CONNECTIONS_PER_ADDRESS);
    if (tooMany <= TOLD_MAX) {
      return Verdict.TOLD;
    }
    addresses.leave(key(address));
    return Verdict.CUT;
  }

  void onGone(InetAddress address) {
    addresses.leave(key(address));
  }

  /// What counts as one address. Who has an IPv6 address has all that begin with the same 64 bits.
  private static long key(InetAddress address) {
    var bytes = address.getAddress();
    // An IPv4 address as the second half of an IPv6 address, which is never somebody's first half.
    long key = bytes.length == Integer.BYTES ? 0xffff : 0;
    for (int i = 0; i < Math.min(bytes.length, Long.BYTES); i++) {
      key = key << Byte.SIZE | (bytes[i] & 0xff);
    }
    return key;
  }

  /// What a client is told that finds the node full.
  Refusal full() {
    return new Refusal(HttpResponseStatus.SERVICE_UNAVAILABLE,
        "this node has as many connections as it may (limits.connections: " + socketsMax + ")");
  }

  /// What a client is told whose address has too many connections. The operator reads it as well.
  Refusal tooManyOfAddress() {
    return new Refusal(HttpResponseStatus.TOO_MANY_REQUESTS,
        "too many connections from this address (limits.connections-per-address: "
            + addresses.max() + "; if it is a balancer's, name it in proxy.trusted)");
  }

  /// How many addresses there are clients of.
  int addresses() {
    return addresses.size();
  }

  /// Counts and tells that a client is cut without an answer.
  void onCut(Cut why, Supplier<String> text) {
    cuts(why).increment();
    QUIET.tell(why, text);
  }

  /// A client hasn't come to a WebSocket in time.
  void onTimeout() {
    metrics.hit(Limit.HANDSHAKE_TIMEOUT);
  }

  private Counter cuts(Cut why) {
    return metrics.counter(Metric.ARRIVALS_CUT, why.name().toLowerCase(java.util.Locale.ROOT));
  }
}
