package io.parley.presence.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.parley.channel.ClientInfo;
import io.parley.log.Trouble;
import io.parley.presence.PresenceRules;
import io.parley.redis.FlatOutput;
import io.parley.redis.MemberValue;
import io.parley.redis.RedisCommands;
import io.parley.redis.Script;
import java.lang.System.Logger;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The commands by which members are written. Whoever sends one is told whether it was done, and
/// the log when Redis begins to refuse them and when that is over.
///
/// Confined to its presence's loop.
final class PresenceCommands {
  private static final Script CHANGE = Script.of(PresenceCommands.class, "change.lua");
  private static final Script NOTE = Script.of(PresenceCommands.class, "note.lua");

  /// Members in one call, so that it takes Redis no more than a few milliseconds.
  static final int MEMBERS_MAX = 200;

  private static final Logger LOG = System.getLogger(RedisPresence.class.getName());
  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(5);

  /// How long a version is remembered where nobody is.
  private static final int WHO_LIFE_MILLIS = 3_600_000;

  /// How a refusal begins where the node has no lease. It is over when the lease is renewed, or the
  /// node has another id, and the lease's owner tells of that.
  private static final String NO_LEASE = "NOLEASE";

  /// In place of a pub/sub channel: nothing is published.
  private static final byte[] NOBODY = {};

  private final RedisCommands commands;
  private final PresenceKeys keys;
  private final PresenceRules rules;
  private final LongSupplier nanoClock;
  private final Trouble trouble = new Trouble(LOG, "presence");
  private long refusedNanos;

  /// What a call has found.
  ///
  /// @param clients in the channel, of all nodes
  /// @param changes that it made
  record Result(int clients, int changes) {}

  PresenceCommands(RedisCommands commands, PresenceKeys keys, PresenceRules rules,
      LongSupplier nanoClock) {
    this.commands = commands;
    this.keys = keys;
    this.rules = rules;
    this.nanoClock = nanoClock;
  }

  /// What the commands that this is given have to know of.
  static List<Script> scripts() {
    return List.of(CHANGE, NOTE);
  }

  long timeoutNanos() {
    return commands.timeoutNanos();
  }

  boolean isOpen() {
    return commands.isOpen();
  }

  /// Writes some clients of a node.
  ///
  /// @param clients those to write
  /// @param wanted who of them, and of others, is there
  /// @param end null: it wasn't done, or that isn't known
  void write(String node, String channel, List<UUID> clients, Map<UUID, ClientInfo> wanted,
      Consumer<@Nullable Result> end) {
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE).add(CHANGE.digest()).add(5)
        .add(keys.here(channel, node)).add(keys.users(channel)).add(keys.who(channel))
        .add(keys.top(channel)).add(keys.lease(node))
        .add(rules.tells().test(channel) ? keys.pub(channel) : NOBODY).add(rules.batchFrom())
        .add(rules.batchNames()).add(WHO_LIFE_MILLIS)
        .add(clients.stream().filter(wanted::containsKey).count());
    for (var client : clients) {
      var info = wanted.get(client);
      if (info != null) {
        args.add(PresenceKeys.field(client)).add(MemberValue.encode(info));
      }
    }
    for (var client : clients) {
      if (!wanted.containsKey(client)) {
        args.add(PresenceKeys.field(client));
      }
    }
    send(CommandType.EVALSHA, args, new FlatOutput(),
        answer -> end.accept(answer == null || answer.size() < 4
            ? null
            : new Result(number(answer.get(0)), number(answer.get(3)))));
  }

  private static int number(byte[] digits) {
    return Integer.parseInt(PresenceKeys.text(digits));
  }

  /// Notes that a node has members in a channel, so that they are found when it dies.
  ///
  /// @param end whether it was done
  void note(String node, String channel, Consumer<Boolean> end) {
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE).add(NOTE.digest()).add(2)
        .add(keys.at(node)).add(keys.lease(node)).add(PresenceKeys.bytes(channel));
    send(CommandType.EVALSHA, args, new IntegerOutput<>(ByteArrayCodec.INSTANCE),
        answer -> end.accept(answer != null));
  }

  /// Takes back what was noted.
  ///
  /// @param end whether it was done
  void forget(String node, String channel, Consumer<Boolean> end) {
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE).add(keys.at(node))
        .add(PresenceKeys.bytes(channel));
    send(CommandType.SREM, args, new IntegerOutput<>(ByteArrayCodec.INSTANCE),
        answer -> end.accept(answer != null));
  }

  /// Some time has passed: what was refused may not be any more.
  void calmDown() {
    if (trouble.isOn() && nanoClock.getAsLong() - refusedNanos > CALM_NANOS) {
      trouble.over("accepted again");
    }
  }

  private <T> void send(CommandType type, CommandArgs<byte[], byte[]> args,
      CommandOutput<byte[], byte[], T> output, Consumer<@Nullable T> end) {
    commands.send(type, args, output, new RedisCommands.End<T>() {
      @Override
      public void onAnswer(@Nullable T answer) {
        end.accept(answer);
      }

      @Override
      public void onRefused(String error) {
        if (!RedisCommands.isPassing(error) && !error.startsWith(NO_LEASE)) {
          refusedNanos = nanoClock.getAsLong();
          trouble.tell("refused: " + error);
        }
        end.accept(null);
      }

      @Override
      public void onUnknown() {
        end.accept(null);
      }
    });
  }
}
