package io.parley.presence.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.parley.metric.Limit;
import io.parley.metric.Metrics;
import io.parley.presence.PresenceRules;
import io.parley.presence.Who;
import io.parley.presence.WhoCallback;
import io.parley.redis.FlatOutput;
import io.parley.redis.RedisCommands;
import io.parley.redis.Script;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads who is in a channel, for all who ask at a time together: of a channel one reading is under
/// way. Who asks meanwhile gets the next one's answer, since this one's may be older than his
/// question.
///
/// A small channel is read by one script, in one moment; of a large one so many users as an answer
/// may name, page by page.
///
/// Confined to its presence's loop.
final class WhoReads {
  static final Script SCRIPT = Script.of(WhoReads.class, "who.lua");

  private static final int PAGE = 500;
  private static final byte[] COUNT = PresenceKeys.bytes("COUNT");
  private static final String END = "0";

  private final RedisCommands commands;
  private final PresenceKeys keys;
  private final PresenceRules rules;
  private final OwnMembers own;
  private final Metrics metrics;
  private final Map<String, Reading> readings = new HashMap<>();
  private int waiting;

  /// One channel's reading. Confined to the loop.
  private static final class Reading {
    /// Who gets this one's answer.
    List<WhoCallback> now = new ArrayList<>();

    /// Who gets the next one's.
    List<WhoCallback> next = new ArrayList<>();
    boolean isUnderWay;
  }

  WhoReads(RedisCommands commands, PresenceKeys keys, PresenceRules rules, OwnMembers own,
      Metrics metrics) {
    this.commands = commands;
    this.keys = keys;
    this.rules = rules;
    this.own = own;
    this.metrics = metrics;
  }

  void ask(String channel, WhoCallback callback) {
    if (waiting >= rules.whoQueue()) {
      metrics.hit(Limit.PRESENCE_WHO_QUEUE);
      callback.onWho(null);
      return;
    }
    waiting++;
    var reading = readings.get(channel);
    if (reading == null) {
      var first = new Reading();
      readings.put(channel, first);
      first.now.add(callback);
      // What the asker's node wrote before goes before.
      own.behind(channel, () -> read(channel, first));
    } else {
      (reading.isUnderWay ? reading.next : reading.now).add(callback);
    }
  }

  private void read(String channel, Reading reading) {
    reading.isUnderWay = true;
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE).add(SCRIPT.digest()).add(2)
        .add(keys.users(channel)).add(keys.who(channel))
        .add(Math.min(PAGE, rules.whoUsers()));
    send(CommandType.EVALSHA, args, channel, reading, answer -> onStart(channel, reading, answer));
  }

  private void onStart(String channel, Reading reading, List<byte[]> answer) {
    var connections = new LinkedHashMap<String, Integer>();
    var who = start(answer, connections);
    if (who == null || who.isWhole()) {
      end(channel, reading, who);
    } else {
      readPage(channel, reading, who, connections, END);
    }
  }

  /// Null if it isn't as the script answers: then something else has written there.
  private @Nullable Who start(List<byte[]> answer, Map<String, Integer> connections) {
    if (answer.size() < 3 || !put(connections, answer, 3)) {
      return null;
    }
    try {
      int users = number(answer.get(2));
      return new Who(Long.parseLong(PresenceKeys.text(answer.get(0))), number(answer.get(1)),
          users, connections, connections.size() >= users);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private void readPage(String channel, Reading reading, Who start,
      Map<String, Integer> connections, String cursor) {
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE).add(keys.users(channel)).add(cursor)
        .add(COUNT).add(PAGE);
    send(CommandType.HSCAN, args, channel, reading, page -> {
      if (!put(connections, page, 1)) {
        end(channel, reading, null);
        return;
      }
      var next = PresenceKeys.text(page.getFirst());
      if (next.equals(END) || connections.size() >= rules.whoUsers()) {
        if (connections.size() < start.users()) {
          metrics.hit(Limit.PRESENCE_WHO_USERS);
        }
        end(channel, reading,
            new Who(start.version(), start.clients(), start.users(), connections, false));
      } else {
        readPage(channel, reading, start, connections, next);
      }
    });
  }

  /// Whether each user has a number.
  private boolean put(Map<String, Integer> connections, List<byte[]> values, int from) {
    try {
      for (int i = from; i + 1 < values.size() && connections.size() < rules.whoUsers(); i += 2) {
        connections.put(PresenceKeys.text(values.get(i)), number(values.get(i + 1)));
      }
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static int number(byte[] digits) {
    return Integer.parseInt(PresenceKeys.text(digits));
  }

  private void end(String channel, Reading reading, @Nullable Who who) {
    var asked = reading.now;
    waiting -= asked.size();
    if (reading.next.isEmpty()) {
      readings.remove(channel);
    } else {
      reading.now = reading.next;
      reading.next = new ArrayList<>();
      reading.isUnderWay = false;
      own.behind(channel, () -> read(channel, reading));
    }
    asked.forEach(callback -> callback.onWho(who));
  }

  private void send(CommandType type, CommandArgs<byte[], byte[]> args, String channel,
      Reading reading, Consumer<List<byte[]>> then) {
    commands.send(type, args, new FlatOutput(), new RedisCommands.End<List<byte[]>>() {
      @Override
      public void onAnswer(@Nullable List<byte[]> answer) {
        if (answer == null || answer.isEmpty()) {
          end(channel, reading, null);
        } else {
          then.accept(answer);
        }
      }

      @Override
      public void onRefused(String error) {
        end(channel, reading, null);
      }

      @Override
      public void onUnknown() {
        end(channel, reading, null);
      }
    });
  }
}
