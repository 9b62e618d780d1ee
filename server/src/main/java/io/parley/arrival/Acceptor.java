package io.parley.arrival;

import io.micrometer.core.instrument.Counter;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.parley.arrival.Admission.Cut;
import io.parley.arrival.Admission.Verdict;
import io.parley.log.QuietLog;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.util.concurrent.TimeUnit;

/// Takes clients from the kernel: the first handler of each listening socket. It counts a client
/// in the thread that accepts, not in the one that serves it, which may be far behind.
///
/// # When accepting fails
///
/// Without a free descriptor a client stays in the kernel's queue, and the socket stays ready to
/// accept: whoever tries again at once tries a hundred thousand times a second. So nothing is
/// accepted for a while; those who wait are taken when somebody has left.
///
/// Thread-safe.
@Sharable
public final class Acceptor extends ChannelInboundHandlerAdapter {
  private static final QuietLog QUIET = new QuietLog(Acceptor.class, System::nanoTime);
  private static final long PAUSE_MILLIS = 250;

  private final Admission admission;
  private final Counter failures;
  private final ChannelFutureListener onClosed;

  public Acceptor(Admission admission, Metrics metrics) {
    this.admission = admission;
    this.failures = metrics.counter(Metric.ACCEPT_FAILURES);
    this.onClosed = closed -> admission.onSocketClosed();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    var client = (Channel) accepted;
    var verdict = admission.onSocket();
    if (verdict == Verdict.CUT) {
      admission.onCut(Cut.FULL, () -> "client cut: " + admission.full().detail() + ", client "
          + ClientAddress.beforeRequest(client));
      client.unsafe().closeForcibly();
      return;
    }
    client.closeFuture().addListener(onClosed);
    if (verdict == Verdict.TOLD) {
      client.attr(Arrival.IS_TOO_MANY).set(true);
    }
    ctx.fireChannelRead(client);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failures.increment();
    QUIET.tell("accept", () -> "accepting clients failed, tried again in " + PAUSE_MILLIS + " ms: "
        + cause.getMessage());
    var config = ctx.channel().config();
    config.setAutoRead(false);
    ctx.channel().eventLoop()
        .schedule(() -> config.setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }
}
