package io.parley.presence.redis;

import io.micrometer.core.instrument.Counter;
import io.parley.channel.ClientInfo;
import io.parley.loop.Loop;
import io.parley.presence.PresenceRules;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// This node's members of all channels, and their way to Redis.
///
/// What is to be written of a channel waits for the tick's end, and leaves by one script for each
/// channel. Few scripts are under way, and each has few members, however many there are; of a
/// channel it is one at a time. What wasn't done, and the changes of large channels, wait for the
/// next maintenance.
///
/// Confined to its presence's loop.
final class OwnMembers {
  private static final int SCRIPTS_UNDER_WAY = 32;
  private static final long BATCH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Loop loop;
  private final PresenceCommands commands;
  private final PresenceRules rules;
  private final BooleanSupplier mayWrite;
  private final LongSupplier nanoClock;
  private final Counter told;
  private final Map<String, ChannelMembers> channels = new HashMap<>();

  /// Channels that have something to be written.
  private final ArrayDeque<ChannelMembers> ready = new ArrayDeque<>();

  /// Channels that have something to be written, but not before the next maintenance.
  private final ArrayDeque<ChannelMembers> held = new ArrayDeque<>();

  /// Those of [#ready] whose turn somebody waits for.
  private final Set<ChannelMembers> inLine = new HashSet<>();

  /// Null before the first one.
  private @Nullable String node;

  /// Counts the node's ids: an answer that was meant for an earlier one says nothing.
  private int life;
  private int underWay;
  private boolean pumpAsked;

  /// Whether everybody has to leave.
  private boolean isClosing;

  /// When Redis last did something since everybody had to leave; at first when that was.
  private long doneNanos;

  /// Channels that are being taken out of those that are noted.
  private int forgetting;

  OwnMembers(Loop loop, PresenceCommands commands, PresenceRules rules, BooleanSupplier mayWrite,
      LongSupplier nanoClock, Counter told) {
    this.loop = loop;
    this.commands = commands;
    this.rules = rules;
    this.mayWrite = mayWrite;
    this.nanoClock = nanoClock;
    this.told = told;
  }

  /// Null before the node has one.
  @Nullable
  String node() {
    return node;
  }

  /// Another one with each of the node's ids.
  int life() {
    return life;
  }

  /// A client is there; whether it wasn't.
  boolean enter(String channel, ClientInfo client) {
    var entered = find(channel);
    var before = entered.wanted.put(client.client(), client);
    if (!client.equals(before)) {
      entered.soil(client.client());
      queue(entered);
    }
    return before == null;
  }

  private ChannelMembers find(String channel) {
    return channels.computeIfAbsent(channel,
        name -> new ChannelMembers(name, nanoClock.getAsLong()));
  }

  /// A client isn't there; whether it was.
  boolean remove(String channel, UUID client) {
    var left = channels.get(channel);
    if (left == null || left.wanted.remove(client) == null) {
      return false;
    }
    left.soil(client);
    queue(left);
    return true;
  }

  boolean has(String channel, UUID client) {
    var members = channels.get(channel);
    return members != null && members.wanted.containsKey(client);
  }

  /// Runs something behind what this node wants of a channel by now: at the tick's end, or, while a
  /// command of the channel is under way or has to wait for others, behind the next one. Only what
  /// waits for longer, as in a large channel or while Redis does nothing, isn't waited for.
  void behind(String channel, Runnable then) {
    var members = channels.get(channel);
    if (members == null || !(members.isBusy || isInLine(members))) {
      loop.atTickEnd(then);
      return;
    }
    if (!members.isBusy) {
      inLine.add(members);
    }
    members.behind.add(then);
  }

  /// Whether its turn may come later than at the end of this tick.
  private boolean isInLine(ChannelMembers channel) {
    return channel.isQueued && !channel.isHeld
        && underWay + ready.size() > SCRIPTS_UNDER_WAY;
  }

  private void letThrough(ChannelMembers channel) {
    channel.behind.forEach(loop::atTickEnd);
    channel.behind.clear();
  }

  /// The node has another id, under which nothing is written yet.
  void startAnew(String id) {
    node = id;
    life++;
    underWay = 0;
    forgetting = 0;
    var all = List.copyOf(channels.values());
    channels.values().removeIf(each -> each.wanted.isEmpty());
    for (var each : channels.values()) {
      each.startAnew(nanoClock.getAsLong());
      queue(each);
    }
    // Of what was under way no answer counts any more.
    all.forEach(this::letThrough);
    inLine.clear();
  }

