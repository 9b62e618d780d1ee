package io.parley.presence.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.parley.presence.PresenceRules;
import io.parley.redis.FlatOutput;
import io.parley.redis.RedisCommands;
import io.parley.redis.Script;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The call of `change.lua`, which writes members of one channel and tells of them.
///
/// Immutable.
final class ChangeScript {
  static final Script SCRIPT = Script.of(ChangeScript.class, "change.lua");

  /// Members in one call, so that it takes Redis no more than a few milliseconds.
  static final int MEMBERS_MAX = 200;

  /// How long a version is remembered where nobody is.
  private static final int WHO_LIFE_MILLIS = 3_600_000;

  private final RedisCommands commands;
  private final PresenceKeys keys;
  private final PresenceRules rules;

  /// What a call has found.
  ///
  /// @param clients in the channel, of all nodes
  /// @param here of this node
  /// @param changes that it made
  record Result(int clients, int here, int changes) {}

  ChangeScript(RedisCommands commands, PresenceKeys keys, PresenceRules rules) {
    this.commands = commands;
    this.keys = keys;
    this.rules = rules;
  }

  /// Writes some clients of a node.
  ///
  /// @param clients those to write
  /// @param wanted who of them, and of others, is there, and as which user
  void send(String node, String channel, List<UUID> clients, Map<UUID, String> wanted,
      RedisCommands.End<List<byte[]>> end) {
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE).add(SCRIPT.digest()).add(4)
        .add(keys.here(channel, node)).add(keys.users(channel)).add(keys.who(channel))
        .add(keys.top(channel)).add(keys.pub(channel)).add(rules.batchFrom())
        .add(rules.batchNames()).add(WHO_LIFE_MILLIS)
        .add(clients.stream().filter(wanted::containsKey).count());
    for (var client : clients) {
      var user = wanted.get(client);
      if (user != null) {
        args.add(PresenceKeys.field(client)).add(PresenceKeys.bytes(user));
      }
    }
    for (var client : clients) {
      if (!wanted.containsKey(client)) {
        args.add(PresenceKeys.field(client));
      }
    }
    commands.send(CommandType.EVALSHA, args, new FlatOutput(), end);
  }

  /// Reads an answer.
  static Result result(@Nullable List<byte[]> answer) {
    if (answer == null || answer.size() < 4) {
      return new Result(0, 0, 0);
    }
    return new Result(number(answer.get(0)), number(answer.get(2)), number(answer.get(3)));
  }

  private static int number(byte[] digits) {
    return Integer.parseInt(PresenceKeys.text(digits));
  }
}
