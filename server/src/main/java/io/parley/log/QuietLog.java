package io.parley.log;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// A log for what anybody on the internet can cause as often as they like. Of each kind one line
/// is written at once, and then at most one in ten seconds, which says how many were left out
/// since the last; the exact counts are metrics.
///
/// Thread-safe.
public final class QuietLog {
  /// How far apart lines of one kind are.
  public static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  static {
    // Loaded before it is needed: what tells that there are no descriptors can't be loaded then.
    new Kind();
  }

  private final Logger log;
  private final LongSupplier nanoClock;
  private final Map<Object, Kind> kinds = new ConcurrentHashMap<>();

  /// Says all with a class' logger.
  ///
  /// @param nanoClock monotonic time
  public QuietLog(Class<?> owner, LongSupplier nanoClock) {
    this.log = System.getLogger(owner.getName());
    this.nanoClock = nanoClock;
  }

  /// Says something, unless the same kind of thing was said just now.
  ///
  /// @param kind one of a few values that the code names, never a client's text
  /// @param text made only if it is said
  public void tell(Object kind, Supplier<String> text) {
    long leftOut = kinds.computeIfAbsent(kind, unseen -> new Kind()).admit(nanoClock.getAsLong());
    if (leftOut >= 0) {
      log.log(Level.INFO, () -> leftOut == 0
          ? text.get()
          : text.get() + " (and " + leftOut + " more of the kind since the last such line)");
    } else {
      log.log(Level.DEBUG, text);
    }
  }

  /// Says that something of ours went wrong which a client may have caused, with its stack.
  public void alarm(String text, Throwable cause) {
    var kind = kinds.computeIfAbsent(cause.getClass(), unseen -> new Kind());
    long leftOut = kind.admit(nanoClock.getAsLong());
    if (leftOut >= 0) {
      log.log(Level.ERROR, leftOut == 0
          ? text
          : text + " (and " + leftOut + " more of the kind since the last such line)", cause);
    }
  }

  private static final class Kind {
    private static final int UNTOLD = -1;
    private boolean isTold;
    private long lastNanos;
    private long leftOut;

    /// @return how many were left out before this one, which may be said; negative: it may not
    synchronized long admit(long nowNanos) {
      if (isTold && nowNanos - lastNanos < INTERVAL_NANOS) {
        leftOut++;
        return UNTOLD;
      }
      isTold = true;
      lastNanos = nowNanos;
      long before = leftOut;
      leftOut = 0;
      return before;
    }
  }
}
