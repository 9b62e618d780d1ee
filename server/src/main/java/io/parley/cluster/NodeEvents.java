package io.parley.cluster;

import java.util.function.Consumer;

/// What the cluster tells a node of its life. Whoever keeps something under the node's id in a
/// place that others see implements it. Calls come on the cluster's loop.
public interface NodeEvents {
  /// From here on the node has this id, and a lease on it. What was kept under another one before
  /// isn't its own any more: others have seen to it that it goes.
  void onNode(String id);

  /// What is kept under the id may not be what was written: Redis was started again, say.
  void onDoubt();

  /// A node is dead, and what it kept has to go.
  ///
  /// @param id the dead node's
  /// @param done is to be told, on the loop, whether nothing is left
  void sweep(String id, Consumer<Boolean> done);
}
