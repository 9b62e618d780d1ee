package io.parley.cluster.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.micrometer.core.instrument.Counter;
import io.parley.cluster.ClusterRules;
import io.parley.cluster.NodeEvents;
import io.parley.loop.Loop;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.redis.FlatOutput;
import io.parley.redis.RedisCommands;
import io.parley.redis.Script;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A node's place in the cluster: its id, the lease that says that it lives, and its part in
/// clearing up behind nodes that have died.
///
/// # The lease
///
/// `lease:ID` expires, and the node renews it four times as often as that takes. Whoever finds a
/// node in the registry (`nodes`) without a lease, twice ([Suspects]), writes `swept` in its place;
/// that is one command, so either the node has its lease or others may sweep it, never both. A node
/// that was frozen, or away from Redis for long, therefore finds one of two things: nobody was
/// there, and it goes on with its old id (`kept`); or it was swept (`gone`), and takes a new one.
///
/// # When Redis is away
///
/// Leases run out while Redis is away, and none of those nodes is dead. So a node sweeps only after
/// it has itself been in unbroken contact with Redis for a whole lease, by a monotonic clock: by
/// then everybody who lives has renewed. A connection that is lost ends the contact, and each claim
/// (`claim.lua`) checks that this is still the Redis that the node has renewed in: one that was
/// started again from an older state has leases that ran out on its disk.
///
/// # How long the dead are there
///
/// A lease, then a quarter of one or a bit more until somebody looks (the looks of nodes are spread
/// at random), then the same again until the second look; with the usual 15 s no more than 25, and
/// the sweep.
///
/// Confined to its loop; [#start] and [#close] may be called from any thread.
public final class NodeLease {
  private static final Logger LOG = System.getLogger(NodeLease.class.getName());
  private static final Script RENEW = Script.of(NodeLease.class, "renew.lua");
  private static final Script CLAIM = Script.of(NodeLease.class, "claim.lua");
  private static final byte[] LIVES = bytes("lives");
  private static final byte[] SWEPT = bytes("swept");

  /// How long it is remembered that a node was swept.
  private static final Duration SWEPT_LIFE = Duration.ofDays(1);

  /// How often a node tries that has no lease it can be sure of.
  private static final long RETRY_MILLIS = 100;

  /// Renewals in a lease.
  private static final int RENEWALS = 4;

  /// Which part of a lease lies between two looks at a node without one: more than until whoever
  /// lives has renewed.
  private static final double SECOND_LOOK = 5.0 / 16;

  private final RedisCommands commands;
  private final Loop loop;
  private final ClusterRules rules;
  private final NodeEvents events;
  private final LongSupplier nanoClock;
  private final long leaseNanos;
  private final Suspects suspects;
  private final Counter lost;
  private final Counter swept;

  /// Null before there is a lease on one.
  private @Nullable String id;

  /// Under which a lease is being asked for, or is held.
  private String candidate;

  /// When the last renewal that has succeeded was sent.
  private long renewedNanos;

  /// Since when every renewal has succeeded; null while that isn't so.
  private @Nullable Long contactNanos;

  /// Of the Redis that answered last; empty at first.
  private String replid = "";

  /// The next renewal; null while one is under way.
  private Loop.@Nullable Timer next;

  /// The next look at the others; null before the first is planned.
  private Loop.@Nullable Timer nextLook;
  private boolean isSweeping;
  private boolean isClosed;

  /// What the commands that this is given have to know of.
  public static List<Script> scripts() {
    return List.of(RENEW, CLAIM);
  }

  /// @param commands has the [#scripts]
  /// @param nanoClock monotonic time
  public NodeLease(RedisCommands commands, Loop loop, ClusterRules rules, NodeEvents events,
      LongSupplier nanoClock, Metrics metrics) {
    this.commands = commands;
    this.loop = loop;
    this.rules = rules;
    this.events = events;
    this.nanoClock = nanoClock;
    this.leaseNanos = rules.lease().toNanos();
    this.suspects = new Suspects((long) (leaseNanos * SECOND_LOOK));
    this.lost = metrics.counter(Metric.LEASE_LOST);
    this.swept = metrics.counter(Metric.NODES_SWEPT);
    this.candidate = newId();
    commands.watch(new RedisCommands.Watcher() {
      @Override
      public void onOpen() {
        renewNow();
      }

      @Override
      public void onLost() {
        contactNanos = null;
      }
    });
  }

