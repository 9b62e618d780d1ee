package io.parley.redis;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.parley.loop.Loop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Has Redis itself end the connections that were used before a new one.
///
/// A connection that broke half may have commands under way which reach Redis long after those of
/// the next one: the network, or something in it, had them. Where what is written is how things
/// stand, an old command would undo a new one. So the first commands on a connection end those
/// before: what Redis has got of them by then was done before, and the rest never will be.
///
/// Redis knows its connections by a number and by where they come from. Both have to fit, so that
/// nobody else's is ended if this is another Redis than before; that one has its old connections
/// to itself, and what they write ends with its demotion.
///
/// Where Redis refuses (an ACL, or a version before 6.2), it is done without.
///
/// Confined to its loop.
final class Fence {
  private static final Logger LOG = System.getLogger(Fence.class.getName());
  private static final Pattern IDENTITY = Pattern.compile("id=(\\d+) addr=(\\S+) ");

  /// Connections that are remembered.
  private static final int CONNECTIONS_MAX = 8;

  private final Loop loop;

  /// How to end the connections that were used last, oldest first, as far as Redis said. The
  /// last isn't enough: after a failover and back, the one before it is at this Redis.
  private final ArrayDeque<KillArgs> last = new ArrayDeque<>();
  private boolean isRefused;

  Fence(Loop loop) {
    this.loop = loop;
  }

  /// A connection is to be used from here on.
  ///
  /// @param then is called when the one before can do no more, or that is refused; not if the new
  /// one breaks
  void pass(StatefulRedisConnection<byte[], byte[]> next, Runnable then) {
    var commands = next.async();
    for (var each : last) {
      commands.clientKill(each).whenComplete((count, failure) -> loop.run(() -> check(failure)));
    }
    // The answer to this one comes after those to the others.
    commands.clientInfo().whenComplete((info, failure) -> loop.run(() -> {
      check(failure);
      if (failure == null) {
        remember(info);
        then.run();
      } else if (failure instanceof RedisCommandExecutionException) {
        then.run();
      }
    }));
    next.flushCommands();
  }

  private void check(@Nullable Throwable failure) {
    if (failure instanceof RedisCommandExecutionException && !isRefused) {
      isRefused = true;
      LOG.log(Level.INFO, "redis: connections that broke can't be ended there: "
          + failure.getMessage());
    }
  }

  private void remember(String info) {
    var found = IDENTITY.matcher(info);
    if (found.find()) {
      if (last.size() == CONNECTIONS_MAX) {
        last.remove();
      }
      last.add(KillArgs.Builder.id(Long.parseLong(found.group(1))).addr(found.group(2)));
    }
  }
}
