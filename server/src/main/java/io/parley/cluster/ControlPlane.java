package io.parley.cluster;

import java.util.concurrent.CompletableFuture;

/// Asks all nodes of a cluster something, this one among them.
///
/// Thread-safe.
public interface ControlPlane extends AutoCloseable {
  /// Asks.
  ///
  /// @return completes within the configured time; exceptionally if nobody could be asked
  CompletableFuture<Survey> ask(Ask ask);

  /// Ends it. Nobody is answered any more.
  @Override
  void close();
}
