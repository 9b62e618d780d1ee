package io.parley.presence.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.micrometer.core.instrument.Counter;
import io.parley.log.Trouble;
import io.parley.loop.Loop;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.presence.Departures;
import io.parley.presence.Presence;
import io.parley.presence.PresenceRules;
import io.parley.presence.WhoCallback;
import io.parley.redis.RedisCommands;
import io.parley.redis.Script;
import java.lang.System.Logger;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The presence of a cluster, in Redis.
///
/// # What is wanted, and what isn't sure
///
/// For each channel it knows who of this node should be in Redis, and of which clients that isn't
/// sure yet. The changes of a tick leave in one script for each channel (`change.lua`), which
/// writes them, counts the version up and tells everybody. The script takes what is so already for
/// no change; so whatever has no answer is simply written again. Few scripts are under way at a
/// time, and each is short, however many members there are.
///
/// # Lives of a node
///
/// Members are written under the node's id, whose lease the cluster keeps; it says under which id
/// ([#onNode]), when that is another one (all is written again), and whether it may be used just
/// now: a node that was frozen doesn't write under an id that others may be sweeping.
///
/// The sweep of a dead node ([#sweep]) writes its clients as gone, by the same script. Two nodes
/// that sweep at once do no harm: what the one has done is no change for the other.
///
/// # Who waits for what
///
/// A maintenance task runs some times a second, whoever is there. It lets those leave whose time
/// has come, and writes again what has failed, and large channels, whose changes are gathered. So
/// there is no timer for a client, and no command for one who just stays.
///
/// Confined to its loop; the methods of [Presence] may be called from any thread.
public final class RedisPresence implements Presence {
  private static final Logger LOG = System.getLogger(RedisPresence.class.getName());
  private static final long MAINTENANCE_MILLIS = 100;
  private static final int SCRIPTS_UNDER_WAY = 32;
  private static final long BATCH_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final RedisCommands commands;
  private final Loop loop;
  private final PresenceKeys keys;
  private final PresenceRules rules;
  private final BooleanSupplier mayWrite;
  private final LongSupplier nanoClock;
  private final Departures departures;
  private final ChangeScript script;
  private final WhoReads reads;
  private final Counter told;
  private final Trouble trouble = new Trouble(LOG, "presence");
  private long refusedNanos;

  private final Map<String, ChannelMembers> channels = new HashMap<>();

  /// Channels that have something to be written.
  private final ArrayDeque<ChannelMembers> ready = new ArrayDeque<>();

  /// Channels that have something to be written, but not before the next maintenance.
  private final ArrayDeque<ChannelMembers> held = new ArrayDeque<>();

  /// Null before the first one.
  private @Nullable String node;

  /// Counts the node's ids: an answer that was meant for an earlier one says nothing.
  private int life;
  private int underWay;
  private boolean pumpAsked;

  /// Members of this node, those who will leave among them. Other threads read it.
  private final AtomicInteger members = new AtomicInteger();

  /// Whether everybody has to leave.
  private boolean isClosing;

  /// Completes when everybody has left.
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /// What the commands that this is given have to know of.
  public static List<Script> scripts() {
    return List.of(ChangeScript.SCRIPT, WhoReads.SCRIPT);
  }

  /// @param commands has the [#scripts]
  /// @param prefix stands before every key and channel
  /// @param mayWrite whether the node's lease is surely held; asked on the loop
  /// @param nanoClock monotonic time
  public RedisPresence(RedisCommands commands, Loop loop, String prefix, PresenceRules rules,
      BooleanSupplier mayWrite, LongSupplier nanoClock, Metrics metrics) {
    this.commands = commands;
    this.loop = loop;
    this.keys = new PresenceKeys(prefix);
    this.rules = rules;
    this.mayWrite = mayWrite;
    this.nanoClock = nanoClock;
    this.departures = new Departures(rules.leaveDelay());
    this.script = new ChangeScript(commands, keys, rules);
    this.reads = new WhoReads(commands, keys, rules, loop, metrics);
    this.told = metrics.counter(Metric.PRESENCE_CHANGES);
    metrics.sum(Metric.PRESENCE_MEMBERS, members::get);
    loop.run(this::maintain);
  }

  @Override
  public void join(String channel, UUID client, String user) {
    loop.execute(() -> onJoin(channel, client, user));
  }

  private void onJoin(String channel, UUID client, String user) {
    if (isClosing) {
      return;
    }
    departures.callOff(channel, client);
    var entered = channels.computeIfAbsent(channel,
        name -> new ChannelMembers(name, nanoClock.getAsLong()));
    if (entered.wanted.putIfAbsent(client, user) == null) {
      members.incrementAndGet();
      entered.soil(client);
      queue(entered);
    }
  }

