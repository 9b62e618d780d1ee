package io.parley.broker.redis;

import io.parley.log.Trouble;
import java.time.Duration;
import java.util.function.LongSupplier;

/// What the log is told of publishes that Redis answers with an error: one line when it begins, one
/// when it is over. It may refuse some and take others (a Redis without memory takes what has no
/// id), so it is over only when one is taken and none was refused for a while.
///
/// Confined to the publisher's loop.
final class Refusals {
  private static final long CALM_NANOS = Duration.ofSeconds(5).toNanos();

  private final Trouble trouble;
  private final LongSupplier nanos;
  private long refusedNanos;

  Refusals(Trouble trouble, LongSupplier nanos) {
    this.trouble = trouble;
    this.nanos = nanos;
  }

  void onRefused(String error) {
    refusedNanos = nanos.getAsLong();
    trouble.tell("refused: " + error);
  }

  void onAccepted() {
    if (trouble.isOn() && nanos.getAsLong() - refusedNanos >= CALM_NANOS) {
      trouble.over("accepted again");
    }
  }
}
