package io.parley.presence.redis;

import io.parley.channel.ClientInfo;
import io.parley.loop.Loop;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.presence.ClientsCallback;
import io.parley.presence.Departures;
import io.parley.presence.Presence;
import io.parley.presence.PresenceRules;
import io.parley.presence.WhoCallback;
import io.parley.redis.RedisCommands;
import io.parley.redis.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// The presence of a cluster, in Redis.
///
/// # What is wanted, and what isn't sure
///
/// For each channel it knows who of this node should be in Redis, and of which clients that isn't
/// sure yet ([OwnMembers]). The changes of a tick leave in one script for each channel
/// (`change.lua`), which writes them, counts the version up and tells everybody. The script takes
/// what is so already for no change; so whatever has no answer is simply written again.
///
/// # Lives of a node
///
/// Members are written under the node's id, whose lease the cluster keeps; it says under which id
/// ([#onNode]), when that is another one (all is written again), and whether it may be used just
/// now: a node that was frozen doesn't write under an id that others may be sweeping. What was on
/// its way all the same is for the scripts to refuse: nobody comes under an id without a lease.
///
/// The sweep of a dead node ([#sweep]) writes its clients as gone, by the same script. Two nodes
/// that sweep at once do no harm: what the one has done is no change for the other.
///
/// # Who waits for what
///
/// A maintenance task runs some times a second, whoever is there. It lets those leave whose time
/// has come, and has that written again which failed, and large channels, whose changes are
/// gathered. So there is no timer for a client, and no command for one who just stays.
///
/// Confined to its loop; the methods of [Presence] may be called from any thread.
public final class RedisPresence implements Presence {
  private static final long MAINTENANCE_MILLIS = 100;
  private static final long PAUSE_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long PAUSE_MAX_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final RedisCommands connection;
  private final Loop loop;
  private final PresenceKeys keys;
  private final LongSupplier nanoClock;
  private final Departures departures;
  private final boolean leavesAtOnce;
  private final PresenceCommands commands;
  private final OwnMembers own;
  private final WhoReads reads;

  /// Members of this node, those who will leave among them. Other threads read it.
  private final AtomicInteger members = new AtomicInteger();

  /// Whether Redis may hold members of this node who aren't there, and couldn't be asked.
  private boolean isInDoubt;

  /// When it is asked again, and how much longer the next pause is.
  private long askAgainNanos;
  private long pauseNanos = PAUSE_MIN_NANOS;

  /// How often it is being asked just now.
  private int asking;

  /// Who wants to know when nobody waits to leave any more.
  private final List<CompletableFuture<Void>> settling = new ArrayList<>();

  /// Whether everybody has to leave.
  private boolean isClosing;

  /// Completes when everybody has left, or can't, with which it is.
  private final CompletableFuture<Boolean> closed = new CompletableFuture<>();

  /// What the commands that this is given have to know of.
  public static List<Script> scripts() {
    return Stream.concat(PresenceCommands.scripts().stream(), Stream.of(WhoReads.SCRIPT)).toList();
  }

  /// @param connection has the [#scripts], and isn't started
  /// @param prefix stands before every key and channel
  /// @param mayWrite whether the node's lease is surely held; asked on the loop
  /// @param nanoClock monotonic time
  public RedisPresence(RedisCommands connection, Loop loop, String prefix, PresenceRules rules,
      BooleanSupplier mayWrite, LongSupplier nanoClock, Metrics metrics) {
    this.connection = connection;
    this.loop = loop;
    this.keys = new PresenceKeys(prefix);
    this.nanoClock = nanoClock;
    this.leavesAtOnce = rules.leaveDelay().isZero();
    this.departures = new Departures(rules.leaveDelay());
    this.commands = new PresenceCommands(connection, keys, rules, nanoClock);
    this.own = new OwnMembers(loop, commands, rules, mayWrite, nanoClock,
        metrics.counter(Metric.PRESENCE_CHANGES));
    this.reads = new WhoReads(connection, keys, rules, own, metrics);
    // A late join would bring back who has left, and nobody would let him leave again.
    connection.fence();
    metrics.sum(Metric.PRESENCE_MEMBERS, members::get);
    loop.run(this::maintain);
  }

  @Override
  public void join(String channel, ClientInfo client) {
    loop.execute(() -> {
      if (!isClosing) {
        departures.callOff(channel, client.client());
        if (own.enter(channel, client)) {
          members.incrementAndGet();
        }
      }
    });
  }

  @Override
  public void leave(String channel, UUID client) {
    loop.execute(() -> onLeave(channel, client));
  }