  @Override
  public void leave(String channel, UUID client) {
    loop.execute(() -> onLeave(channel, client));
  }

  private void onLeave(String channel, UUID client) {
    departures.callOff(channel, client);
    var left = channels.get(channel);
    if (left != null && left.wanted.remove(client) != null) {
      members.decrementAndGet();
      left.soil(client);
      queue(left);
    }
  }

  @Override
  public void leaveLater(String channel, UUID client) {
    loop.execute(() -> {
      var left = channels.get(channel);
      if (left != null && left.wanted.containsKey(client)) {
        departures.add(channel, client, nanoClock.getAsLong());
      }
    });
  }

  @Override
  public void who(String channel, WhoCallback callback) {
    loop.execute(() -> reads.ask(channel, callback));
  }

  @Override
  public CompletableFuture<?> close() {
    loop.execute(this::onClose);
    return closed.copy();
  }

  private void onClose() {
    if (isClosing) {
      return;
    }
    isClosing = true;
    for (var each : channels.values()) {
      each.soilAll();
      each.wanted.clear();
      each.notBeforeNanos = nanoClock.getAsLong();
      queue(each);
    }
    members.set(0);
    endIfEmpty();
  }

  private void endIfEmpty() {
    if (isClosing && (channels.isEmpty() || node == null || !commands.isOpen())) {
      closed.complete(null);
    }
  }

  /// From here on the node has this id. Nothing was written under it yet, so all is.
  public void onNode(String id) {
    assert loop.inLoop();
    node = id;
    life++;
    underWay = 0;
    channels.values().removeIf(each -> each.wanted.isEmpty());
    for (var each : channels.values()) {
      each.startAnew(nanoClock.getAsLong());
      queue(each);
    }
  }

  /// Redis may have lost something of what was written: all is written again, and what is there
  /// too much is looked for.
  public void onDoubt() {
    assert loop.inLoop();
    var id = node;
    if (id == null) {
      return;
    }
    for (var each : channels.values()) {
      each.isNoted = false;
      each.soilAll();
      queue(each);
    }
    int doubted = life;
    new HeldWalk(commands, keys, id, new HeldWalk.Visitor() {
      @Override
      public void onClients(String channel, List<UUID> clients, Consumer<Boolean> next) {
        if (doubted == life) {
          onFound(channel, clients);
        }
        next.accept(doubted == life);
      }

      @Override
      public void onEnd(String channel, Consumer<Boolean> next) {
        next.accept(true);
      }
    }, isDone -> {
      // If it isn't, the connection broke, and the cluster will have its doubts again.
    }).start();
  }

  private void onFound(String channel, List<UUID> clients) {
    var known = channels.computeIfAbsent(channel,
        name -> new ChannelMembers(name, nanoClock.getAsLong()));
    known.mayBeWritten = true;
    clients.stream().filter(client -> !known.wanted.containsKey(client)).forEach(known::soil);
    queue(known);
  }

  /// Lets all members of a dead node leave.
  ///
  /// @param id the node's
  /// @param done is told on the loop whether none is left
  public void sweep(String id, Consumer<Boolean> done) {
    assert loop.inLoop();
    new HeldWalk(commands, keys, id, new HeldWalk.Visitor() {
      @Override
      public void onClients(String channel, List<UUID> clients, Consumer<Boolean> next) {
        script.send(id, channel, clients, Map.of(), new Answer() {
          @Override
          void onEnd(@Nullable List<byte[]> answer) {
            next.accept(answer != null);
          }
        });
      }

      @Override
      public void onEnd(String channel, Consumer<Boolean> next) {
        forget(id, channel, next);
      }
    }, done).start();
  }

  /// Redis needs not know any more that the node has members in the channel.
  private void forget(String id, String channel, Consumer<Boolean> next) {
    commands.send(CommandType.SREM, noted(id, channel), new IntegerOutput<>(
        ByteArrayCodec.INSTANCE), new RedisCommands.End<>() {
          @Override
          public void onAnswer(@Nullable Long count) {
            next.accept(true);
          }

          @Override
          public void onRefused(String error) {
            next.accept(false);
          }

          @Override
          public void onUnknown() {
            next.accept(false);
          }
        });
  }

  private CommandArgs<byte[], byte[]> noted(String id, String channel) {
    return new CommandArgs<>(ByteArrayCodec.INSTANCE).add(keys.at(id))
        .add(PresenceKeys.bytes(channel));
  }

