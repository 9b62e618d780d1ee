package io.parley.broker.redis;

import io.parley.channel.Retention;
import java.time.Duration;

/// How long a channel's keys outlive its last publication. The place where the count stands has to
/// outlive the log, or it would begin anew, in another epoch, while somebody may still resume.
///
/// @param logMillis of the log
/// @param topMillis of where it stands
record KeyLife(long logMillis, long topMillis) {
  private static final long TOP_MIN_MILLIS = Duration.ofDays(1).toMillis();

  KeyLife(Retention retention) {
    this(retention.ttl().toMillis(), Math.max(TOP_MIN_MILLIS, 2 * retention.ttl().toMillis()));
  }
}
