package io.parley.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A named group of event loops: epoll where the kernel has it, NIO elsewhere. Thread-safe.
public final class EventLoops implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup group;
  private final List<NettyLoop> loops = new ArrayList<>();

  // Lettuce asks for these very classes, so that its connections can live on our loops.
  @SuppressWarnings("deprecation")
  public EventLoops(String name, int threads) {
    var factory = new DefaultThreadFactory("parley-" + name, true);
    group = hasEpoll()
        ? new EpollEventLoopGroup(threads, factory)
        : new NioEventLoopGroup(threads, factory);
    group.forEach(executor -> loops.add(new NettyLoop((EventLoop) executor)));
  }

  /// Whether sockets are epoll's, with everything that only Linux has.
  public static boolean hasEpoll() {
    return Epoll.isAvailable();
  }

  /// The class of listening channels that goes with the loops.
  public static Class<? extends ServerChannel> serverChannel() {
    return hasEpoll() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  public EventLoopGroup group() {
    return group;
  }

  public List<NettyLoop> loops() {
    return loops;
  }

  /// Ends the threads; waits two seconds at most.
  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
