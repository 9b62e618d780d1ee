package io.parley.e2e.harness;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// What one test has opened: closed when it ends, the last one first, and the rest as well when one
/// of them fails to. A test class registers it with `@RegisterExtension`. Confined to the test's
/// thread.
public final class Kept implements AfterEachCallback {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /// Closes it when the test ends.
  ///
  /// @return the same
  public <T extends AutoCloseable> T keep(T one) {
    open.push(one);
    return one;
  }

  @Override
  public void afterEach(ExtensionContext test) throws Exception {
    Exception failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception cause) {
        if (failure == null) {
          failure = cause;
        } else {
          failure.addSuppressed(cause);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
