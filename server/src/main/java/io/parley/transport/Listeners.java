package io.parley.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.parley.arrival.Acceptor;
import io.parley.arrival.Admission;
import io.parley.arrival.Arrivals;
import io.parley.arrival.ClientAddress;
import io.parley.arrival.HeadGuard;
import io.parley.arrival.ProxyProtocol;
import io.parley.cluster.ControlPlane;
import io.parley.cluster.NodeActions;
import io.parley.hub.Hub;
import io.parley.hub.Shard;
import io.parley.loop.EventLoops;
import io.parley.loop.NettyLoop;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.page.Page;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The ports that clients connect to, and all their connections.
///
/// Thread-safe.
public final class Listeners {
  private static final int BACKLOG = 4_096;

  private final EventLoops loops;
  private final TransportSettings settings;
  private final ClientAddress addresses;
  private final Acceptor acceptor;
  private final TransportMeters meters;
  private final Page page;
  private final Streams streams = new Streams();

  private final HttpDecoderConfig decoding;

  /// By the event loop.
  private final Map<Object, Clients> clients = new HashMap<>();

  /// Null while it isn't open.
  private volatile @Nullable Channel own;
  private volatile @Nullable Channel shared;

  /// The clients of one shard: those on their way, and those that have come.
  private record Clients(Arrivals arrivals, Connections connections) {
    void start() {
      arrivals.start();
      connections.start();
    }

    /// Runs something on the loop that owns them.
    void run(Consumer<Clients> action) {
      connections.shard().loop().execute(() -> action.accept(this));
    }

    void close() {
      arrivals.close();
      connections.close();
    }
  }

  /// @param loops one for each shard, in the shards' order
  public Listeners(
      EventLoops loops, Iterable<Shard> shards, Protocols protocols, TransportSettings settings,
      Page page, Metrics metrics) {
    this.loops = loops;
    this.settings = settings;
    this.page = page;
    this.addresses = new ClientAddress(settings.trustedProxies());
    this.meters = new TransportMeters(metrics);
    var limits = settings.limits();
    var admission = new Admission(limits, addresses, metrics);
    // It never sees more: the guard before it counts the same, and ends of lines as well.
    this.decoding = new HttpDecoderConfig().setMaxInitialLineLength(limits.requestBytes())
        .setMaxHeaderSize(limits.requestBytes()).setStrictLineParsing(true);
    this.acceptor = new Acceptor(admission, metrics);
    metrics.sum(Metric.CONNECTIONS, this::connections);
    var routes = new Routes(protocols, settings.echo());
    var budgets = Budgets.of(limits, metrics);
    for (var shard : shards) {
      var loop = ((NettyLoop) shard.loop()).eventLoop();
      clients.put(loop, new Clients(
          new Arrivals(shard.loop(), admission, limits.handshakeTimeout(), HttpHandler::onLate),
          new Connections(shard, routes, settings, budgets, streams, meters)));
    }
  }

  /// Opens the node's own port.
  ///
  /// @return the port
  /// @throws IOException if it can't be had
  public int open() throws IOException {
    clients.values().forEach(Clients::start);
    own = bind(settings.listen().port(), false);
    return ((InetSocketAddress) Objects.requireNonNull(own).localAddress()).getPort();
  }

  /// Opens the port that all nodes of this machine share, if there is one. The kernel deals clients
  /// out to the nodes by the hash of their address and port, so this is done last, when the node is
  /// ready for them.
  ///
  /// @throws IOException if it can't be had
  public void openShared() throws IOException {
    if (settings.listen().sharedPort() != 0) {
      shared = bind(settings.listen().sharedPort(), true);
    }
  }

  private Channel bind(int port, boolean isShared) throws IOException {
    var bootstrap = new ServerBootstrap()
        .group(loops.group())
        .channel(EventLoops.serverChannel())
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .handler(acceptor)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(new ChannelInitializer<SocketChannel>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            onAccepted(channel);
          }
        });
    if (EventLoops.hasEpoll()) {
      bootstrap.childOption(EpollChannelOption.TCP_USER_TIMEOUT,
          Math.toIntExact(settings.limits().tcpUserTimeout().toMillis()));
      bootstrap.childOption(EpollChannelOption.TCP_NOTSENT_LOWAT,
          (long) settings.limits().socketBytes());
    }
    if (isShared) {
      if (!EventLoops.hasEpoll()) {
        throw new IOException("listen.shared-port: " + port + " (expected: none on this platform)");
      }
      bootstrap.option(EpollChannelOption.SO_REUSEPORT, true);
    }
    var bound = bootstrap.bind(settings.listen().address(), port).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("port " + port + " at " + settings.listen().address() + ": "
          + bound.cause().getMessage(), bound.cause());
    }
    return bound.channel();
  }

  private void onAccepted(SocketChannel channel) {
    var shard = clients.get(channel.eventLoop());
    if (shard == null) {
      throw new IllegalStateException("no shard of this loop (expected: one for each)");
    }
    var arrival = shard.arrivals().add(channel);
    if (!channel.isOpen()) {
      return;
    }
    var pipeline = channel.pipeline();
    if (addresses.isTrusted(channel)) {
      pipeline.addLast(new ProxyProtocol());
    }
    if (settings.tls() != null) {
      var tls = settings.tls().newHandler(channel.alloc(), meters);
      pipeline.addLast(tls, tls.behind());
    }
    pipeline.addLast(
        new HeadGuard(settings.limits(), meters.metrics),
        new HttpRequestDecoder(decoding), new HttpResponseEncoder(),
        new HttpHandler(shard.connections(), page, settings.origins(), arrival));
  }

  /// Does what the cluster asks of the clients' connections.
  ///
  /// @param id of this node, as no other has it
  public NodeActions control(Hub hub, String id, String name, String version) {
    streams.onNode(id);
    return new SessionControl(clients.values().stream().map(Clients::connections).toList(), hub,
        streams,
        new SessionControl.About(id, name, version, System.nanoTime()));
  }

  /// Other nodes can be asked from here on; before [#open].
  public void join(ControlPlane control) {
    streams.join(control);
  }

  /// How many connections there are.
  public int connections() {
    return clients.values().stream().mapToInt(some -> some.connections().count()).sum();
  }

  /// Lets nobody new in at the shared port.
  public void closeShared() {
    close(shared);
  }

  /// Lets nobody new in.
  public void closeOwn() {
    close(own);
  }

  private static void close(@Nullable Channel listener) {
    if (listener != null) {
      listener.close().awaitUninterruptibly();
    }
  }

  /// Asks all connections to go elsewhere, spread over a period.
  public void shutDown(long periodMillis) {
    clients.values()
        .forEach(some -> some.run(each -> each.connections().shutDown(periodMillis)));
  }

  /// Closes what is left.
  public void close() {
    closeShared();
    closeOwn();
    clients.values().forEach(some -> some.run(Clients::close));
  }
}
