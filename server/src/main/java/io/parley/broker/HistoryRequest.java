package io.parley.broker;

import io.parley.channel.Position;
import io.parley.channel.Retention;
import org.jspecify.annotations.Nullable;

/// What somebody wants to know of a channel's history: a stretch of it, or (with a limit of 0) only
/// where it stands.
///
/// @param retention of the channel: what is older isn't answered, even if the broker still has it
/// @param after only what comes behind this offset; 0: from the first on
/// @param before only what comes before this offset; [Long#MAX_VALUE]: up to the last
/// @param limit publications at most
/// @param bytes of their data, and [#OVERHEAD_BYTES] for each, at most, but always at least one
///   publication
/// @param end from which end of the stretch the limits count
/// @param seen the newest position that the asker knows of; null: none. A channel that turns out to
///   be behind it, in the same epoch, has lost something, and gets a new epoch
public record HistoryRequest(
    String channel, Retention retention, long after, long before, int limit, int bytes, End end,
    @Nullable Position seen) {
  /// What a publication counts beside its data, so that very many that are tiny don't take long.
  public static final int OVERHEAD_BYTES = 128;

  /// An end of a stretch.
  public enum End {
    OLDEST, NEWEST
  }

  /// Asks only where the channel stands.
  public static HistoryRequest top(String channel, Retention retention, @Nullable Position seen) {
    return new HistoryRequest(channel, retention, 0, Long.MAX_VALUE, 0, 0, End.NEWEST, seen);
  }

  /// Asks for what comes behind a position, oldest first.
  public static HistoryRequest after(
      String channel, Retention retention, Position seen, int bytes) {
    return new HistoryRequest(channel, retention, seen.offset(), Long.MAX_VALUE, retention.size(),
        bytes, End.OLDEST, seen);
  }
}
