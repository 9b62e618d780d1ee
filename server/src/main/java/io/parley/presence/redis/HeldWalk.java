package io.parley.presence.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.parley.redis.FlatOutput;
import io.parley.redis.RedisCommands;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Walks through everything that Redis has under one node's id, page by page: the channels that are
/// noted as its own, and its clients in each. Some channels are walked at a time, so that a node
/// that was in very many is soon done with, and Redis isn't flooded.
///
/// Confined to its presence's loop.
final class HeldWalk {
  private static final Logger LOG = System.getLogger(RedisPresence.class.getName());
  private static final int CHANNELS_AT_A_TIME = 16;
  private static final int PAGE = 200;
  private static final byte[] COUNT = PresenceKeys.bytes("COUNT");
  private static final String END = "0";

  private final RedisCommands commands;
  private final PresenceKeys keys;
  private final String node;
  private final Visitor visitor;
  private final Consumer<Boolean> done;
  private final ArrayDeque<String> channels = new ArrayDeque<>();

  /// Of the channels' pages; null once there are no more.
  private @Nullable String cursor = END;
  private int underWay;
  private boolean isOver;

  /// What is done on the way. Each calls what it is given, once, to go on: with false the walk
  /// ends.
  interface Visitor {
    /// Some clients of a channel; some may be met twice.
    void onClients(String channel, List<UUID> clients, Consumer<Boolean> next);

    /// All clients of a channel have been seen.
    void onEnd(String channel, Consumer<Boolean> next);
  }

  /// @param done is told at the end whether everything was seen
  HeldWalk(RedisCommands commands, PresenceKeys keys, String node, Visitor visitor,
      Consumer<Boolean> done) {
    this.commands = commands;
    this.keys = keys;
    this.node = node;
    this.visitor = visitor;
    this.done = done;
  }

  void start() {
    readChannels();
  }

  private void readChannels() {
    var from = cursor;
    if (from == null) {
      end(true);
      return;
    }
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE).add(keys.at(node)).add(from)
        .add(COUNT).add(PAGE);
    send(CommandType.SSCAN, args, page -> {
      var next = PresenceKeys.text(page.getFirst());
      cursor = next.equals(END) ? null : next;
      page.subList(1, page.size()).forEach(name -> channels.add(PresenceKeys.text(name)));
      goOn();
    });
  }

  private void goOn() {
    while (!isOver && underWay < CHANNELS_AT_A_TIME && !channels.isEmpty()) {
      underWay++;
      readClients(channels.remove(), END);
    }
    if (!isOver && underWay == 0) {
      readChannels();
    }
  }

  private void readClients(String channel, String from) {
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE).add(keys.here(channel, node)).add(from)
        .add(COUNT).add(PresenceCommands.MEMBERS_MAX);
    send(CommandType.HSCAN, args, page -> {
      var next = PresenceKeys.text(page.getFirst());
      var clients = new ArrayList<UUID>(page.size() / 2);
      for (int i = 1; i + 1 < page.size(); i += 2) {
        if (!PresenceKeys.isClient(page.get(i))) {
          LOG.log(Level.WARNING, "presence: " + channel + " of node " + node + " has a field of "
              + page.get(i).length + " bytes (expected: 16, a client)");
          end(false);
          return;
        }
        clients.add(PresenceKeys.client(page.get(i)));
      }
      handOver(channel, clients, isFine -> {
        if (!isFine) {
          end(false);
        } else if (next.equals(END)) {
          visitor.onEnd(channel, this::onChannelDone);
        } else {
          readClients(channel, next);
        }
      });
    });
  }

  /// A page may be larger than asked for.
  private void handOver(String channel, List<UUID> clients, Consumer<Boolean> next) {
    if (clients.isEmpty()) {
      next.accept(true);
      return;
    }
    int count = Math.min(PresenceCommands.MEMBERS_MAX, clients.size());
    visitor.onClients(channel, clients.subList(0, count), isFine -> {
      if (isFine) {
        handOver(channel, clients.subList(count, clients.size()), next);
      } else {
        next.accept(false);
      }
    });
  }

  private void onChannelDone(boolean isFine) {
    underWay--;
    if (isFine) {
      goOn();
    } else {
      end(false);
    }
  }

  private void end(boolean isFine) {
    if (!isOver) {
      isOver = true;
      done.accept(isFine);
    }
  }

  private void send(CommandType type, CommandArgs<byte[], byte[]> args,
      Consumer<List<byte[]>> then) {
    commands.send(type, args, new FlatOutput(), new RedisCommands.End<List<byte[]>>() {
      @Override
      public void onAnswer(@Nullable List<byte[]> answer) {
        if (answer == null || answer.isEmpty()) {
          end(false);
        } else if (!isOver) {
          then.accept(answer);
        }
      }

      @Override
      public void onRefused(String error) {
        end(false);
      }

      @Override
      public void onUnknown() {
        end(false);
      }
    });
  }
}
