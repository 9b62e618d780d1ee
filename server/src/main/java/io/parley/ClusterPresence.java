package io.parley;

import io.parley.channel.ClientInfo;
import io.parley.cluster.ClusterRules;
import io.parley.cluster.ControlPlane;
import io.parley.cluster.NodeActions;
import io.parley.cluster.NodeEvents;
import io.parley.cluster.redis.NodeLease;
import io.parley.cluster.redis.RedisControl;
import io.parley.cluster.redis.RedisControl.ControlRules;
import io.parley.config.Settings;
import io.parley.loop.Loop;
import io.parley.metric.Metrics;
import io.parley.presence.ClientsCallback;
import io.parley.presence.Presence;
import io.parley.presence.PresenceRules;
import io.parley.presence.WhoCallback;
import io.parley.presence.redis.RedisPresence;
import io.parley.redis.RedisCommands;
import io.parley.redis.RedisConnector;
import io.parley.redis.RedisLink.LinkSettings;
import io.parley.rules.Rules;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The presence of a node in a cluster, with the lease that it stands on. They have a connection of
/// their own: who is there is never on the way of a message.
///
/// Thread-safe.
final class ClusterPresence implements Presence {
  private final RedisCommands commands;
  private final RedisPresence presence;
  private final NodeLease lease;

  ClusterPresence(RedisConnector connector, Loop loop, Settings settings, Metrics metrics) {
    var redis = settings.redis();
    commands = new RedisCommands(connector, loop,
        new LinkSettings("presence", redis.pingInterval(), redis.timeout()),
        Stream.concat(RedisPresence.scripts().stream(), NodeLease.scripts().stream()).toList(),
        metrics);
    presence = new RedisPresence(commands, loop, redis.prefix(), rulesOf(settings),
        this::isHeld, System::nanoTime, metrics);
    lease = new NodeLease(commands, loop, new ClusterRules(
        redis.prefix(), settings.node().name(), settings.presence().lease()),
        new Life(presence), System::nanoTime, metrics);
  }

  static PresenceRules rulesOf(Settings settings) {
    var presence = settings.presence();
    // Suites of SDKs expect that who is gone has left.
    var leaveDelay = settings.client().insecure() ? Duration.ZERO : presence.leaveDelay();
    return new PresenceRules(new Rules(settings.namespaces())::tellsJoins, leaveDelay,
        presence.batchFrom(), presence.batchNames(), presence.whoUsers(), presence.whoQueue());
  }

  void start() {
    commands.start();
    lease.start();
  }

  private boolean isHeld() {
    return lease.isHeld();
  }

  @Override
  public void join(String channel, ClientInfo client) {
    presence.join(channel, client);
  }

  @Override
  public void leave(String channel, UUID client) {
    presence.leave(channel, client);
  }

  @Override
  public void leaveLater(String channel, UUID client) {
    presence.leaveLater(channel, client);
  }

  @Override
  public void who(String channel, WhoCallback callback) {
    presence.who(channel, callback);
  }

  @Override
  public void clients(String channel, int most, ClientsCallback callback) {
    presence.clients(channel, most, callback);
  }

  @Override
  public CompletableFuture<?> settle() {
    return presence.settle();
  }

  /// Lets the members leave, then gives up the lease. If some of them couldn't, the node stays
  /// registered, so that others find that it is dead, and who is left.
  @Override
  public CompletableFuture<?> close() {
    return presence.close().thenCompose(lease::close);
  }

  /// The control plane, on the same connection, with one more for what others say.
  ControlPlane control(RedisConnector connector, Loop loop, Settings settings,
      String id, NodeActions node, Metrics metrics) {
    var redis = settings.redis();
    var control = new RedisControl(connector, commands, loop,
        new LinkSettings("control", redis.pingInterval(), redis.timeout()),
        new ControlRules(redis.prefix(), id, settings.api().surveyTimeout(),
            settings.limits().emulationTimeout(), redis.queueBytes()),
        node, metrics);
    control.start();
    return control;
  }

  /// Ends the connection, whatever is under way.
  CompletableFuture<?> disconnect() {
    return commands.close();
  }

  private record Life(RedisPresence presence) implements NodeEvents {
    @Override
    public void onNode(String id) {
      presence.onNode(id);
    }

    @Override
    public void onDoubt() {
      presence.onDoubt();
    }

    @Override
    public void sweep(String id, Consumer<Boolean> done) {
      presence.sweep(id, done);
    }
  }
}