  private void onLeave(String channel, UUID client) {
    departures.callOff(channel, client);
    if (own.remove(channel, client)) {
      members.decrementAndGet();
    }
  }

  @Override
  public void leaveLater(String channel, UUID client) {
    loop.execute(() -> {
      if (leavesAtOnce) {
        onLeave(channel, client);
      } else if (own.has(channel, client)) {
        departures.add(channel, client, nanoClock.getAsLong());
      }
    });
  }

  @Override
  public void who(String channel, WhoCallback callback) {
    loop.execute(() -> reads.ask(channel, callback));
  }

  @Override
  public void clients(String channel, int most, ClientsCallback callback) {
    // What this node wrote before goes before.
    loop.execute(() -> own.behind(channel,
        () -> new ClientsRead(connection, keys, channel, most, callback).start()));
  }

  @Override
  public CompletableFuture<?> settle() {
    var settled = new CompletableFuture<Void>();
    loop.execute(() -> {
      settling.add(settled);
      settleIfDone();
    });
    return settled;
  }

  private void settleIfDone() {
    if (isClosing || departures.size() == 0) {
      settling.forEach(each -> each.complete(null));
      settling.clear();
    }
  }

  /// What fails is tried again, for as long as Redis does anything within its timeout.
  ///
  /// @return completes with whether all members of this node have left. Else the node has to be
  /// left to others to sweep
  @Override
  public CompletableFuture<Boolean> close() {
    loop.execute(() -> {
      if (!isClosing) {
        isClosing = true;
        own.close();
        members.set(0);
        settleIfDone();
        endIfDone();
      }
    });
    return closed.copy();
  }

  private void endIfDone() {
    if (!isClosing) {
      return;
    }
    // In doubt some may be left whom nobody knows of.
    if (own.hasGone() && !isInDoubt && asking == 0) {
      closed.complete(true);
    } else if (own.isStuck()) {
      closed.complete(false);
    }
  }

  /// From here on the node has this id. Nothing was written under it yet, so all is.
  public void onNode(String id) {
    assert loop.inLoop();
    own.startAnew(id);
    isInDoubt = false;
  }

  /// Redis may have lost something of what was written: all is written again, and what is there
  /// too much is looked for.
  public void onDoubt() {
    assert loop.inLoop();
    var id = own.node();
    if (id == null) {
      return;
    }
    own.writeAll();
    lookForStrangers(id);
  }

  /// Looks for members whom Redis has, and who aren't there.
  private void lookForStrangers(String id) {
    int doubted = own.life();
    asking++;
    isInDoubt = false;
    walk(id, new HeldWalk.Visitor() {
      @Override
      public void onClients(String channel, List<UUID> clients, Consumer<Boolean> next) {
        boolean isSame = doubted == own.life();
        if (isSame) {
          own.onFound(channel, clients);
        }
        next.accept(isSame);
      }

      @Override
      public void onEnd(String channel, Consumer<Boolean> next) {
        next.accept(true);
      }
    }, isDone -> {
      asking--;
      if (isDone) {
        pauseNanos = PAUSE_MIN_NANOS;
      } else if (doubted == own.life()) {
        isInDoubt = true;
        askAgainNanos = nanoClock.getAsLong() + pauseNanos;
        pauseNanos = Math.min(PAUSE_MAX_NANOS, 2 * pauseNanos);
      }
    });
  }

  /// Lets all members of a dead node leave.
  ///
  /// @param id the node's
  /// @param done is told on the loop whether none is left
  public void sweep(String id, Consumer<Boolean> done) {
    assert loop.inLoop();
    walk(id, new HeldWalk.Visitor() {
      @Override
      public void onClients(String channel, List<UUID> clients, Consumer<Boolean> next) {
        commands.write(id, channel, clients, Map.of(), result -> next.accept(result != null));
      }

      @Override
      public void onEnd(String channel, Consumer<Boolean> next) {
        commands.forget(id, channel, next);
      }
    }, done);
  }

  private void walk(String id, HeldWalk.Visitor visitor, Consumer<Boolean> done) {
    new HeldWalk(connection, keys, id, visitor, done).start();
  }

  private void maintain() {
    boolean areMoreDue = departures.takeDue(nanoClock.getAsLong(), this::onLeave);
    settleIfDone();
    own.maintain();
    var id = own.node();
    if (isInDoubt && id != null && commands.isOpen()
        && nanoClock.getAsLong() - askAgainNanos >= 0) {
      lookForStrangers(id);
    }
    commands.calmDown();
    endIfDone();
    if (!closed.isDone()) {
      loop.schedule(this::maintain, areMoreDue ? 0 : MAINTENANCE_MILLIS);
    }
  }
}