  private void maintain() {
    departures.takeDue(nanoClock.getAsLong(), this::onLeave);
    held.forEach(each -> each.isQueued = false);
    while (!held.isEmpty()) {
      queue(held.remove());
    }
    askForPump();
    if (trouble.isOn() && nanoClock.getAsLong() - refusedNanos > CALM_NANOS) {
      trouble.over("accepted again");
    }
    if (!closed.isDone()) {
      loop.schedule(this::maintain, MAINTENANCE_MILLIS);
    }
    endIfEmpty();
  }

  private void queue(ChannelMembers channel) {
    if (!channel.isQueued && !channel.isBusy) {
      channel.isQueued = true;
      ready.add(channel);
      askForPump();
    }
  }

  private void hold(ChannelMembers channel) {
    if (!channel.isQueued) {
      channel.isQueued = true;
      held.add(channel);
    }
  }

  private void askForPump() {
    if (!pumpAsked && !ready.isEmpty()) {
      pumpAsked = true;
      loop.atTickEnd(this::pump);
    }
  }

  private void pump() {
    pumpAsked = false;
    var id = node;
    if (id == null || !commands.isOpen() || !mayWrite.getAsBoolean()) {
      return;
    }
    long now = nanoClock.getAsLong();
    while (!ready.isEmpty() && underWay < SCRIPTS_UNDER_WAY) {
      var next = ready.remove();
      next.isQueued = false;
      if (next.notBeforeNanos - now > 0) {
        hold(next);
      } else {
        write(id, next);
      }
    }
  }

  private void write(String id, ChannelMembers channel) {
    if (channels.get(channel.channel) != channel || channel.isBusy) {
      // It has ended, or will be queued again with its answer.
      return;
    }
    boolean isPassing = channel.wanted.isEmpty() && !channel.mayBeWritten;
    if (isPassing || channel.isOver()) {
      channels.remove(channel.channel);
      if (channel.mayBeWritten) {
        forget(id, channel.channel, isDone -> endIfEmpty());
      } else {
        endIfEmpty();
      }
      return;
    }
    if (!channel.isNoted && !channel.wanted.isEmpty()) {
      note(id, channel);
    }
    var clients = channel.takeDirty(ChangeScript.MEMBERS_MAX);
    if (clients.isEmpty()) {
      return;
    }
    channel.isBusy = true;
    channel.mayBeWritten = true;
    underWay++;
    int sent = life;
    script.send(id, channel.channel, clients, channel.wanted, new Answer() {
      @Override
      void onEnd(@Nullable List<byte[]> answer) {
        if (sent == life) {
          onWritten(channel, clients, answer);
        }
      }
    });
  }

  /// First of all, so that members of a node that dies in between are found. The script goes the
  /// same way behind it.
  private void note(String id, ChannelMembers channel) {
    channel.isNoted = true;
    int sent = life;
    commands.send(CommandType.SADD, noted(id, channel.channel),
        new IntegerOutput<>(ByteArrayCodec.INSTANCE), new RedisCommands.End<>() {
          @Override
          public void onAnswer(@Nullable Long count) {
            // It is, as was supposed.
          }

          @Override
          public void onRefused(String error) {
            onRefusal(error);
            onUnknown();
          }

          @Override
          public void onUnknown() {
            if (sent == life) {
              channel.isNoted = false;
              hold(channel);
            }
          }
        });
  }

  private void onWritten(
      ChannelMembers channel, List<UUID> clients, @Nullable List<byte[]> answer) {
    underWay--;
    channel.isBusy = false;
    if (answer == null) {
      channel.soil(clients);
      hold(channel);
      return;
    }
    var result = ChangeScript.result(answer);
    told.increment(result.changes());
    boolean isLarge = result.clients() > rules.batchFrom() && !isClosing;
    if (isLarge && channel.dirtyCount() < ChangeScript.MEMBERS_MAX) {
      channel.notBeforeNanos = nanoClock.getAsLong() + BATCH_NANOS;
    }
    if (channel.dirtyCount() > 0 || channel.wanted.isEmpty() || !channel.isNoted) {
      queue(channel);
    }
    askForPump();
  }

  private void onRefusal(String error) {
    refusedNanos = nanoClock.getAsLong();
    trouble.tell("refused: " + error);
  }

  /// How a script ended: with an answer, or with null.
  private abstract class Answer implements RedisCommands.End<List<byte[]>> {
    abstract void onEnd(@Nullable List<byte[]> answer);

    @Override
    public void onAnswer(@Nullable List<byte[]> answer) {
      onEnd(answer);
    }

    @Override
    public void onRefused(String error) {
      if (!RedisCommands.isPassing(error)) {
        onRefusal(error);
      }
      onEnd(null);
    }

    @Override
    public void onUnknown() {
      onEnd(null);
    }
  }
}
