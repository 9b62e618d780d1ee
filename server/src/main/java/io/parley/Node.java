package io.parley;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.parley.api.ApiContext;
import io.parley.api.ApiKeys;
import io.parley.api.ServerApi;
import io.parley.auth.Access;
import io.parley.auth.Origins;
import io.parley.auth.token.Tokens;
import io.parley.broker.Broker;
import io.parley.broker.memory.MemoryBroker;
import io.parley.broker.redis.RedisBroker;
import io.parley.broker.redis.RedisBrokerSettings;
import io.parley.cluster.ControlPlane;
import io.parley.cluster.LocalControl;
import io.parley.config.Network;
import io.parley.config.RedisSettings;
import io.parley.config.RedisUrl;
import io.parley.config.Settings;
import io.parley.hub.Hub;
import io.parley.hub.HubSettings;
import io.parley.loop.EventLoops;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.ops.InternalServer;
import io.parley.ops.InternalServer.Readiness;
import io.parley.ops.JvmMeters;
import io.parley.ops.LoopDelay;
import io.parley.page.Page;
import io.parley.payload.PayloadReader;
import io.parley.presence.Presence;
import io.parley.presence.memory.MemoryPresence;
import io.parley.redis.RedisConnector;
import io.parley.rules.Rules;
import io.parley.session.SessionContext;
import io.parley.session.SessionSettings;
import io.parley.transport.Listeners;
import io.parley.transport.TlsPort;
import io.parley.transport.TransportSettings;
import io.parley.wire.LoginRules;
import io.parley.wire.centrifuge.CentrifugeProtocol;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One node: the parts, put together by plain `new`, and their order of starting and stopping. It
/// can be embedded: `Node.start(settings)`, later `close()`.
///
/// Thread-safe.
public final class Node implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Node.class.getName());
  private static final long READY_POLL_MILLIS = 10;
  private static final long DRAIN_POLL_MILLIS = 10;

  /// Of a drain's deadline, what is kept for the members to leave; of a short one a quarter.
  private static final Duration LEAVE_TIME = Duration.ofSeconds(2);

  /// How long a node that stops at once takes to say that its members are gone.
  private static final Duration LEAVE_MOST = Duration.ofMillis(500);

  private final Settings settings;
  private final EventLoops ioLoops;
  private final EventLoops feedLoops;
  private final @Nullable RedisConnector connector;
  private final Broker broker;
  private final Presence presence;
  private final Tokens tokens;
  private final @Nullable TlsPort tls;
  private final Listeners listeners;
  private final ControlPlane control;
  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(
      PrometheusConfig.DEFAULT);
  private final Metrics metrics = new Metrics(registry);
  private final InternalServer internal;
  private final int port;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();

  private enum Phase {
    RUNNING,
    DRAINING,
    CLOSED
  }

  private volatile Phase phase = Phase.RUNNING;

  /// Whether all parts are there. The internal port answers before, on other threads.
  private volatile boolean isAssembled;

  /// Completes when nobody is to be waited for who may come back elsewhere.
  private final CompletableFuture<Void> hurried = new CompletableFuture<>();

  /// Null before the node is ready.
  private volatile @Nullable JvmMeters jvm;

  /// Starts a node. It serves at once on its own port; [#ready] tells when it is ready for
  /// everybody.
  ///
  /// @throws IOException if a port can't be had, or the files of TLS can't be used
  public static Node start(Settings settings) throws IOException {
    return new Node(settings);
  }

  private Node(Settings settings) throws IOException {
    this.settings = settings;
    // First: files that can't be used leave nothing behind.
    var keys = ApiKeys.of(settings.api());
    var page = Page.open(settings.page());
    tokens = Tokens.open(settings.token(), metrics);
    try {
      tls = TlsPort.open(settings.tls(), settings.node().ioThreads(), metrics);
    } catch (IOException e) {
      tokens.close();
      throw e;
    }
    var opening = InternalServer.open(new InetSocketAddress(
        settings.internal().address(), settings.internal().port()), this::readiness,
        registry::scrape);
    ioLoops = new EventLoops("io", settings.node().ioThreads());
    feedLoops = new EventLoops("feed", settings.node().feedThreads());
    var redis = settings.redis();
    connector = redis.url() == null ? null : connector(redis.url(), redis);
    if (connector == null) {
      var memory = memoryBroker();
      broker = memory;
      presence = memoryPresence(memory);
    } else {
      broker = redisBroker(connector, redis);
      presence = new ClusterPresence(
          connector, feedLoops.loops().getFirst(), settings, metrics);
    }
    var limits = settings.limits();
    var payloads = new PayloadReader(limits.nestingLevels(), metrics);
    var spoken = new Spoken(settings.compression(), payloads, metrics);
    var rules = new Rules(settings.namespaces(), settings.client().insecure());
    // The other half is for what comes live meanwhile.
    int resumeBytes = limits.outboxBytes() / 2;
    var hub = new Hub(ioLoops.loops(), feedLoops.loops(), broker, presence, new HubSettings(
        spoken.encodings(), limits.shardQueueBytes(), resumeBytes, limits.messageBytes(),
        settings.history(), rules, System::nanoTime, metrics));
    var context = new SessionContext(settings.node().name(), broker, presence, rules,
        new SessionSettings(
            limits.publishWindow(), limits.publishBytes(), limits.commandsPerSecond(),
            limits.commandBurst(), limits.roomsPerConnection(), limits.connectionsPerUser(),
            settings.history().page(), resumeBytes, settings.history().requests(),
            settings.api().presenceClients()),
        payloads, System::nanoTime, metrics);
    var access = new Access(settings.access().anonymous() || rules.areOpen(),
        settings.access().claimedNames());
    var login = new LoginRules(access, rules.areOpen() ? tokens.withoutExpiry() : tokens,
        limits.authTimeout(), metrics);
    var trusted = settings.proxy().trusted().stream().map(Network::parse).toList();
    var timing = new CentrifugeProtocol.Timing(
        limits.pingInterval(), settings.redis().timeout());
    listeners = new Listeners(ioLoops, hub.shards(),
        spoken.protocols(context, login, timing),
        new TransportSettings(settings.listen(), tls, limits, trusted,
            new Origins(settings.access().origins()), settings.echo(),
            settings.compression().enabled()),
        page, metrics);
    var id = settings.node().name() + "-"
        + Long.toHexString(ThreadLocalRandom.current().nextLong());
    var actions = listeners.control(hub, id, settings.node().name(), version());
    control = presence instanceof ClusterPresence ofCluster && connector != null
        ? ofCluster.control(
            connector, feedLoops.loops().getFirst(), settings, id, actions, metrics)
        : new LocalControl(actions);
    listeners.join(control);
    metrics.sum(Metric.READY, () -> readiness().isReady() ? 1 : 0);
    LoopDelay.watch("io", ioLoops.loops(), metrics);
    LoopDelay.watch("feed", feedLoops.loops(), metrics);
    broker.start(hub);
    if (presence instanceof ClusterPresence ofCluster) {
      ofCluster.start();
    }
    try {
      internal = InternalServer.opened(opening);
      try {
        port = listeners.open();
      } catch (IOException e) {
        internal.close();
        throw e;
      }
    } catch (IOException e) {
      listeners.close();
      closeLoops();
      throw e;
    }
    isAssembled = true;
    internal.serve(new ServerApi(InternalServer.API, keys, new ApiContext(
        broker, presence, rules, payloads, control, settings, metrics)));
    openSharedWhenReady();
    warnOfShortDrain();
    if (settings.client().insecure()) {
      LOG.log(Level.WARNING, "INSECURE: client.insecure is set, so ANYBODY may connect, publish and"
          + " read EVERYTHING, other users' inboxes among it (expected: in test suites alone)");
    }
  }

  private static String version() {
    var version = Node.class.getPackage().getImplementationVersion();
    return version == null ? "" : version;
  }

  private void warnOfShortDrain() {
    var drain = settings.drain();
    var needed = drain.grace().plus(drain.period()).plus(settings.presence().leaveDelay());
    if (drain.deadline().compareTo(needed) < 0) {
      LOG.log(Level.WARNING, "drain.deadline: " + drain.deadline().toMillis()
          + " ms: a drain is cut short (expected: at least " + needed.toMillis()
          + " ms, which is drain.grace, drain.period and presence.leave-delay)");
    }
  }

  private RedisConnector connector(RedisUrl url, RedisSettings redis) {
    return new RedisConnector(url, redis.timeout(), feedLoops);
  }

  private Broker redisBroker(RedisConnector to, RedisSettings redis) {
    return new RedisBroker(to, feedLoops.loops().getFirst(), new RedisBrokerSettings(
        redis.prefix(), redis.timeout(), redis.pingInterval(), redis.queueBytes()), metrics);
  }

  private MemoryBroker memoryBroker() {
    LOG.log(Level.WARNING,
        "NO REDIS: redis.url is not set, so this node runs ALONE, its clients hear"
            + " nobody on other nodes, and what it knows ends with it");
    return new MemoryBroker(feedLoops.loops().getFirst(), InstantSource.system(),
        settings.history().memoryBytes(), metrics);
  }

  private Presence memoryPresence(MemoryBroker memory) {
    return new MemoryPresence(feedLoops.loops().getFirst(), ClusterPresence.rulesOf(settings),
        memory::tell, System::nanoTime, metrics);
  }

  private void openSharedWhenReady() {
    if (phase != Phase.RUNNING) {
      return;
    }
    if (!broker.isReady()) {
      feedLoops.loops().getFirst().schedule(this::openSharedWhenReady, READY_POLL_MILLIS);
      return;
    }
    Thread.ofVirtual().start(() -> {
      try {
        listeners.openShared();
        if (phase != Phase.RUNNING) {
          // The drain began meanwhile, and found nothing to close yet.
          listeners.closeShared();
        }
        LOG.log(Level.INFO, "ready: node " + settings.node().name() + ", clients at port " + port
            + ", internal port " + internal.port());
        ready.complete(null);
        watchJvm();
      } catch (IOException e) {
        ready.completeExceptionally(e);
      }
    });
  }

  private void watchJvm() {
    var watched = JvmMeters.bind(registry);
    jvm = watched;
    if (phase == Phase.CLOSED) {
      watched.close();
    }
  }

  private Readiness readiness() {
    if (!isAssembled) {
      return new Readiness(false, "starting");
    }
    return switch (phase) {
      case DRAINING, CLOSED -> new Readiness(false, "draining");
      case RUNNING -> {
        if (!broker.isReady()) {
          yield new Readiness(false, "Redis is away");
        }
        yield ready.isDone() && !ready.isCompletedExceptionally()
            ? new Readiness(true, settings.client().insecure() ? "ready, INSECURE" : "ready")
            : new Readiness(false, "starting");
      }
    };
  }

  /// Completes when the node is ready for the first time; exceptionally if it can't become so.
  public CompletableFuture<Void> ready() {
    return ready;
  }

  /// The port for clients.
  public int port() {
    return port;
  }

  /// The port for health and metrics.
  public int internalPort() {
    return internal.port();
  }

  /// Sends all clients elsewhere and then stops. Readiness turns false first, then nobody new is
  /// let in, then connections are closed with 3001, each after its publishes have their answers.
  /// Then those who were sent away have time to come back elsewhere (`presence.leave-delay`): who
  /// does by then never leaves.
  ///
  /// A little before `drain.deadline` all waiting ends: connections that are left are cut, and who
  /// hasn't come back leaves. That has until the deadline; if Redis doesn't answer, the others find
  /// out when the node's lease has run out.
  public void drain() {
    var drain = settings.drain();
    long deadline = System.nanoTime() + drain.deadline().toNanos();
    phase = Phase.DRAINING;
    LOG.log(Level.INFO, "draining: " + listeners.connections() + " connections");
    listeners.closeShared();
    pause(drain.grace());
    listeners.closeOwn();
    listeners.shutDown(drain.period().toMillis());
    long last = deadline - Math.min(LEAVE_TIME.toNanos(), drain.deadline().toNanos() / 4);
    while (listeners.connections() > 0 && System.nanoTime() - last < 0) {
      pause(Duration.ofMillis(DRAIN_POLL_MILLIS));
    }
    LOG.log(Level.INFO, "drained: " + listeners.connections() + " connections left");
    CompletableFuture.anyOf(presence.settle(), hurried)
        .completeOnTimeout(null, Math.max(0, last - System.nanoTime()), TimeUnit.NANOSECONDS)
        .join();
    leave(Duration.ofNanos(deadline - System.nanoTime()).minus(LEAVE_MOST));
    close();
  }

  /// Has a drain wait no longer for those who may come back elsewhere: who hasn't leaves at once.
  public void hurry() {
    hurried.complete(null);
  }

  /// Has its members leave, if they can within that time: others needn't wait for its lease.
  private void leave(Duration most) {
    presence.close().completeOnTimeout(null, Math.max(0, most.toMillis()), TimeUnit.MILLISECONDS)
        .join();
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Stops at once.
  @Override
  public void close() {
    if (phase == Phase.CLOSED) {
      return;
    }
    phase = Phase.CLOSED;
    listeners.close();
    internal.close();
    closeLoops();
    var watched = jvm;
    if (watched != null) {
      watched.close();
    }
  }

  private void closeLoops() {
    leave(LEAVE_MOST);
    control.close();
    if (presence instanceof ClusterPresence ofCluster) {
      ofCluster.disconnect();
    }
    broker.close();
    // Before the loops, on which who waits for a token's check is told.
    tokens.close();
    ioLoops.close();
    if (tls != null) {
      tls.close();
    }
    if (connector != null) {
      connector.close();
    }
    feedLoops.close();
  }
}
