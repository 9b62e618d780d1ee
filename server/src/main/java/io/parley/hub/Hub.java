package io.parley.hub;

import io.parley.broker.Broker;
import io.parley.broker.BrokerEvents;
import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.loop.Loop;
import io.parley.presence.Presence;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// From the broker to this node's members: feeds on the feed loops, members on the shards. It only
/// carries things to their owners.
///
/// Thread-safe.
public final class Hub implements BrokerEvents {
  private final List<Shard> shards = new ArrayList<>();
  private final List<FeedLoop> feedLoops = new ArrayList<>();

  public Hub(
      List<? extends Loop> shardLoops,
      List<? extends Loop> loops,
      Broker broker,
      Presence presence,
      HubSettings settings) {
    for (var loop : shardLoops) {
      shards.add(new Shard(this, loop, shards.size(), settings.metrics()));
    }
    long ringBytes = settings.history().ringBytes() / loops.size();
    for (var loop : loops) {
      feedLoops.add(new FeedLoop(loop, broker, presence, shards, ringBytes, settings));
    }
  }

  /// One for each loop that serves connections, in their order.
  public List<Shard> shards() {
    return shards;
  }

  void join(Subscription subscription) {
    var owner = ownerOf(subscription.channel());
    owner.loop().execute(() -> owner.onJoin(subscription));
  }

  void place(Subscription subscription) {
    var owner = ownerOf(subscription.channel());
    owner.loop().execute(() -> owner.onPlace(subscription));
  }

  void leave(Subscription subscription) {
    var owner = ownerOf(subscription.channel());
    owner.loop().execute(() -> owner.onLeave(subscription));
  }

  /// Looks up the newest publications of a channel before an offset.
  ///
  /// @param answer is told on a thread of the hub's choosing; null: they couldn't be read
  public void history(HistoryRequest request, Consumer<@Nullable History> answer) {
    var owner = ownerOf(request.channel());
    owner.loop().execute(() -> owner.onHistory(request, answer));
  }

  /// Forgets what is at hand of a channel's history, because it was removed.
  public CompletableFuture<?> forget(String channel) {
    var owner = ownerOf(channel);
    var done = new CompletableFuture<Void>();
    owner.loop().execute(() -> {
      owner.onForget(channel);
      done.complete(null);
    });
    return done;
  }

  @Override
  public void onPublication(String channel, Publication publication) {
    var owner = ownerOf(channel);
    owner.loop().run(() -> owner.onPublication(channel, publication));
  }

  @Override
  public void onPresence(String channel, PresenceEvent event) {
    var owner = ownerOf(channel);
    owner.loop().run(() -> owner.onPresence(channel, event));
  }

  @Override
  public void onSubscribed(String channel) {
    var owner = ownerOf(channel);
    owner.loop().run(() -> owner.onSubscribed(channel));
  }

  @Override
  public void onUnsubscribed(String channel) {
    var owner = ownerOf(channel);
    owner.loop().run(() -> owner.onUnsubscribed(channel));
  }

  @Override
  public void onInterrupted() {
    feedLoops.forEach(owner -> owner.loop().run(owner::onInterrupted));
  }

  /// The loop that owns a channel's feed, for the life of the node.
  private FeedLoop ownerOf(String channel) {
    return feedLoops.get(Math.floorMod(channel.hashCode(), feedLoops.size()));
  }
}
