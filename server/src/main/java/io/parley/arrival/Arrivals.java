package io.parley.arrival;

import io.netty.channel.Channel;
import io.parley.loop.Loop;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.Consumer;

/// The clients of one shard that are on their way to a WebSocket. All have the same time for it,
/// counted from accept, whatever they do meanwhile: send nothing, half a PROXY header, half a TLS
/// handshake, half a request, or not read the answer. Each part of a long answer that is taken
/// begins it anew. So they stand in a queue, and one look a second at its head finds who is late;
/// nobody has a timer.
///
/// Confined to the shard's loop.
public final class Arrivals {
  private static final long SWEEP_MILLIS = 1_000;

  private final Loop loop;
  private final Admission admission;
  private final long timeoutNanos;
  private final Consumer<Channel> onLate;

  /// The oldest first.
  private final SequencedSet<Arrival> waiting = new LinkedHashSet<>();
  private boolean isClosed;

  /// @param timeout from accept to the WebSocket
  /// @param onLate gets who is late and has no answer yet; it sees to the socket's end
  public Arrivals(Loop loop, Admission admission, Duration timeout, Consumer<Channel> onLate) {
    this.loop = loop;
    this.admission = admission;
    this.timeoutNanos = timeout.toNanos();
    this.onLate = onLate;
  }

  /// Begins to look at the clock.
  public void start() {
    sweepIn(Math.min(SWEEP_MILLIS, timeoutNanos / 4_000_000 + 1));
  }

  private void sweepIn(long pauseMillis) {
    loop.schedule(() -> {
      if (!isClosed) {
        sweepIn(pauseMillis);
        sweep(System.nanoTime());
      }
    }, pauseMillis);
  }

  private void sweep(long nowNanos) {
    while (!waiting.isEmpty() && nowNanos - waiting.getFirst().dueNanos >= 0) {
      waiting.removeFirst().onDue();
    }
  }

  Admission admission() {
    return admission;
  }

  void late(Channel channel) {
    onLate.accept(channel);
  }

  /// A client was accepted.
  public Arrival add(Channel channel) {
    assert loop.inLoop();
    var arrival = new Arrival(channel, this, System.nanoTime() + timeoutNanos);
    waiting.add(arrival);
    channel.closeFuture().addListener(arrival);
    arrival.onAccepted();
    return arrival;
  }

  /// Begins a client's time anew.
  void renew(Arrival arrival) {
    if (waiting.remove(arrival)) {
      arrival.dueNanos = System.nanoTime() + timeoutNanos;
      waiting.add(arrival);
    }
  }

  void remove(Arrival arrival) {
    waiting.remove(arrival);
  }

  /// Ends what is under way, without a word.
  public void close() {
    isClosed = true;
    List.copyOf(waiting).forEach(Arrival::abort);
  }
}