  /// All is written again.
  void writeAll() {
    for (var each : channels.values()) {
      each.isNoted = false;
      each.soilAll();
      queue(each);
    }
  }

  /// Redis has these clients under the node's id. Who of them isn't there has to go.
  void onFound(String channel, List<UUID> clients) {
    var known = find(channel);
    known.mayBeWritten = true;
    doneNanos = nanoClock.getAsLong();
    clients.stream().filter(client -> !known.wanted.containsKey(client)).forEach(known::soil);
    queue(known);
  }

  /// Everybody leaves, and nobody comes any more.
  void close() {
    isClosing = true;
    doneNanos = nanoClock.getAsLong();
    for (var each : channels.values()) {
      each.leaveAll();
      each.notBeforeNanos = nanoClock.getAsLong();
      queue(each);
    }
  }

  /// Whether nothing of this node is left in Redis.
  boolean hasGone() {
    return node == null || (channels.isEmpty() && forgetting == 0);
  }

  /// Whether what is left stays, since everybody had to leave: for as long as a command may take,
  /// Redis has done nothing. Whatever failed until then was tried again.
  boolean isStuck() {
    return nanoClock.getAsLong() - doneNanos >= commands.timeoutNanos();
  }

  /// Some time has passed.
  void maintain() {
    for (var each : held) {
      each.isQueued = false;
      each.isHeld = false;
    }
    while (!held.isEmpty()) {
      queue(held.remove());
    }
    askForPump();
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
      channel.isHeld = true;
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
      // Their turn won't come soon.
      inLine.forEach(this::letThrough);
      inLine.clear();
      return;
    }
    long now = nanoClock.getAsLong();
    while (!ready.isEmpty() && underWay < SCRIPTS_UNDER_WAY) {
      var next = ready.remove();
      next.isQueued = false;
      boolean wasBusy = next.isBusy;
      if (next.notBeforeNanos - now > 0) {
        hold(next);
      } else {
        write(id, next);
      }
      if (!wasBusy && inLine.remove(next)) {
        letThrough(next);
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
        forget(id, channel.channel);
      }
      return;
    }
    if (!channel.isNoted && !channel.wanted.isEmpty()) {
      note(id, channel);
    }
    var clients = channel.takeDirty(PresenceCommands.MEMBERS_MAX);
    if (clients.isEmpty()) {
      return;
    }
    channel.isBusy = true;
    channel.mayBeWritten = true;
    underWay++;
    int sent = life;
    commands.write(id, channel.channel, clients, channel.wanted, result -> {
      if (sent == life) {
        onWritten(channel, clients, result);
      }
    });
  }

  /// If that fails the channel is found, and nobody in it, when the node has died. One that leaves
  /// in order tries again, so that nobody has to look.
  private void forget(String id, String channel) {
    forgetting++;
    int sent = life;
    commands.forget(id, channel, isDone -> {
      if (sent == life) {
        forgetting--;
        if (isDone) {
          doneNanos = nanoClock.getAsLong();
        } else if (isClosing) {
          var left = find(channel);
          left.mayBeWritten = true;
          hold(left);
        }
      }
    });
  }

  /// First of all, so that members of a node that dies in between are found. The script goes the
  /// same way behind it.
  private void note(String id, ChannelMembers channel) {
    channel.isNoted = true;
    int sent = life;
    commands.note(id, channel.channel, isDone -> {
      if (!isDone && sent == life) {
        channel.isNoted = false;
        hold(channel);
      }
    });
  }

  private void onWritten(ChannelMembers channel, List<UUID> clients,
      PresenceCommands.@Nullable Result result) {
    underWay--;
    channel.isBusy = false;
    if (result == null) {
      channel.soil(clients);
      hold(channel);
      letThrough(channel);
      return;
    }
    doneNanos = nanoClock.getAsLong();
    told.increment(result.changes());
    boolean isLarge = result.clients() > rules.batchFrom() && !isClosing;
    if (isLarge && channel.dirtyCount() < PresenceCommands.MEMBERS_MAX) {
      channel.notBeforeNanos = nanoClock.getAsLong() + BATCH_NANOS;
    }
    if (channel.dirtyCount() > 0 || channel.wanted.isEmpty() || !channel.isNoted) {
      queue(channel);
    }
    askForPump();
    letThrough(channel);
  }
}
