package io.parley.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.concurrent.TimeUnit;

/// A Netty event loop as a [Loop]. Thread-safe.
public final class NettyLoop implements Loop {
  private final SingleThreadEventLoop eventLoop;

  public NettyLoop(EventLoop eventLoop) {
    this.eventLoop = (SingleThreadEventLoop) eventLoop;
  }

  /// The event loop to register channels with.
  public EventLoop eventLoop() {
    return eventLoop;
  }

  @Override
  public boolean inLoop() {
    return eventLoop.inEventLoop();
  }

  @Override
  public void execute(Runnable task) {
    eventLoop.execute(task);
  }

  @Override
  public void atTickEnd(Runnable task) {
    eventLoop.executeAfterEventLoopIteration(task);
  }

  @Override
  public Timer schedule(Runnable task, long delayMillis) {
    var future = eventLoop.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
    return () -> future.cancel(false);
  }
}
