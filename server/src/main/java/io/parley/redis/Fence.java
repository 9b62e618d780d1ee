package io.parley.redis;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.parley.loop.Loop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Has Redis itself end the connection that was used before a new one.
///
/// A connection that broke half may have commands under way which reach Redis long after those of
/// the next one: the network, or something in it, had them. Where what is written is how things
/// stand, an old command would undo a new one. So the first command on a connection ends the one
/// before: what Redis has got of it by then was done before, and the rest never will be.
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

  private final Loop loop;

  /// How to end the connection that was used last; null if there was none, or Redis didn't say.
  private @Nullable KillArgs last;
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
    if (last != null) {
      commands.clientKill(last).whenComplete((count, failure) -> loop.run(() -> check(failure)));
    }
    // The answer to this one comes after the one to that.
    commands.clientInfo().whenComplete((info, failure) -> loop.run(() -> {
      check(failure);
      if (failure == null) {
        last = identityIn(info);
        then.run();
      } else if (failure instanceof RedisCommandExecutionException) {
        last = null;
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

  private static @Nullable KillArgs identityIn(String info) {
    var found = IDENTITY.matcher(info);
    return found.find()
        ? KillArgs.Builder.id(Long.parseLong(found.group(1))).addr(found.group(2))
        : null;
  }
}
