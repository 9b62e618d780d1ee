package io.parley.transport;

import io.parley.frame.FrameException;
import io.parley.frame.WebSocketFraming;
import io.parley.metric.Limit;
import io.parley.session.CloseCode;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Whether a client is still there, and pings in both directions. We ping a quiet connection and
/// close it if the pong doesn't come; the client's pings are answered, but not so many that they
/// cost the others anything.
///
/// # Counting without a clock
///
/// Pings, and pongs that nobody asked for, are counted against the sweep's seconds
/// ([Connections#second]): the count starts anew when the second has changed. So a flood costs no
/// clock and a connection no timer.
///
/// Confined to the connection's loop.
final class Liveness {
  private final Client client;
  private final Connections connections;

  /// Whether a ping is out that hasn't been answered.
  private boolean awaitsPong;

  /// When the next ping is due or, while one is out, its pong; by the monotonic clock.
  private long pingDueNanos;

  /// The payload of the client's last ping, if the socket was too full to answer it; else null.
  private byte @Nullable [] owedPong;

  /// What the client has sent in [#countedSecond] without being asked.
  private int count;
  private int countedSecond;

  Liveness(Client client, Connections connections) {
    this.client = client;
    this.connections = connections;
    // The first ping comes at a random time, so that those who came together aren't pinged
    // together.
    long interval = Connections.nanos(connections.limits().pingInterval());
    this.pingDueNanos = System.nanoTime() + interval / 2
        + ThreadLocalRandom.current().nextLong(interval / 2 + 1);
  }

  /// The client's ping.
  ///
  /// @param isFull whether the socket can't take an answer now
  void onPing(byte[] payload, boolean isFull) {
    if (!admits()) {
      return;
    }
    if (isFull) {
      // Only the latest has to be answered (RFC 6455, section 5.5.3): pings can't fill the outbox.
      owedPong = payload;
    } else {
      client.send(WebSocketFraming.pong(payload));
    }
  }

  void onPong() {
    if (awaitsPong) {
      awaitsPong = false;
      pingDueNanos = System.nanoTime() + Connections.nanos(connections.limits().pingInterval());
    } else {
      admits();
    }
  }

  private boolean admits() {
    int most = connections.limits().pingsPerSecond();
    if (most == 0) {
      return true;
    }
    if (countedSecond != connections.second()) {
      countedSecond = connections.second();
      count = 0;
    }
    if (++count <= most) {
      return true;
    }
    client.onViolation(FrameException.beyond(Limit.PINGS_PER_SECOND, CloseCode.POLICY,
        "expected: at most " + most + " pings per second"));
    return false;
  }

  /// The socket has room again.
  void onRoom() {
    if (owedPong != null) {
      var payload = owedPong;
      owedPong = null;
      client.send(WebSocketFraming.pong(payload));
    }
  }

  /// Pings a client that is quiet, and closes one that is gone.
  ///
  /// @param isHeard whether its pong would be seen: it is read from, and isn't in the middle of a
  ///   frame, behind which a pong has to wait
  void onSweep(long nowNanos, boolean isHeard) {
    if (nowNanos - pingDueNanos < 0) {
      return;
    }
    if (!awaitsPong) {
      awaitsPong = true;
      pingDueNanos = nowNanos + Connections.nanos(connections.limits().pongTimeout());
      client.ping();
    } else if (isHeard) {
      connections.meters().metrics.hit(Limit.PONG_TIMEOUT);
      client.close(CloseCode.NO_PONG, "");
    }
  }
}
