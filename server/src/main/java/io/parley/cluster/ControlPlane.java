package io.parley.cluster;

import java.util.concurrent.CompletableFuture;

/// Asks the nodes of a cluster something: all of them, this one among them, or one.
///
/// Thread-safe.
public interface ControlPlane extends AutoCloseable {
  /// Asks.
  ///
  /// @return completes within the configured time; exceptionally if nobody could be asked
  CompletableFuture<Survey> ask(Ask ask);

  /// Asks one node. What is asked of the same node comes there in the order of asking.
  ///
  /// @param node its id
  /// @return completes within the configured time; exceptionally if it couldn't be asked, or didn't
  ///   answer; [Told.Nobody] if there is no such node
  CompletableFuture<Told> ask(String node, Ask ask);

  /// Ends it. Nobody is answered any more.
  @Override
  void close();
}
