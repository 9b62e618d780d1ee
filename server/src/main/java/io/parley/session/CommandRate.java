package io.parley.session;

import java.util.concurrent.TimeUnit;

/// A token bucket (the "leaky bucket as a meter" of traffic shaping) for one connection's commands.
/// A command that does the work of several costs as much, once it is known.
/// Commands beyond the rate are refused and go on a tab of the same size; when that is full, too,
/// the client doesn't listen and is closed.
///
/// Confined to the connection's loop.
final class CommandRate {
  enum Verdict {
    ACCEPTED,
    REFUSED,
    HOPELESS
  }

  private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final int perSecond;
  private final int burst;

  /// Commands that may come at once now; negative: commands that were refused, and [#debt].
  private double tokens;

  /// What is still to be earned of what accepted commands cost beyond one each.
  private double debt;
  private long lastNanos;

  CommandRate(SessionSettings settings, long nowNanos) {
    perSecond = settings.commandsPerSecond();
    burst = settings.commandBurst();
    tokens = burst;
    lastNanos = nowNanos;
  }

  Verdict onCommand(long nowNanos) {
    if (perSecond == 0) {
      return Verdict.ACCEPTED;
    }
    double earned = (double) (nowNanos - lastNanos) / NANOS_PER_SECOND * perSecond;
    tokens = Math.min(burst, tokens + earned) - 1;
    debt = Math.max(0, debt - earned);
    lastNanos = nowNanos;
    if (tokens >= 0) {
      return Verdict.ACCEPTED;
    }
    return tokens >= -burst - debt ? Verdict.REFUSED : Verdict.HOPELESS;
  }

  /// The command that was accepted does the work of several.
  ///
  /// @param more of how many beside itself
  void onMore(int more) {
    tokens -= more;
    debt = Math.max(0, -tokens);
  }
}
