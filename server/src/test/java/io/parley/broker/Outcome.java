package io.parley.broker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A callback that a test can wait for, and that counts how often it was called.
///
/// Thread-safe.
public final class Outcome implements PublishCallback {
  private final CompletableFuture<PublishOutcome> first = new CompletableFuture<>();
  private final AtomicInteger calls = new AtomicInteger();

  @Override
  public void onOutcome(PublishOutcome outcome) {
    calls.incrementAndGet();
    first.complete(outcome);
  }

  public boolean isThere() {
    return first.isDone();
  }

  public int calls() {
    return calls.get();
  }

  /// The outcome, for which it waits; whether it is "stored", wherever that may be.
  public boolean isStored() {
    return get() instanceof PublishOutcome.Stored;
  }

  /// The outcome, for which it waits.
  public PublishOutcome get() {
    return first.orTimeout(10, TimeUnit.SECONDS).join();
  }
}
