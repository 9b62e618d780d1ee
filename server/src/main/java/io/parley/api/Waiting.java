package io.parley.api;

import io.parley.cluster.Ask;
import io.parley.cluster.ControlPlane;
import io.parley.cluster.Survey;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waits for what other threads do. A request has a thread of its own, which may wait.
final class Waiting {
  /// Whoever is waited for answers within his own limits, which are shorter.
  private static final int MOST_SECONDS = 90;

  private Waiting() {}

  static Reply on(CompletableFuture<Reply> reply) {
    try {
      return forValue(reply);
    } catch (ApiException e) {
      return Reply.Failed.of(e);
    }
  }

  static <T> T forValue(CompletableFuture<T> value) throws ApiException {
    try {
      return value.get(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | CompletionException e) {
      if (e.getCause() instanceof IOException away) {
        throw ApiError.INTERNAL.because(String.valueOf(away.getMessage()));
      }
      throw new IllegalStateException("server API: an answer that should have come failed", e);
    } catch (TimeoutException e) {
      throw ApiError.INTERNAL.because("no answer, try again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiError.INTERNAL.because("the node shuts down");
    }
  }

  /// Asks all nodes.
  static Survey forAll(ControlPlane control, Ask ask) throws ApiException {
    return forValue(control.ask(ask));
  }
}
