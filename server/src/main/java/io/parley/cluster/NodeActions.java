package io.parley.cluster;

import java.util.concurrent.CompletableFuture;

/// What a node does when its cluster asks. Whoever has the node's connections implements it.
///
/// Thread-safe.
public interface NodeActions {
  /// Does it, among this node's own connections.
  CompletableFuture<Told> answer(Ask ask);
}
