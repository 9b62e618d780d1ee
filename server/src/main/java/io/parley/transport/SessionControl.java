package io.parley.transport;

import io.parley.cluster.Ask;
import io.parley.cluster.Ask.Whose;
import io.parley.cluster.Glob;
import io.parley.cluster.NodeActions;
import io.parley.cluster.Told;
import io.parley.hub.Hub;
import io.parley.hub.Start;
import io.parley.session.Session;
import io.parley.session.SubscribeRequest;
import io.parley.session.SubscribeRequest.Grant;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Does what the cluster asks of this node's connections. Each shard looks through its own, on its
/// loop: nobody keeps a list of users or channels for this, which would cost each connection
/// memory.
///
/// Thread-safe.
final class SessionControl implements NodeActions {
  private final Collection<Connections> shards;
  private final Hub hub;
  private final Streams streams;
  private final About about;

  /// What doesn't change in what the node tells of itself.
  record About(String id, String name, String version, long sinceNanos) {}

  SessionControl(Collection<Connections> shards, Hub hub, Streams streams, About about) {
    this.shards = List.copyOf(shards);
    this.hub = hub;
    this.streams = streams;
    this.about = about;
  }

  @Override
  public CompletableFuture<Told> answer(Ask ask) {
    return switch (ask) {
      case Ask.Disconnect disconnect -> forEach(disconnect.whose(), (connection, session) -> {
        if (!disconnect.but().contains(session.client().toString())) {
          connection.disconnect(disconnect.code(), disconnect.reason());
        }
      });
      case Ask.Subscribe subscribe -> {
        var request = request(subscribe);
        yield forEach(subscribe.whose(), (connection, _) -> connection.subscribe(request));
      }
      case Ask.Unsubscribe(var whose, var channel) -> forEach(whose,
          (connection, _) -> connection.unsubscribe(channel));
      case Ask.Forget(var channel) -> hub.forget(channel).thenApply(_ -> Told.Done.DONE);
      case Ask.Channels(var pattern, var most) -> channels(new Glob(pattern), most);
      case Ask.About _ -> about();
      case Ask.Emulate(var commands) -> CompletableFuture.completedFuture(
          streams.deliver(commands));
    };
  }

  private static SubscribeRequest request(Ask.Subscribe subscribe) {
    var since = subscribe.since();
    var terms = subscribe.terms();
    return new SubscribeRequest(subscribe.channel(),
        since == null ? Start.Now.AT_A_POSITION : new Start.After(since, true, false), false,
        new Grant(bytes(terms.info()), bytes(terms.data()), terms.expireAt(), terms.isHidden(),
            terms.seesPresence()));
  }

  private static byte @Nullable [] bytes(@Nullable String json) {
    return json == null ? null : json.getBytes(StandardCharsets.UTF_8);
  }

  private CompletableFuture<Told> forEach(Whose whose, BiConsumer<Client, Session> action) {
    return gather(() -> (connection, session) -> {
      if (whose.are(session.user(), session.client().toString())) {
        action.accept(connection, session);
      }
    }, _ -> Told.Done.DONE);
  }

  private CompletableFuture<Told> channels(Glob pattern, int most) {
    return gather(() -> new Counts(pattern), all -> {
      var clients = new TreeMap<String, Integer>();
      all.forEach(each -> each.clients.forEach(
          (name, count) -> clients.merge(name, count, Integer::sum)));
      return Told.Channels.first(clients, most);
    });
  }

  private CompletableFuture<Told> about() {
    return gather(() -> new Counts(new Glob("")), all -> {
      var users = new HashSet<String>();
      var channels = new HashSet<String>();
      int clients = 0;
      int subscriptions = 0;
      for (var each : all) {
        users.addAll(each.users);
        channels.addAll(each.clients.keySet());
        clients += each.sessions;
        subscriptions += each.clients.values().stream().mapToInt(Integer::intValue).sum();
      }
      long seconds = (System.nanoTime() - about.sinceNanos) / 1_000_000_000;
      return new Told.About(about.id, about.name, about.version, clients, users.size(),
          channels.size(), subscriptions, seconds);
    });
  }

  /// What one shard's connections come to. Confined to its loop, then to who sums up.
  private static final class Counts implements BiConsumer<Client, Session> {
    private final Glob pattern;
    private final Map<String, Integer> clients = new HashMap<>();
    private final Set<String> users = new HashSet<>();
    private int sessions;

    Counts(Glob pattern) {
      this.pattern = pattern;
    }

    @Override
    public void accept(Client connection, Session session) {
      sessions++;
      users.add(session.user());
      for (var channel : session.channels()) {
        if (pattern.matches(channel)) {
          clients.merge(channel, 1, Integer::sum);
        }
      }
    }
  }

  /// Shows each shard's sessions to a visitor of its own.
  ///
  /// @param sum makes an answer of all visitors, in the end
  private <V extends BiConsumer<Client, Session>> CompletableFuture<Told> gather(
      Supplier<V> newVisitor, Function<List<V>, Told> sum) {
    var visits = shards.stream().map(shard -> {
      var visit = new CompletableFuture<V>();
      shard.shard().loop().execute(() -> {
        var visitor = newVisitor.get();
        shard.forEachSession(visitor);
        visit.complete(visitor);
      });
      return visit;
    }).toList();
    return CompletableFuture.allOf(visits.toArray(CompletableFuture[]::new))
        .thenApply(_ -> sum.apply(visits.stream().map(CompletableFuture::join).toList()));
  }
}