  private String newId() {
    return rules.name() + "-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  }

  public void start() {
    loop.execute(() -> {
      renew();
      lookLater();
    });
  }

  /// Whether the lease is surely held, so that something may be written under the id. It isn't for
  /// the last quarter of the lease without a renewal: what is written now is there by then.
  public boolean isHeld() {
    return id != null
        && nanoClock.getAsLong() - renewedNanos < leaseNanos / RENEWALS * (RENEWALS - 1);
  }

  /// Ends the lease.
  ///
  /// @param hasGone whether what was kept under it has. If not, the lease runs out, and the others
  /// clear up as behind a dead node
  /// @return completes when that is done, or can't be done
  public CompletableFuture<?> close(boolean hasGone) {
    var closed = new CompletableFuture<Void>();
    loop.execute(() -> {
      var had = isClosed ? null : id;
      isClosed = true;
      if (had == null || !hasGone || !commands.isOpen()) {
        closed.complete(null);
        return;
      }
      leave(had, isDone -> closed.complete(null));
    });
    return closed;
  }

  private void leave(String had, Consumer<Boolean> done) {
    send(CommandType.HDEL, args().add(key("nodes")).add(had), integer(), 0L, gone -> send(
        CommandType.DEL, args().add(lease(had)), integer(), 0L, none -> done.accept(true), done),
        done);
  }

  private void renewNow() {
    if (next != null) {
      next.cancel();
      renew();
    }
  }

  private void renew() {
    next = null;
    if (isClosed) {
      return;
    }
    long sentNanos = nanoClock.getAsLong();
    if (id != null && sentNanos - renewedNanos > SWEPT_LIFE.toNanos() / 2) {
      // It may have been swept so long ago that nobody remembers.
      onGone();
    }
    var asked = candidate;
    var args = args().add(RENEW.digest()).add(1).add(lease(asked)).add(LIVES).add(SWEPT)
        .add(rules.lease().toMillis());
    send(CommandType.EVALSHA, args, new FlatOutput(), List.of(), answer -> {
      boolean isHeld = onRenewed(asked, sentNanos, answer);
      next = loop.schedule(this::renew, isHeld ? rules.lease().toMillis() / RENEWALS : 0);
    }, isDone -> {
      contactNanos = null;
      next = loop.schedule(this::renew, RETRY_MILLIS);
    });
  }

  /// Redis has answered; whether that is a lease.
  private boolean onRenewed(String asked, long sentNanos, List<byte[]> answer) {
    if (isClosed) {
      return true;
    }
    var state = text(answer.getFirst());
    var server = text(answer.getLast());
    if (state.equals("gone")) {
      onGone();
      return false;
    }
    renewedNanos = sentNanos;
    boolean isFirst = !asked.equals(id);
    boolean isSame = state.equals("held") && server.equals(replid);
    replid = server;
    if (contactNanos == null || !isSame) {
      contactNanos = sentNanos;
    }
    if (isFirst || !isSame) {
      register(asked, isFirst);
    }
    return true;
  }

  /// Others have swept this node.
  private void onGone() {
    lost.increment();
    LOG.log(Level.WARNING, "cluster: the lease of " + candidate + " was lost: the node was frozen,"
        + " or away from Redis, for longer than presence.lease; it takes a new id");
    id = null;
    candidate = newId();
    contactNanos = null;
  }

  private void register(String asked, boolean isFirst) {
    var about = "{\"name\":\"" + rules.name() + "\",\"since\":\"" + Instant.now() + "\"}";
    send(CommandType.HSET, args().add(key("nodes")).add(asked).add(about), integer(), 0L, done -> {
      if (!asked.equals(candidate)) {
        return;
      }
      if (isFirst) {
        id = asked;
        events.onNode(asked);
      } else {
        events.onDoubt();
      }
    }, isDone -> {
      // Then the next renewal has to find that it isn't so.
      replid = "";
    });
  }

  private void lookLater() {
    long quarter = rules.lease().toMillis() / RENEWALS;
    nextLook = loop.schedule(this::look, ThreadLocalRandom.current().nextLong(
        quarter * 3 / 4, quarter * 5 / 4 + 1));
  }

  /// Somebody has no lease: it is looked whether that stays so, and no later than has to be.
  private void lookAgain() {
    if (nextLook != null) {
      nextLook.cancel();
    }
    // Timers may be a little early.
    nextLook = loop.schedule(this::look, (long) (rules.lease().toMillis() * SECOND_LOOK) + 2);
  }

  private void look() {
    if (isClosed) {
      return;
    }
    lookLater();
    if (!isSweeping && maySweep()) {
      isSweeping = true;
      send(CommandType.HKEYS, args().add(key("nodes")), new FlatOutput(), List.of(),
          ids -> {
            var others = ids.stream().map(NodeLease::text)
                .filter(each -> !each.equals(candidate)).toList();
            suspects.retain(others);
            sweepNext(new ArrayDeque<>(others));
          }, isDone -> isSweeping = false);
    }
  }

  private boolean maySweep() {
    var since = contactNanos;
    // It may itself have been frozen until just now.
    return !isClosed && since != null && isHeld() && nanoClock.getAsLong() - since >= leaseNanos;
  }

  private void sweepNext(ArrayDeque<String> ids) {
    var other = ids.poll();
    // What has changed since the last one may have ended the contact.
    if (other == null || !maySweep()) {
      isSweeping = false;
      return;
    }
    claim(other, isDead -> {
      if (!isDead || !maySweep()) {
        sweepNext(ids);
        return;
      }
      LOG.log(Level.INFO, "cluster: node " + other + " is dead; its members leave");
      events.sweep(other, isDone -> {
        if (isDone) {
          send(CommandType.HDEL, args().add(key("nodes")).add(other), integer(), 0L,
              removed -> swept.increment(removed), failed -> {});
        }
        sweepNext(ids);
      });
    });
  }

  /// Finds out whether a node may be swept: it had no lease for a while, and none of its own can
  /// come any more.
  private void claim(String other, Consumer<Boolean> isDead) {
    long contact = contactNanos == null ? nanoClock.getAsLong() : contactNanos;
    boolean isClaimed = suspects.isDead(other, contact, nanoClock.getAsLong());
    var args = args().add(CLAIM.digest()).add(1).add(lease(other)).add(SWEPT).add(replid)
        .add(isClaimed ? SWEPT_LIFE.toMillis() : 0);
    send(CommandType.EVALSHA, args, text(), "", answer -> {
      if (!answer.equals("absent")) {
        suspects.remove(other);
      } else if (suspects.add(other, contact, nanoClock.getAsLong())) {
        lookAgain();
      }
      isDead.accept(answer.equals("dead"));
    }, isDead);
  }

  private byte[] lease(String of) {
    return key("lease:" + of);
  }

  private byte[] key(String name) {
    return bytes(rules.prefix() + name);
  }

  private static CommandArgs<byte[], byte[]> args() {
    return new CommandArgs<>(ByteArrayCodec.INSTANCE);
  }

  private static IntegerOutput<byte[], byte[]> integer() {
    return new IntegerOutput<>(ByteArrayCodec.INSTANCE);
  }

  /// Empty for an answer without a value.
  private static StatusOutput<byte[], byte[]> text() {
    return new StatusOutput<>(ByteArrayCodec.INSTANCE);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// @param none stands for an answer without a value
  /// @param then gets the answer
  /// @param otherwise is called with false where there is none
  private <T> void send(CommandType type, CommandArgs<byte[], byte[]> args,
      CommandOutput<byte[], byte[], T> output, T none, Consumer<T> then,
      Consumer<Boolean> otherwise) {
    commands.send(type, args, output, new RedisCommands.End<T>() {
      @Override
      public void onAnswer(@Nullable T answer) {
        then.accept(answer == null ? none : answer);
      }

      @Override
      public void onRefused(String error) {
        otherwise.accept(false);
      }

      @Override
      public void onUnknown() {
        otherwise.accept(false);
      }
    });
  }
}
